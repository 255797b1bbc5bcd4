"""Every cached event as columns of small integers, in memory.

Owns the arrays and the dimensions they point into, growing as the cache grows. It knows no SQL:
whoever has rows appends them. Positions are 0-based and run with the row number of the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from tui.analysis.flags import DIMENSION as FLAGGED
from tui.analysis.flags import Flags
from tui.analysis.marks import DIMENSION as MARKED
from tui.analysis.marks import Marks
from tui.analysis.values import Values
from tui.domain.event import GROUP_OF, GROUPS

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Kind = TypeVar("Kind", np.int32, np.int64)

Fetch: TypeAlias = Callable[[str, int, int], Iterable[str | int | None]]
"""Reads a field of the rows with ids above the first number, up to the second."""

FetchMembers: TypeAlias = Callable[[int, int], Sequence[tuple[int, int]]]
"""Reads the (set, resource) pairs of sets with ids above the first number, up to the second."""

_WIDEST = 1 << 63
CHUNK = 65_536
"""Events handled at a time, so that intermediate arrays stay in the processor's cache."""


class Growing(Generic[Kind]):
    """An array that grows at its end without being copied each time."""

    def __init__(self, kind: type[Kind]) -> None:
        self._data: NDArray[Kind] = np.empty(1024, kind)
        self._size = 0

    def append(self, values: NDArray[np.generic]) -> None:
        """Add values at the end."""
        needed = self._size + len(values)
        if needed > len(self._data):
            grown = np.empty(max(needed, len(self._data) * 3 // 2), self._data.dtype)
            grown[: self._size] = self._data[: self._size]
            self._data = grown
        self._data[self._size : needed] = values
        self._size = needed

    @property
    def values(self) -> NDArray[Kind]:
        """What is there, as a view."""
        return self._data[: self._size]


class Attribute:
    """One field of a dimension: for each row of the dimension, the code of its value."""

    def __init__(self) -> None:
        self.values = Values()
        self._codes = Growing(np.int64)
        self._codes.append(np.zeros(1, np.int64))  # dimension ids begin at 1

    @property
    def codes(self) -> Ints:
        """Code of the value, by id of the dimension's row."""
        return self._codes.values

    def extend(self, values: Iterable[str | int | None]) -> None:
        """Take the values of the rows that follow."""
        self._codes.append(self.values.encode(values))


class Dimension:
    """The rows of one dimension, coded attribute by attribute as they are first asked for."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._attributes: dict[str, Attribute] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def grow(self, size: int) -> None:
        """Take note of how many rows there are now; their ids run from 1 without gaps."""
        self._size = size

    def attribute(self, name: str) -> Attribute:
        """Return one field of every row so far."""
        attribute = self._attributes.setdefault(name, Attribute())
        coded = len(attribute.codes) - 1
        if coded < self._size:
            attribute.extend(self._fetch(name, coded, self._size))
        return attribute


class ResourceSets:
    """Which values the resources of each set have; set 0 is empty and belongs to most events.

    They are read when they are first asked for: there are nearly as many as events.
    """

    def __init__(self, resource: Dimension, fetch: FetchMembers) -> None:
        self._resource = resource
        self._fetch = fetch
        self._last = 0
        self._read = 0
        self._sets = Growing(np.int64)
        self._members = Growing(np.int64)
        self._valued: dict[str, tuple[int, Growing[np.int64], Growing[np.int64]]] = {}

    def __len__(self) -> int:
        return self._last + 1

    def grow(self, last: int) -> None:
        """Take note of the highest set there is now."""
        self._last = last

    def _read_on(self) -> None:
        """Read the sets that came since."""
        if self._read < self._last:
            pairs = self._fetch(self._read, self._last)
            table = np.fromiter(chain.from_iterable(pairs), np.int64, 2 * len(pairs))
            self._sets.append(table[::2])
            self._members.append(table[1::2])
            self._read = self._last

    def values(self, name: str) -> tuple[Values, Ints, Ints]:
        """Return a field's values, and each distinct (set, value code) as two columns."""
        self._read_on()
        resource = self._resource.attribute(name)
        done, sets, codes = self._valued.get(name, (0, Growing(np.int64), Growing(np.int64)))
        if done < len(self._sets.values):
            size = len(resource.values)
            found = resource.codes[self._members.values[done:]]
            pairs = np.unique(self._sets.values[done:] * size + found)
            pairs = pairs[pairs % size != 0]
            sets.append(pairs // size)
            codes.append(pairs % size)
            self._valued[name] = (len(self._sets.values), sets, codes)
        return resource.values, sets.values, codes.values


class Combinations:
    """Which rows of some dimensions come together; ids begin at 1."""

    def __init__(self, dimensions: Sequence[str]) -> None:
        self._members = {name: Growing(np.int32) for name in dimensions}
        self.add([(0,) * len(dimensions)])

    def __len__(self) -> int:
        return len(next(iter(self._members.values())).values)

    def add(self, rows: Sequence[tuple[int, ...]]) -> None:
        """Take those that follow."""
        size = len(self._members)
        flat = np.fromiter(chain.from_iterable(rows), np.int32, size * len(rows))
        table = flat.reshape(len(rows), size)
        for at, members in enumerate(self._members.values()):
            members.append(table[:, at])

    def of(self, dimension: str) -> Small:
        """Return the id of a dimension's row, by id of the combination."""
        return self._members[dimension].values


class Columns:
    """All events: `time`, the row `number`, and for each dimension the id of its row."""

    def __init__(self, fetch: Mapping[str, Fetch], fetch_members: FetchMembers) -> None:
        """`fetch` reads a field of each dimension, `fetch_members` the sets of resources."""
        tables = {name: Dimension(read) for name, read in fetch.items()}
        self.marks, self.flags = Marks(), Flags()
        self.tables = tables
        """Dimensions that are tables of the cache."""
        self.dimensions: dict[str, Dimension | Marks | Flags] = {
            **tables,
            MARKED: self.marks,
            FLAGGED: self.flags,
        }
        self.resource_sets = ResourceSets(tables["resource"], fetch_members)
        self.groups = {name: Combinations(dimensions) for name, dimensions in GROUPS.items()}
        self._time = Growing(np.int64)
        self._number = Growing(np.int64)
        self._ids: dict[str, Growing[np.int32]] = {}
        self._order: Ints = np.empty(0, np.int64)
        self._sorted_time: Ints = np.empty(0, np.int64)
        self._totals: dict[str, tuple[int, Ints]] = {}

    def __len__(self) -> int:
        return len(self._time.values)

    @property
    def last(self) -> int:
        """The highest row number that is here."""
        numbers = self._number.values
        return int(numbers[-1]) if len(numbers) else 0

    @property
    def time(self) -> Ints:
        """Time in ms since 1970 UTC, by position."""
        return self._time.values

    @property
    def number(self) -> Ints:
        """Row number in the cache, by position; ascending."""
        return self._number.values

    def ids(self, dimension: str) -> Small:
        """Id of the dimension's row, by position."""
        if dimension == MARKED:
            return self.marks.files(self.number, self.ids("file"))
        if dimension == FLAGGED:
            return self.flags.of(self.number)
        growing = self._ids.setdefault(dimension, Growing(np.int32))
        known = len(growing.values)
        if dimension in GROUP_OF and known < len(self):
            group = GROUP_OF[dimension]
            growing.append(self.groups[group].of(dimension)[self.ids(group)[known:]])
        return growing.values

    def append(self, number: Ints, time: Ints, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Take events whose row numbers ascend, above every known one."""
        if len(number) and number[0] <= self.last:
            raise ValueError(f"row {number[0]} comes after {self.last}")
        self._time.append(time)
        self._number.append(number)
        for name, ids in columns.items():
            self._ids.setdefault(name, Growing(np.int32)).append(ids)

    def replace(self, number: Ints, time: Ints, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Take what became of events that are here."""
        at = np.searchsorted(self.number, number)
        if not np.array_equal(self.number[at], number):
            raise ValueError("rows that are not here")
        if not np.array_equal(self.time[at], time):
            self.time[at] = time
            self._order, self._sorted_time = np.empty(0, np.int64), np.empty(0, np.int64)
        for name, ids in columns.items():
            self.ids(name)[at] = ids
        for name in GROUP_OF:  # found anew when asked for
            self._ids.pop(name, None)
        self._totals.clear()

    def marks_changed(self) -> None:
        """Take note that other files stand for some events."""
        self._totals.pop(MARKED, None)

    def flag(self, numbers: Iterable[int]) -> bool:
        """Take the row numbers of all flagged events; return whether they are others now."""
        flagged = frozenset(numbers)
        changed = flagged != self.flags.numbers
        if changed:
            self.flags.numbers = flagged
            self._totals.pop(FLAGGED, None)
        return changed

    def totals(self, dimension: str, size: int) -> Ints:
        """Return how many of all events point at each of `size` rows; only new ones are counted."""
        done, counts = self._totals.get(dimension, (0, np.zeros(size, np.int64)))
        ids = self.ids(dimension)
        if done < len(ids) or len(counts) < size:
            counts = np.concatenate((counts, np.zeros(size - len(counts), np.int64)))
            step = max(CHUNK, size)
            for start in range(done, len(ids), step):
                counts += np.bincount(ids[start : start + step], minlength=size)
            self._totals[dimension] = (len(ids), counts)
        return counts

    @property
    def order(self) -> Ints:
        """Positions, newest event first; of equal times the higher row number first."""
        known = len(self._order)
        if known < len(self):
            self._order = self._merged(known)
            self._sorted_time = self.time[self._order]
        return self._order

    @property
    def sorted_time(self) -> Ints:
        """Times in the order of `order`: descending."""
        _ = self.order
        return self._sorted_time

    def _merged(self, known: int) -> Ints:
        fresh = self.time[known:]
        positions = _ascending(fresh)[::-1] + known
        if not known:
            return positions
        places = np.searchsorted(-self._sorted_time, -self.time[positions], "left")
        return np.insert(self._order, places, positions)


def _ascending(times: Ints) -> Ints:
    """Return the positions in order of time, equal times in their own.

    Where time and position fit one number, sorting those is several times as fast.
    """
    size = len(times)
    least = int(np.min(times)) if size else 0
    if size and (int(np.max(times)) - least + 1) * size < _WIDEST:
        return np.argsort((times - least) * size + np.arange(size))
    return np.argsort(times, kind="stable")
