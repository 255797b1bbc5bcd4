"""How a cache file is, looked at without changing it: nothing is created, migrated or repaired."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tui.storage import reader
from tui.storage.migrations import VERSION

SECONDS = 5.0
"""How long the check may take: it reads the whole file."""
_STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock."""

SQLITE = sqlite3.sqlite_version


class Health(NamedTuple):
    """What is known of a cache file."""

    path: str
    exists: bool
    size: int = 0
    """Bytes, the journal beside it included."""
    events: int | None = None
    """None where they cannot be counted."""
    schema: int | None = None
    newest_schema: int = VERSION
    """What this Trailhound makes."""
    checked: bool = False
    """Whether the check came to its end."""
    trouble: str = ""
    """What is wrong with it; empty while nothing is known to be."""


def health(path: Path, seconds: float = SECONDS) -> Health:
    """Return how the cache at `path` is; the check is given up after some seconds."""
    try:
        size = sum(part.stat().st_size for part in _parts(path))
    except OSError as error:
        return Health(str(path), exists=True, trouble=f"it cannot be looked at: {error.strerror}")
    if not path.exists():
        return Health(str(path), exists=False)
    seen = Health(str(path), exists=True, size=size)
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return _looked_at(connection, seen, seconds)
    except sqlite3.DatabaseError as error:
        return seen._replace(trouble=str(error))


def _parts(path: Path) -> list[Path]:
    names = (path.name + suffix for suffix in ("", "-wal"))
    return [part for part in map(path.with_name, names) if part.exists()]


def _looked_at(connection: sqlite3.Connection, seen: Health, seconds: float) -> Health:
    schema: int = connection.execute("PRAGMA user_version").fetchone()[0]
    seen = seen._replace(schema=schema)
    if schema > VERSION:
        return seen._replace(trouble="a newer Trailhound made it; update Trailhound")
    if schema == 0:
        return seen._replace(trouble="it is no cache of Trailhound's, or an empty one")
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT:
            raise
        found = None
    connection.set_progress_handler(None, 0)
    trouble = "" if found in (None, "ok") else f"it is damaged: {found}"
    events = reader.count(connection)
    return seen._replace(events=events, checked=found is not None, trouble=trouble)
