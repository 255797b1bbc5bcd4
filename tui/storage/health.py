"""How a cache file is, looked at without changing it: nothing is created, migrated or repaired.

It is opened for writing all the same, and only asked: a connection that may not write would leave
the journal files behind that it needs for reading.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import NamedTuple

from tui.storage import damage, reader
from tui.storage.migrations import VERSION

SECONDS = 5.0
"""How long the check may take: it reads the whole file."""
_SOUND = "ok"
"""What the check answers where there is nothing wrong."""

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
    uri = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with closing(_connected(uri)) as connection:
            seen = _looked_at(connection, seen)
    except sqlite3.DatabaseError as error:
        return seen._replace(trouble=str(error))
    if seen.trouble:
        return seen
    found = _checked(uri, seconds)
    trouble = "" if found in (None, _SOUND) else f"it is damaged: {found}"
    return seen._replace(checked=found is not None, trouble=trouble)


def _parts(path: Path) -> list[Path]:
    names = (path.name + suffix for suffix in ("", "-wal"))
    return [part for part in map(path.with_name, names) if part.exists()]


def _connected(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, factory=damage.Connection)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _looked_at(connection: sqlite3.Connection, seen: Health) -> Health:
    schema: int = connection.execute("PRAGMA user_version").fetchone()[0]
    seen = seen._replace(schema=schema)
    if schema > VERSION:
        return seen._replace(trouble="a newer Trailhound made it; update Trailhound")
    if schema == 0:
        return seen._replace(trouble="it is no cache of Trailhound's, or an empty one")
    return seen._replace(events=reader.count(connection))


def _checked(uri: str, seconds: float) -> str | None:
    """Return what the check found, or None when it did not come to its end in time.

    In a thread that is left behind then: SQLite before 3.42 cannot be interrupted inside a table.
    """
    answers: Queue[str] = Queue()
    Thread(target=_check, args=(uri, answers), daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except Empty:
        return None


def _check(uri: str, answers: Queue[str]) -> None:
    try:
        with closing(_connected(uri)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    answers.put(found)
