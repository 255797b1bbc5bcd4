"""Some events of the columns as columns of their own, so that a filter can be asked of them."""

from __future__ import annotations

from tui.analysis.columns import Columns, Ints, Small


class Stretch(Columns):
    """The events from position `start` up to `end`, as views; nothing can be added to it."""

    def __init__(self, whole: Columns, start: int, end: int) -> None:
        self.dimensions = whole.dimensions
        self.resource_sets = whole.resource_sets
        self._whole = whole
        self._start = start
        self._end = end

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def time(self) -> Ints:
        """Time in ms since 1970 UTC, by position."""
        return self._whole.time[self._start : self._end]

    @property
    def number(self) -> Ints:
        """Row number in the cache, by position; ascending."""
        return self._whole.number[self._start : self._end]

    def ids(self, dimension: str) -> Small:
        """Id of the dimension's row, by position."""
        return self._whole.ids(dimension)[self._start : self._end]
