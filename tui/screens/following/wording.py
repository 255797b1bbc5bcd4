"""What the events screen says while it follows, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from tui.domain.answer import Fresh
from tui.domain.latency import Latency
from tui.domain.tailing import FeedPhase, FeedState
from tui.screens.following.feed_board import Moment
from tui.screens.following.looks import Looks
from tui.screens.following.mark import Mark
from tui.screens.following.pulse import Beat
from tui.widgets import wording
from tui.widgets.pace import spoken
from tui.widgets.status_line import Status

QUIET = 120_000
"""ms without an answer after which a feed is called quiet; event history is asked every 30 s."""
NOTHING = (
    "There is nothing to follow here: local files do not grow. "
    "trailhound follows AWS, trailhound demo follows simulated accounts."
)


def standing(states: Sequence[FeedState], now: int, key: str = "") -> str:
    """Say how following stands as a whole, `now` in ms since 1970 UTC.

    `key` is the one that shows the feeds, if something else is shown.
    """
    broken = [state for state in states if _is_broken(state)]
    look = f": press {key}" if key else ""
    if states and len(broken) == len(states):
        why = broken[0].problem.partition(". ")[0]
        return f"following fails: {why}" if why else f"following fails{look}"
    failed = f", {len(broken)} of {len(states)} feeds failed{look}" if broken else ""
    if quiet := sum(_is_quiet(state, now) for state in states):
        failed += f", {quiet} of {len(states)} quiet{look}"
    behind = [b for state in states if (b := state.behind(now)) is not None]
    if behind:
        return f"following, {spoken(max(behind) / 1000)} behind{failed}"
    return f"{'following' if _answered(states) else 'beginning to follow'}{failed}"


def line(beat: Beat, rest: str, missed: Fresh, looks: Looks, zone: tzinfo, key: str) -> Status:
    """Say what arrives, and what of it a `key` shows; `rest` is said where all of it is shown."""
    figures = [
        *([_many(beat.notable, "alert")] if beat.notable else []),
        f"{beat.events:,}/min",
        _many(beat.troubled, "error"),
    ]
    met = {"caller": len(beat.callers), "action": len(beat.actions)}
    if new := ", ".join(_many(count, noun) for noun, count in met.items() if count):
        figures.append(f"new: {new}")
    left = " · ".join(figures)
    if looks.held_at:
        since = _clock(looks.held_at.at, zone)
        return Status(left, f"{missed.total:,} new since {since}: press {key}", "accent")
    return Status(left, rest)


def complete(states: Sequence[FeedState], zone: tzinfo) -> str:
    """Say up to when everything is there, or what is the newest there is."""
    until = [state.complete_to for state in states if state.complete_to is not None]
    newest = [state.newest for state in states if state.newest is not None]
    said = [f"complete to {_clock(min(until), zone)}"] if until else []
    said += [f"newest {_clock(max(newest), zone)}"] if newest else []
    return " · ".join(said)


def waiting(mark: Mark, found: int, latency: Latency, now: int, zone: tzinfo) -> str:
    """Say what came since a mark, or how long to wait for it."""
    since = f"since {_clock(mark.at, zone)}"
    if found:
        return f"{since}: {_many(found, 'event')}"
    gone, usual, most = now - mark.at, latency.usual, latency.most
    if gone < usual:
        return f"{since}: nothing yet, in about {spoken((usual - gone) / 1000)}"
    if gone < most:
        return f"{since}: nothing yet, by {_clock(mark.at + most, zone)} as a rule"
    return f"{since}: nothing in {spoken(gone / 1000)}. Another region?"


def nothing_since(mark: Mark, latency: Latency, zone: tzinfo, key: str) -> str:
    """Say in the empty table what is waited for; `key` drops the mark."""
    usual, most = spoken(latency.usual / 1000), spoken(latency.most / 1000)
    return (
        f"Nothing since {_clock(mark.at, zone)} yet. It takes {usual} on average and, as a rule, "
        f"{most} at most. Press {key} to drop the mark."
    )


def divided(unseen: Fresh, seen: Moment, zone: tzinfo) -> str:
    """Say what stands above the divider."""
    since = f"{unseen.leading:,} new since {_clock(seen.at, zone)}"
    below = unseen.total - unseen.leading
    stand = "stands" if below == 1 else "stand"
    return f"{since}, {below:,} more came late and {stand} below" if below else since


def feed(state: FeedState, now: int, zone: tzinfo) -> str:
    """Say how one feed stands, in a sentence or two."""
    said = [state.phase.value]
    if state.complete_to is not None:
        behind = spoken((state.behind(now) or 0) / 1000)
        said.append(f"complete to {_clock(state.complete_to, zone)}, behind by {behind}")
    if state.newest is not None:
        said.append(f"newest event {_clock(state.newest, zone)}")
    if state.heard is not None:
        quiet = "quiet, " if _is_quiet(state, now) else ""
        said.append(f"{quiet}heard {spoken((now - state.heard) / 1000)} ago")
    if state.sampled:
        said.append("sampled: some are fetched later")
    return "; ".join([*said, *filter(None, (state.problem, state.note))])


def _is_broken(state: FeedState) -> bool:
    return state.phase in (FeedPhase.FAILED, FeedPhase.PAUSED)


def _is_quiet(state: FeedState, now: int) -> bool:
    return not _is_broken(state) and state.heard is not None and now - state.heard > QUIET


def _answered(states: Sequence[FeedState]) -> bool:
    return any(state.heard is not None for state in states)


def _clock(ms: int, zone: tzinfo) -> str:
    return wording.moment(ms, zone, "%H:%M:%S")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
