"""Times and event ids of many records at once, in the one form AWS writes them.

Thousands of them cost less as one array than a few dozen one by one. Any other form is left to the
lenient readers of `domain`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_TIME = b"0000-00-00T00:00:00Z"
_GUID = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
_NO_MILLENNIUM = np.frombuffer(b"09", np.uint8)
"""What no year begins with that an event is of (`deriving.times.YEARS`)."""
_DIGITS = np.zeros(256, bool)
_DIGITS[list(b"0123456789")] = True
_HEX = np.zeros(256, bool)
_HEX[list(b"0123456789abcdef")] = True


def times(texts: Sequence[str]) -> Ints | None:
    """Return ms since 1970 UTC of texts like 2026-11-20T14:05:09Z, None if one is otherwise."""
    table = _table(texts, _TIME, _DIGITS)
    if table is None or np.isin(table[:, 0], _NO_MILLENNIUM).any():
        return None
    try:
        seconds = np.ascontiguousarray(table[:, :19]).view("S19").ravel().astype("M8[s]")
    except ValueError:  # a month 13, an hour 25
        return None
    return seconds.astype(np.int64) * 1000


def guids(texts: Sequence[str]) -> bytes | None:
    """Return 16 bytes for each lower-case GUID (RFC 9562), None if one is no such."""
    table = _table(texts, _GUID, _HEX)
    if table is None:
        return None
    return bytes.fromhex("".join(texts).replace("-", ""))


def _table(
    texts: Sequence[str], shape: bytes, allowed: NDArray[np.bool_]
) -> NDArray[np.uint8] | None:
    """Return the texts as rows of bytes, if each has the shape: its marks, `allowed` between."""
    joined = "".join(texts)
    length = len(shape)
    if len(joined) != length * len(texts) or not joined.isascii():
        return None
    table = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(len(texts), length)
    pattern = np.frombuffer(shape, np.uint8)
    marks = ~np.isin(pattern, np.frombuffer(b"0x", np.uint8))
    if not (table[:, marks] == pattern[marks]).all() or not allowed[table[:, ~marks]].all():
        return None
    return table
