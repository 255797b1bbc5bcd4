"""The newest events and how many there are, read without loading anything else."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from tui.domain.answer import WINDOW, Row
from tui.errors import TrailhoundError
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition


class Preview:
    """The newest rows, read by a thread while the interface is still being loaded."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._found: tuple[list[Row], int] | None = None
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        # what is wrong with the cache will be said by whoever reads it next
        with suppress(TrailhoundError):
            self._found = newest(self._cache, WINDOW)

    def taken(self, within: float = 0.0) -> tuple[list[Row], int] | None:
        """Return the rows and the number of all, None if they are not there in so many seconds."""
        self._thread.join(within)
        return self._found


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
