"""Trailhound's part in the benchmarks, by its public entry points; each runs in its own process."""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.data import digest
from tui.__main__ import YOUNG


class Stored(NamedTuple):
    """How many events an ingest says it added, and how many records it had seen before."""

    events: int
    again: int
    skipped: int


def ingest(folder: Path, cache: Path) -> Stored:
    """Read every log file of a folder into a new cache, collecting as little as the command."""
    gc.set_threshold(YOUNG)
    from tui.jobs.ingesting.ingest import ingest as run
    from tui.sources.folder import LocalFiles
    from tui.storage.cache import Cache

    done = run(Cache(cache), LocalFiles([folder]))
    return Stored(done.events, done.seen_again, done.skipped)


def events_digest(cache: Path) -> str:
    """Return the same number for a cache's events that `data` made of the log files."""
    connection = sqlite3.connect(cache)
    try:
        found = connection.execute("SELECT account || ' ' || id FROM event").fetchall()
    finally:
        connection.close()
    if len(set(found)) != len(found):
        raise AssertionError("an event is stored twice")
    return digest({row[0] for row in found})


def size(cache: Path) -> int:
    """Return the bytes of a cache with its journal."""
    return sum(path.stat().st_size for path in cache.parent.glob(f"{cache.name}*"))
