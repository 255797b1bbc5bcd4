"""What is known to be in the cache, and what is known not to be: account x region x time.

Owns the states and how they follow from what was asked of a source. A range is covered when the
source answered for all of it; the newest minutes never are, as AWS delivers late.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.spans import length, merged, missing, within

HISTORY_SETTLES = 15 * 60_000
"""ms until event history is taken to be complete; AWS documents no figure, 15 min is usual."""
WHOLE_KINDS = frozenset({"management", "CloudTrail"})
"""Kinds that stand for a place: an Insights stream that answered says nothing of its events."""
WITHOUT_MANAGEMENT = "CloudTrail without management events"
"""The kind of log files of trails whose selectors leave management events out."""
_UNLOGGED = "by their selectors, the trails that were read log no management events"
_ALL_KINDS = "*"
"""The kind of a failure that concerns all of them."""
RECENTLY = 2 * HISTORY_SETTLES
"""ms before now in which what is missing is no gap yet: a sync of a moment ago left it out."""


class State(StrEnum):
    """How well a stretch of time is covered."""

    SYNCED = "synced"
    PARTIAL = "partial"
    GAP = "gap"
    RECENT = "recent"
    """Too new to be complete."""
    FAILED = "failed"
    UNLOGGED = "unlogged"
    """No trail logs it, by its selectors."""


class Scope(NamedTuple):
    """One stream of events that a source delivers."""

    source: str
    """history, s3 or demo."""
    account: str
    region: str
    kind: str
    """management, insight, or the folder name of log files such as CloudTrail-NetworkActivity."""


class Covered(NamedTuple):
    """A scope was asked for a time range and answered for all of it."""

    scope: Scope
    span: Span


class Failure(NamedTuple):
    """A scope could not be asked, or not to the end; the latest one counts."""

    scope: Scope
    reason: str
    at: int
    """ms since 1970 UTC."""


class Cell(NamedTuple):
    """One account and region in one stretch of time."""

    account: str
    region: str
    span: Span
    state: State
    share: float
    """Covered part, 0 to 1."""
    reason: str | None = None


class Known(NamedTuple):
    """What is covered of one place, and why its latest sync failed if it did."""

    spans: list[Span]
    """Earliest first; none touches another."""
    reason: str | None
    unlogged: Sequence[Span] = ()
    """Where log files were read whose trails log no management events."""


def cells(
    covered: Iterable[Covered],
    failures: Iterable[Failure],
    window: Span,
    step: int,
    now: int,
) -> Iterator[Cell]:
    """Yield a cell for each account, region and `step` ms of a window, newest first.

    Any source of ordinary events that covers a moment covers it: history and log files stand in
    for one another. A place that only ever gave other kinds is a gap.
    """
    known = places(covered, failures)
    for account, region in sorted(known):
        for start in range(window.end - step, window.start - step, -step):
            stretch = Span(max(start, window.start), start + step)
            yield _cell(account, region, stretch, known[account, region], now)


def places(covered: Iterable[Covered], failures: Iterable[Failure]) -> dict[tuple[str, str], Known]:
    """Return what is known of each account and region that ever was asked."""
    spans: dict[tuple[str, str], list[Span]] = {}
    unlogged: dict[tuple[str, str], list[Span]] = {}
    reasons: dict[tuple[str, str], str] = {}
    for scope, span in covered:
        place = (scope.account, scope.region)
        known_here = spans.setdefault(place, [])
        if scope.kind in WHOLE_KINDS:
            known_here.append(span)
        elif scope.kind == WITHOUT_MANAGEMENT:
            unlogged.setdefault(place, []).append(span)
    for failure in sorted(failures, key=lambda each: each.at):
        place = (failure.scope.account, failure.scope.region)
        spans.setdefault(place, [])
        if failure.scope.kind in WHOLE_KINDS or failure.scope.kind == _ALL_KINDS:
            reasons[place] = failure.reason
    return {
        place: Known(merged(each), reasons.get(place), merged(unlogged.get(place, ())))
        for place, each in spans.items()
    }


def _cell(account: str, region: str, stretch: Span, known: Known, now: int) -> Cell:
    past = Span(stretch.start, max(stretch.start + 1, min(stretch.end, now)))
    spans = _touching(known.spans, past)
    share = length(within(past, spans)) / (past.end - past.start)
    lacking = list(missing(past, spans))
    unexplained = missing(past, [*spans, *_touching(known.unlogged, past)])
    reason = None
    if not lacking:
        state = State.SYNCED
    elif _is_recent(lacking, now):
        state = State.RECENT
    elif _is_recent(unexplained, now):
        state, reason = State.UNLOGGED, _UNLOGGED
    elif known.reason:
        state, reason = State.FAILED, known.reason
    else:
        state = State.PARTIAL if share else State.GAP
    return Cell(account, region, stretch, state, share, reason)


def _touching(spans: Sequence[Span], stretch: Span) -> Sequence[Span]:
    """Return those of merged spans that share a moment with a stretch."""
    first = bisect_right(spans, stretch.start, key=lambda each: each.end)
    return spans[first : bisect_left(spans, stretch.end, key=lambda each: each.start)]


def _is_recent(lacking: Iterable[Span], now: int) -> bool:
    """Return whether all that lacks is too new to be complete."""
    return all(span.start >= now - RECENTLY for span in lacking)
