"""What `trailhound tail` says on stderr: a feed when it changes in kind, all once a minute."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from threading import Lock
from typing import NamedTuple

from tui.cli.plain import plain
from tui.domain.tailing import SETTLES, Feed, FeedPhase, FeedState

_TOGETHER = 1_000
"""ms in which changes are gathered, so that many Regions make one line."""
_EVERY = 60_000
"""ms between two lines that only repeat how far things are."""
_QUIET = 2 * SETTLES
"""ms without an event after which a feed is called quiet."""
_ANY = ("", "*")
"""What stands for no name, and for every Region."""
_FEW = 4
"""Feeds named one by one."""


class _Kind(NamedTuple):
    """What of a state is worth a line when it changes."""

    phase: FeedPhase
    known: bool
    quiet: bool
    sampled: bool
    problem: str
    note: str


class Talk:
    """Gathers states and says them; any thread may tell, one says."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._lock = Lock()
        self._states: dict[Feed, FeedState] = {}
        self._said: dict[Feed, _Kind] = {}
        self._changes = self._all = 0

    def stands(self, state: FeedState) -> None:
        """Take note of a state."""
        with self._lock:
            self._states[state.feed] = state

    def states(self) -> list[FeedState]:
        """Return how every feed stands."""
        with self._lock:
            return list(self._states.values())

    def say(self, now: int) -> None:
        """Say what changed and, once a minute, everything; times are ms since 1970 UTC."""
        if now - self._changes < _TOGETHER:
            return
        self._changes = now
        self._all = self._all or now
        if now - self._all >= _EVERY:
            self.say_all(now)
        else:
            self._say([each for each in self._worth() if self._is_news(each, now)], now)

    def say_all(self, now: int) -> None:
        """Say how every feed stands."""
        self._all = now
        self._say(self._worth(), now)

    def _worth(self) -> list[FeedState]:
        return [each for each in self.states() if each.phase in _WORTH]

    def _is_news(self, state: FeedState, now: int) -> bool:
        return _kind(state, now) != self._said.get(state.feed)

    def _say(self, states: Sequence[FeedState], now: int) -> None:
        self._said |= {each.feed: _kind(each, now) for each in states}
        for line in self._lines(states, now):
            say(line)

    def _lines(self, states: Iterable[FeedState], now: int) -> list[str]:
        grouped: dict[tuple[str, _Kind], list[FeedState]] = {}
        for state in states:
            key = (str(state.feed.kind), _kind(state, now))
            grouped.setdefault(key, []).append(state)
        return [
            f"{_names([each.feed for each in group])}: {self._sentence(group, kind, now)}"
            for (_, kind), group in grouped.items()
        ]

    def _sentence(self, group: Sequence[FeedState], kind: _Kind, now: int) -> str:
        """Say how feeds of one kind stand: as far as the one that is furthest behind."""
        if kind.phase in (FeedPhase.FAILED, FeedPhase.PAUSED):
            return f"{kind.phase}: {kind.problem}"
        parts = []
        complete = [each.complete_to for each in group if each.complete_to is not None]
        if complete:
            behind = lasting(now - min(complete))
            parts.append(f"complete to {self._clock(min(complete), now)}, behind by {behind}")
        else:
            parts.append("following")
        newest = max((each.newest for each in group if each.newest), default=None)
        words = "quiet, no event since" if kind.quiet else "newest event"
        parts.append(f"{words} {self._clock(newest, now)}" if newest else "no event yet")
        if late := sum(each.late for each in group):
            parts.append(f"{late:,} late")
        if ignored := sum(each.ignored for each in group):
            parts.append(f"{ignored:,} messages without events")
        if kind.sampled:
            parts.append("sampled: there are too many, the others follow later")
        return "; ".join([*parts, *filter(None, (kind.problem, kind.note))])

    def _clock(self, ms: int, now: int) -> str:
        moment, today = (datetime.fromtimestamp(each / 1000, self._zone) for each in (ms, now))
        return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%F %T}"


_WORTH = (FeedPhase.FOLLOWING, FeedPhase.PAUSED, FeedPhase.FAILED, FeedPhase.STOPPED)


def say(sentence: str) -> None:
    """Write a line of talk; what others wrote in it commands no terminal."""
    sys.stderr.write(f"trailhound: {plain(sentence)}\n")
    sys.stderr.flush()


def lasting(ms: int) -> str:
    """Return a length of time in its two largest units: `4 m 10 s`."""
    seconds = max(0, ms) // 1000
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} m"


def _kind(state: FeedState, now: int) -> _Kind:
    quiet = state.newest is not None and now - state.newest > _QUIET
    known = state.complete_to is not None
    return _Kind(state.phase, known, quiet, state.sampled, state.problem, state.note)


def _names(feeds: Sequence[Feed]) -> str:
    """Return `history of 123456789012 in us-east-1, eu-west-1`, or how many."""
    kind = feeds[0].kind
    places = [
        " ".join(part for part in (each.name, each.region) if part not in _ANY) for each in feeds
    ]
    if len(feeds) > _FEW:
        return f"{kind}, {len(feeds)} feeds"
    return f"{kind} {', '.join(places)}"
