"""What the events screen says about the cache and the answer, in words."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from tui.domain.answer import Answer, Span
from tui.domain.filter import Everything
from tui.keymap import Keys
from tui.screens.syncing.board import Overview, Stage
from tui.screens.syncing.wishes import minutes
from tui.widgets.status_line import Status
from tui.widgets.wording import moment

_SHORT = 20 * 60_000
"""ms of a range whose seconds matter."""

if TYPE_CHECKING:  # loading it takes longer than the first paint
    from tui.jobs.asking.offering import Offer

FACETS = (
    ("caller", "CALLER"),
    ("action", "ACTION"),
    ("service", "SERVICE"),
    ("resource", "RESOURCE"),
    ("error", "ERROR"),
    ("region", "REGION"),
    ("account", "ACCOUNT"),
    ("ip", "IP"),
    ("severity", "SEVERITY"),
    ("verified", "VERIFIED"),
    ("flagged", "FLAGGED"),
    ("reason", "REASON"),
    ("verb", "VERB"),
    ("role", "ROLE"),
    ("behind", "BEHIND"),
    ("key", "KEY"),
    ("agent", "AGENT"),
    ("identity", "IDENTITY"),
    ("via", "VIA"),
    ("mfa", "MFA"),
    ("resource_type", "RESOURCE TYPE"),
    ("category", "CATEGORY"),
    ("endpoint", "ENDPOINT"),
)
"""The facets of the screen, in their order."""


def holdings(answer: Answer | None, doing: str, *, failed: bool = False) -> Status:
    """Say whose events are shown, what is being done, and whether something `failed` in it."""
    left = ""
    if answer and answer.total:
        distinct = {
            facet.field: sum(1 for pair in facet.counts if pair.value) + facet.others
            for facet in answer.facets
        }
        accounts, regions = distinct.get("account", 0), distinct.get("region", 0)
        left = f"{_many(accounts, 'account')} · {_many(regions, 'region')}"
    return Status(left, doing, "failed" if failed else "muted", name="trailhound")


def cover(
    answer: Answer | None,
    span: Span | None,
    skipped: int,
    keys: Keys,
    *,
    reading: bool = False,
    in_part: bool = False,
    zone: tzinfo = UTC,
    lacking: str = "",
    synced: bool = False,
) -> Status:
    """Say which time is shown and what is missing from it.

    `in_part` says whether reading ended early. `synced` says whether it was asked of AWS: then
    more can have happened than was ever read.
    """
    left = ""
    shown = span or (answer.span if answer else None)
    if shown:
        left = f"{_edges(shown, zone)} {zone}"
        if span:
            left += f"  picked, {keys['histogram.clear']} in the histogram shows all"
    missing = [f"{lacking}: press {keys['events.coverage']}"] if lacking else []
    if in_part:
        missing.append("not everything was read")
    if skipped:
        missing.append(f"{skipped:,} could not be read: press {keys['events.skipped']}")
    if missing:
        return Status(left, " · ".join(missing), "denied")
    if reading:
        return Status(left, "still reading, newest first")
    whole = "this time is covered" if synced else "everything read"
    return Status(left, whole if answer and answer.cached else "")


def syncing(overview: Overview, key: str = "") -> str:
    """Say how the background sync stands, or nothing where there is none.

    `key` is the one that shows what failed, if something else is shown.
    """
    of = _many(overview.total, "source")
    failed = f"{overview.failed:,} failed" if overview.failed else ""
    if failed and key:
        failed += f": press {key}"
    match overview.stage:
        case Stage.OFFLINE:
            return f"offline: showing what is cached{_then(_next(overview))}"
        case Stage.PLANNING | Stage.RUNNING if overview.again:
            return f"looking for new events{_then(failed)}"
        case Stage.PLANNING:
            return "asking AWS what there is to sync"
        case Stage.RUNNING:
            paused = "paused, " if overview.held else ""
            said = f"{paused}syncing {overview.done:,} of {of}"
            return f"{said}{_then(failed)}"
        case Stage.ENDED:
            how = "sync stopped, " if overview.stopped else "synced "
            said = f"{how}{overview.done:,} of {of}"
            return f"{said}{_then(failed or _next(overview))}"
        case _:
            return ""


def _next(overview: Overview) -> str:
    """Say when it is looked again."""
    if overview.left is None:
        return ""
    return "paused" if overview.held else f"next in {minutes(overview.left)}"


def _then(more: str) -> str:
    return f", {more}" if more else ""


def offer(offered: Offer, key: str) -> Status | None:
    """Say what of the filter AWS could answer on a key, what that takes; None for nothing."""
    from tui.language.describe import shown, to_text

    plan = offered.plan
    if plan is None:
        return Status(offered.away, right_tone="medium") if offered.away else None
    if offered.away:
        return Status(f"{offered.away} Ask there?", f"press {key}: {offered.takes()}", "accent")
    here = "" if plan.local == Everything() else f"; here: {to_text(plan.local)}"
    asks = f"asks AWS for {plan.attribute} {shown(plan.value)} exactly{here}"
    return Status(asks, offered.takes(), name=key)


def no_offer(*, offline: bool) -> str:
    """Say why AWS cannot be asked."""
    if offline:
        return "AWS is not asked here: this explorer was started without it."
    return (
        "There is nothing to ask AWS for. It takes one exact value, such as action:=DeleteBucket, "
        "for a time of the last 90 days that is not synced yet."
    )


def nothing_found(
    answer: Answer,
    keys: Keys,
    *,
    has_words: bool,
    reading: bool = False,
    in_part: bool = False,
    lacking: str = "",
    overview: Overview | None = None,
) -> str:
    """Say why the table is empty and what to do."""
    if not answer.cached and reading:
        return "Nothing has been read yet."
    if not answer.cached and in_part:
        return "Reading ended before there was any event. Open it again to go on."
    if not answer.cached:
        return _nothing_cached(overview or Overview(), keys)
    if answer.undecided:
        return f"Looking into {_many(answer.undecided, 'record')}…"
    hint = f" Press {keys['events.deep']} to look into whole records." if has_words else ""
    but = " But not everything was read." if in_part else ""
    but += f" But {lacking}: press {keys['events.coverage']}." if lacking else ""
    drop = f" Press {keys['events.clear']} to drop the filter."
    match = "matches" if answer.cached == 1 else "match"
    return f"None of {_many(answer.cached, 'event')} {match}.{but}{drop}{hint}"


def _nothing_cached(overview: Overview, keys: Keys) -> str:
    see = f"Press {keys['events.sync']} to see why."
    if overview.stage is Stage.OFFLINE:
        return f"No events are cached, and AWS could not be asked. {see}"
    if overview.failed:
        of = _many(overview.total, "source")
        return f"No events are cached: {overview.failed:,} of {of} failed. {see}"
    if overview.stage is Stage.ENDED and not overview.stopped:
        covered = f"Press {keys['events.coverage']} to see which that is."
        return f"AWS has no events of the time that was synced. {covered}"
    return "No events are cached. Open log files with: trailhound open PATH"


def _edges(span: Span, zone: tzinfo) -> str:
    """Return both ends of a range; of a short one to the second, with the day once."""
    if span.end - span.start > _SHORT:
        return " – ".join(moment(edge, zone, "%Y-%m-%d %H:%M") for edge in span)
    start, end = (moment(edge, zone, "%Y-%m-%d %H:%M:%S") for edge in span)
    return f"{start} – {end.removeprefix(start[: len('yyyy-mm-dd ')])}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
