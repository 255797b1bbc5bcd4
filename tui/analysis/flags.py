"""Which events a user flagged, as a column: it changes while events stay as they are.

It stands in for a dimension of two rows: not flagged, and flagged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.analysis.values import Values
from tui.domain.event import FLAGGED, NOT_FLAGGED

DIMENSION = "flag"
_NO, _YES = 1, 2
"""Numbers of the rows; those of any dimension begin at 1."""


class Flagged:
    """What the rows say."""

    def __init__(self) -> None:
        self.values = Values()
        self.codes = np.zeros(_YES + 1, np.int64)
        self.codes[[_NO, _YES]] = self.values.encode([NOT_FLAGGED, FLAGGED])


class Flags:
    """The row numbers of flagged events; they are few."""

    def __init__(self) -> None:
        self.numbers: frozenset[int] = frozenset()
        self._flagged = Flagged()

    def __len__(self) -> int:
        return _YES

    def attribute(self, _name: str) -> Flagged:
        """Return what the rows say."""
        return self._flagged

    def of(self, number: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the row of each event, by position; `number` ascends."""
        rows = np.full(len(number), _NO, np.int32)
        known = np.array(sorted(self.numbers), np.int64)
        at = np.searchsorted(number, known)
        here = at < len(number)
        here[here] = number[at[here]] == known[here]
        rows[at[here]] = _YES
        return rows
