"""The sources that a user added to the sync, as they were typed."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from tui.storage.damage import DamagedValueError


class Added(NamedTuple):
    """One of them."""

    text: str
    """A place in S3, the ARN of a trail, or a profile."""
    profiles: tuple[str, ...]
    """With which it was added; none for the default credentials."""
    at: int
    """When, in ms since 1970 UTC."""


def add(connection: sqlite3.Connection, source: Added) -> None:
    """Keep a source; one that is kept already stays as it was added first."""
    values = (source.text, json.dumps(source.profiles), source.at)
    connection.execute("INSERT OR IGNORE INTO added VALUES (?, ?, ?)", values)


def remove(connection: sqlite3.Connection, text: str) -> None:
    """Keep a source no longer."""
    connection.execute("DELETE FROM added WHERE source = ?", (text,))


def everything(connection: sqlite3.Connection) -> list[Added]:
    """Return all of them, the first that was added first."""
    rows = connection.execute("SELECT source, profiles, at FROM added ORDER BY at, source")
    return [read(*row) for row in rows]


def read(text: object, profiles: object, at: object) -> Added:
    """Return a row as a value; raises DamagedValueError for one that nobody wrote like that."""
    if isinstance(text, str) and isinstance(profiles, str) and isinstance(at, int):
        try:
            return Added(text, tuple(map(str, json.loads(profiles))), at)
        except (TypeError, ValueError):  # no JSON, or no list
            pass
    raise DamagedValueError("an added source cannot be read")
