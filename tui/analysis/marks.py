"""How far events are vouched for, as a column: an event has the mark of a file.

Owns the one column whose values change while events stay as they are. It stands in for a
dimension: the row an event points at is a file, its own or one that confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tui.analysis.values import Values
from tui.domain.integrity import Mark

DIMENSION = "integrity"


class Marked:
    """The mark of each file, by its number."""

    def __init__(self, values: Values, codes: NDArray[np.int64]) -> None:
        self.values = values
        self.codes = codes


class Marks:
    """The marks of all files, and the events that another file than their own stands for."""

    def __init__(self) -> None:
        values = Values()
        self._codes = {mark: int(values.encode([mark])[0]) for mark in (*Mark, None)}
        self._marked = Marked(values, np.zeros(1, np.int64))
        self._events: NDArray[np.int64] = np.empty(0, np.int64)
        self._files: NDArray[np.int32] = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self._marked.codes) - 1

    def attribute(self, _name: str) -> Marked:
        """Return the marks."""
        return self._marked

    def add_files(self, marks: Iterable[tuple[int, str | None]], last: int) -> None:
        """Take the marks of files up to a number; those that are not named keep theirs."""
        codes = np.zeros(last + 1, np.int64)
        codes[: len(self._marked.codes)] = self._marked.codes[: last + 1]
        for file, mark in marks:
            codes[file] = self._codes[None if mark is None else Mark(mark)]
        self._marked = Marked(self._marked.values, codes)

    def set_confirmed(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Take (event, file) of events that have the mark of another file, by ascending event."""
        table = np.array(pairs, np.int64).reshape(len(pairs), 2)
        self._events, self._files = table[:, 0], table[:, 1].astype(np.int32)

    def files(self, number: NDArray[np.int64], own: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the file whose mark each event has; `number` and `own` are by position."""
        at = np.searchsorted(number, self._events)
        here = at < len(number)
        here[here] = number[at[here]] == self._events[here]
        if not here.any():
            return own
        files = own.copy()
        files[at[here]] = self._files[here]
        return files
