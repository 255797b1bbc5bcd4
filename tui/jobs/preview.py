"""The newest events and how many there are, read without loading anything else."""

from __future__ import annotations

from tui.domain.answer import Row
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition


def newest(cache: Cache, count: int) -> tuple[list[Row], int]:
    """Return the newest rows and the number of all."""
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition(), count))
        return reader.rows(connection, numbers), reader.count(connection)


def skipped_count(cache: Cache) -> int:
    """Return how many things in the cached files gave no event."""
    with cache.connection() as connection:
        return reader.totals(connection).skipped


def skips(cache: Cache, most: int) -> list[reader.FileSkips]:
    """Return what was skipped, latest file first."""
    with cache.connection() as connection:
        return reader.skips(connection, most)
