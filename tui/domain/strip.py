"""How well a stretch of time is covered over all places together, bin by bin, and its gaps.

Owns what a bin says when places differ. Which time a place is covered for comes from `coverage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.coverage import RECENTLY, Known, State
from tui.domain.spans import missing

Where = tuple[str, str]
"""Account and region."""
_MINUTE = 60_000
"""ms to which gaps are compared: regions that were synced together end a moment apart."""


class Gap(NamedTuple):
    """A range that some places lack."""

    span: Span
    places: tuple[Where, ...]
    state: State
    """GAP or FAILED."""


class Strip(NamedTuple):
    """The state of each of the bins of `step` ms from `start`."""

    start: int
    step: int
    states: tuple[State, ...]
    gaps: tuple[Gap, ...] = ()
    """The longest first."""
    places: int = 0
    accounts: int = 0
    """Accounts among the places; where there is one, a gap needs no name of it."""


def strip(known: Mapping[Where, Known], start: int, step: int, bins: int, now: int) -> Strip:
    """Return the states of `bins` of `step` ms from `start`; times are ms since 1970 UTC.

    A bin is a gap where every place lacks all of it, and partial where some place lacks some of it.
    What is merely too new to be complete, or still to come, is no gap.
    """
    window = Span(start, start + step * bins)
    past = Span(start, max(start, min(window.end, now)))
    some, whole, failed, recent = (_Tally(bins) for _ in range(4))
    gaps: dict[tuple[int, int, State], list[Where]] = {}
    settled = _up(now - RECENTLY - start, step)
    for place, (covered, reason, unlogged) in known.items():
        for span in missing(past, [*covered, *unlogged]):
            first, last = (span.start - start) // step, _up(span.end - start, step)
            if span.start >= now - RECENTLY:
                recent.add(first, last)
                continue
            until = max(first + 1, min(last, settled))
            recent.add(until, last)
            (failed if reason else some).add(first, until)
            reached = last if span.end == past.end else (span.end - start) // step
            whole.add(_up(span.start - start, step), min(until, reached))
            state = State.FAILED if reason else State.GAP
            gaps.setdefault((span.start // _MINUTE, span.end // _MINUTE, state), []).append(place)
    recent.add(_up(past.end - start, step), bins)
    counts = zip(some.counts(), whole.counts(), failed.counts(), recent.counts(), strict=True)
    states = tuple(_state(*each, of=len(known)) for each in counts)
    accounts = len({account for account, _ in known})
    return Strip(start, step, states, _longest_first(gaps), len(known), accounts)


def _up(length: int, step: int) -> int:
    """Return how many steps reach over a length."""
    return -(-length // step)


def _state(some: int, whole: int, failed: int, recent: int, *, of: int) -> State:
    if failed:
        return State.FAILED
    if some:
        return State.GAP if whole == of else State.PARTIAL
    return State.RECENT if recent else State.SYNCED


def _longest_first(gaps: Mapping[tuple[int, int, State], Sequence[Where]]) -> tuple[Gap, ...]:
    found = [
        Gap(Span(start * _MINUTE, end * _MINUTE), tuple(sorted(places)), state)
        for (start, end, state), places in gaps.items()
    ]
    return tuple(sorted(found, key=lambda gap: (gap.span.start - gap.span.end, gap.places)))


class _Tally:
    """How often each bin was added, by adding ranges of bins."""

    def __init__(self, bins: int) -> None:
        self._steps = [0] * (bins + 1)

    def add(self, first: int, last: int) -> None:
        if first < last:
            self._steps[first] += 1
            self._steps[last] -= 1

    def counts(self) -> list[int]:
        return list(accumulate(self._steps))[:-1]
