"""In which order the bytes of some files fill the pages of the cache best.

SQLite keeps what a long row has beyond whole pages together with that of its neighbours; rows that
come as they come leave an eighth of these pages empty. Owns that order and nothing of what is
stored.

Source: SQLite, "Database File Format", 1.6 "B-tree Pages", on table leaf cells.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

_PAGE = 4096
"""Bytes, SQLite's own default; with another one the order is as good as any."""
_MOST = _PAGE - 35
"""Of a row, in a page with others."""
_LEAST = (_PAGE - 12) * 32 // 255 - 23
_ROOM = _PAGE - 8
"""Bytes of such a page after its header."""
_BESIDE = 30
"""What a row has besides the bytes, about: its pointer, header, number and encoding."""


def order(sizes: Sequence[int]) -> list[int]:
    """Return the positions of rows with so many bytes, in the order to write them."""
    left = sorted((_shared(size), position) for position, size in enumerate(sizes))
    ordered: list[int] = []
    room = _ROOM
    while left:
        at = bisect_right(left, (room, math.inf)) - 1
        if at < 0:
            room, at = _ROOM, len(left) - 1
        taken, position = left.pop(at)
        room -= taken
        ordered.append(position)
    return ordered


def _shared(size: int) -> int:
    """Return how many bytes of a row stand in a page with others."""
    row = size + _BESIDE
    if row <= _MOST:
        return row
    rest = _LEAST + (row - _LEAST) % (_PAGE - 4)
    return rest if rest <= _MOST else _LEAST
