"""What the cache covers, for commands and screens."""

from __future__ import annotations

from tui.domain.answer import Span
from tui.domain.coverage import Cell, cells
from tui.storage import covering
from tui.storage.cache import Cache


def coverage(cache: Cache, window: Span, step: int, now: int) -> list[Cell]:
    """Return a cell for each account, region and `step` ms of a window, newest first."""
    with cache.connection() as connection:
        covered = covering.everything(connection)
        failures = covering.failures(connection)
    return list(cells(covered, failures, window, step, now))
