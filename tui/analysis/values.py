"""The distinct values of one field, and which of them a test or a text holds for.

Tests run on distinct values, not on events. For a text, or a pattern with a literal part, the
values stand joined in one string, where the search is the standard library's and fast.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tui.domain.filter import Exactly, OneOf, Test

Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

_INSIDE = re.compile(r"\*([^*?]+)\*")
"""A pattern that asks for a text anywhere inside, which finding it answers."""
_LITERAL = re.compile(r"[^*?]+")
_DIGITS = 10
"""Whole numbers are shorter than this; account numbers are texts."""


class Values:
    """Distinct values by code; code 0 is the absent value."""

    def __init__(self) -> None:
        self._codes: dict[str | int | None, int] = {None: 0, "": 0}
        self.texts: list[str | int | None] = [None]

    def encode(self, values: Iterable[str | int | None]) -> Codes:
        """Return the code of each value, adding new ones."""
        known = self._codes
        values = list(values)
        for value in dict.fromkeys(values):
            if value not in known:
                known[value] = len(self.texts)
                self.texts.append(value)
        self.__dict__.pop("_joined", None)
        return np.fromiter(map(known.__getitem__, values), np.int64, len(values))

    def __len__(self) -> int:
        return len(self.texts)

    def passing(self, test: Test) -> Bools:
        """Return, by code, which values pass a test; the absent value passes none."""
        if isinstance(test, OneOf) and len(test.patterns) == 1:
            inside = _INSIDE.fullmatch(test.patterns[0])
            if inside:
                return self.containing(inside[1])
        result = np.zeros(len(self.texts), bool)
        for code in self._candidates(test):
            value = self.texts[code]
            result[code] = value is not None and test.holds(value)
        return result

    def containing(self, text: str) -> Bools:
        """Return, by code, which values contain a text, without case."""
        result = np.zeros(len(self.texts), bool)
        result[list(self._find(text.lower()))] = True
        return result

    def _candidates(self, test: Test) -> Iterable[int]:
        """Return the codes worth testing."""
        if isinstance(test, Exactly):
            found = (self._codes.get(key) for value in test.values for key in _keys(value))
            return [code for code in found if code is not None]
        if isinstance(test, OneOf):
            literals = [max(_LITERAL.findall(p), key=len, default="") for p in test.patterns]
            if all(literals):
                return {code for text in literals for code in self._find(text.lower())}
        return range(1, len(self.texts))

    @cached_property
    def _joined(self) -> tuple[str, array[int]]:
        """All values in lower case, a line each, and where each begins, with the end."""
        lines = ["" if value is None else str(value).lower() for value in self.texts]
        lengths = map((1).__add__, map(len, lines))
        return "\n".join(lines), array("q", accumulate(lengths, initial=0))

    def _find(self, text: str) -> Iterator[int]:
        if not text:
            yield from range(1, len(self.texts))
            return
        joined, starts = self._joined
        position = joined.find(text)
        while position >= 0:
            code = bisect_right(starts, position) - 1
            line_end = starts[code + 1] - 1
            if position + len(text) <= line_end:
                yield code
                position = joined.find(text, line_end)
            else:
                position = joined.find(text, position + 1)


def _keys(value: str) -> tuple[str | int, ...]:
    """Return what a value may be known as: a severity is a number here."""
    return (value, int(value)) if value.isdecimal() and len(value) < _DIGITS else (value,)
