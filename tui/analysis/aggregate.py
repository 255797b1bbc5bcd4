"""Facets and histogram of selected events."""

from __future__ import annotations

import numpy as np

from tui.analysis.columns import Columns, Ints, Small
from tui.analysis.values import Bools, Values
from tui.domain.answer import Facet, FacetCount, Histogram, Span
from tui.domain.event import GROUP_OF, GROUPS, Result
from tui.domain.fields import BY_NAME, Field, shown

_FEW = 8
"""Where less than one event in so many is selected, it is quicker to place each by itself."""


class Counter:
    """Counts selected events by dimension row, each dimension once however many facets ask."""

    def __init__(self, columns: Columns, mask: Bools | None) -> None:
        """`mask` is by position; None selects everything."""
        self._columns = columns
        self._chosen: Ints | None = None
        """The positions to count, where that is fewer than to count the others."""
        self._left_out: Ints | None = None
        """The positions to take off what is known of all, where that is fewer."""
        if mask is not None:
            if np.count_nonzero(mask) * 2 < len(mask):
                self._chosen = np.flatnonzero(mask)
            else:
                self._left_out = np.flatnonzero(~mask)
        self._counts: dict[str, Ints] = {}

    def facet(self, name: str, top: int) -> Facet:
        """Return the most frequent values; 0 for all. Equal counts stand in order of value."""
        field = BY_NAME[name.lower()]
        values, counts = self._by_value(field)
        present = np.flatnonzero(counts)
        kept = _most_frequent(present, counts, top)
        pairs = [FacetCount(_shown(field, values.texts[code]), int(counts[code])) for code in kept]
        pairs.sort(key=lambda pair: (-pair.count, pair.value is None, str(pair.value)))
        shown = pairs[:top] if top else pairs
        return Facet(field.name, tuple(shown), len(present) - len(shown))

    def _by_value(self, field: Field) -> tuple[Values, Ints]:
        by_row = self._by_row(field.dimension)
        if field.dimension != "resources":
            attribute = self._columns.dimensions[field.dimension].attribute(field.attribute)
            return attribute.values, _summed(attribute.codes, by_row, len(attribute.values))
        return self._by_resource(field, by_row)

    def _by_resource(self, field: Field, by_set: Ints) -> tuple[Values, Ints]:
        """Count an event once for each distinct value its resources have.

        No value is counted where no resource has one, as `field:none` would find.
        """
        values, sets, codes = self._columns.resource_sets.values(field.attribute)
        counts = _summed(codes, by_set[sets], len(values))
        valued = np.zeros(len(by_set), bool)
        valued[sets] = True
        counts[0] = by_set[~valued].sum()
        return values, counts

    def _by_row(self, dimension: str) -> Ints:
        if dimension not in self._counts:
            columns = self._columns
            if dimension in GROUP_OF:  # a group is counted once for all its dimensions
                group = GROUP_OF[dimension]
                members, size = (
                    columns.groups[group].of(dimension),
                    len(columns.dimensions[dimension]),
                )
                counts = _summed(members, self._by_row(group), size + 1)
            elif dimension in GROUPS:
                counts = self._count(dimension, len(columns.groups[dimension]))
            elif dimension == "resources":
                counts = self._count(dimension, len(columns.resource_sets))
            else:
                counts = self._count(dimension, len(columns.dimensions[dimension]) + 1)
            self._counts[dimension] = counts
        return self._counts[dimension]

    def _count(self, dimension: str, size: int) -> Ints:
        ids = self._columns.ids(dimension)
        if self._chosen is not None:
            return np.bincount(ids[self._chosen], minlength=size)
        total = self._columns.totals(dimension, size)
        if self._left_out is not None:
            total = total - np.bincount(ids[self._left_out], minlength=size)
        return total


def histogram(columns: Columns, mask: Bools | None, span: Span, bins: int) -> Histogram:
    """Count selected events in `bins` equal steps that cover a span."""
    step = max(1, -(-(span.end - span.start) // bins))
    few = None if mask is None else np.flatnonzero(mask)
    if few is not None and len(few) * _FEW < len(columns):
        return Histogram(span.start, step, *_placed(columns, few, (span.start, step, bins)))
    edges = span.start + step * np.arange(bins + 1)
    # times are descending: what lies before an edge stands after its place
    places = len(columns) - np.searchsorted(columns.sorted_time[::-1], edges, "left")
    troubled = _troubled(columns)
    chosen = troubled if mask is None else mask & troubled
    counts = _between(None if mask is None else mask[columns.order], places)
    return Histogram(span.start, step, counts, _between(chosen[columns.order], places))


def _placed(
    columns: Columns, few: Ints, steps: tuple[int, int, int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Count events one by one, and those of them that failed, in so many steps from a start on."""
    start, step, bins = steps
    place = (columns.time[few] - start) // step
    inside = (place >= 0) & (place < bins)
    troubled = inside & _trouble(columns)[columns.ids("outcome")[few]]
    counts = (np.bincount(place[chosen], minlength=bins) for chosen in (inside, troubled))
    every, bad = (tuple(count.tolist()) for count in counts)
    return every, bad


def _troubled(columns: Columns) -> Bools:
    from tui.analysis.select import taken

    return taken(_trouble(columns), columns.ids("outcome"))


def _trouble(columns: Columns) -> Bools:
    """Return, by outcome, whether it is one of a call that failed."""
    result = columns.dimensions["outcome"].attribute("result")
    fine = {code for code, text in enumerate(result.values.texts) if text in (Result.OK, None)}
    return ~np.isin(result.codes, list(fine))


def _between(mask: Bools | None, places: Ints) -> tuple[int, ...]:
    """Count set positions between consecutive places, which descend; no mask counts all."""
    if mask is None:
        return tuple((places[:-1] - places[1:]).tolist())
    before = np.concatenate(([0], np.cumsum(mask, dtype=np.int32)))[places]
    return tuple((before[:-1] - before[1:]).tolist())


def _most_frequent(present: Ints, counts: Ints, top: int) -> list[int]:
    """Return codes of at least the `top` highest counts, with every tie of the last one."""
    if not top or len(present) <= top:
        return [int(code) for code in present]
    heights = counts[present]
    least = np.partition(heights, len(heights) - top)[len(heights) - top]
    return [int(code) for code in present[heights >= least]]


def _summed(codes: Ints | Small, counts: Ints, size: int) -> Ints:
    summed: Ints = np.bincount(codes, weights=counts, minlength=size).astype(np.int64)
    return summed


def _shown(field: Field, value: str | int | None) -> str | None:
    return None if value is None else shown(field, value)
