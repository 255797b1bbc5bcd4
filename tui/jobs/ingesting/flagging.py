"""Flagging events, so that neither the size limit nor retention takes their files."""

from __future__ import annotations

import time
from collections.abc import Iterable

from tui.storage import flags
from tui.storage.cache import Cache, transaction


def flag(cache: Cache, numbers: Iterable[int]) -> None:
    """Flag the events of these row numbers; raises CacheError."""
    with cache.connection() as connection, transaction(connection):
        flags.flag(connection, numbers, int(time.time() * 1000))


def unflag(cache: Cache, numbers: Iterable[int]) -> None:
    """Take the flags off these events; raises CacheError."""
    with cache.connection() as connection, transaction(connection):
        flags.unflag(connection, numbers)


def turn(cache: Cache, number: int) -> bool:
    """Flag an event, or take its flag off; return whether it is flagged now. Raises CacheError."""
    with cache.connection() as connection, transaction(connection):
        flagged = number in flags.flagged(connection)
        if flagged:
            flags.unflag(connection, [number])
        else:
            flags.flag(connection, [number], int(time.time() * 1000))
    return not flagged


def flagged(cache: Cache) -> set[int]:
    """Return the row numbers of the flagged events; raises CacheError."""
    with cache.connection() as connection:
        return flags.flagged(connection)
