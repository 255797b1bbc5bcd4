"""Damage that SQLite itself cannot see: values that are not the ones that were stored."""

from __future__ import annotations

import sqlite3
from typing import Any

WHATEVER_SCHEMA = "PRAGMA writable_schema = ON"
"""Read the tables whose schema is whole though that of another one is not (SQLite's pragma page);
for a cache that was set aside, and that nobody writes to."""


class DamagedValueError(sqlite3.DatabaseError):
    """A value fails its own check; treated like a page that fails SQLite's."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class Connection(sqlite3.Connection):
    """A connection on which damage is a DatabaseError even where SQLite quotes it."""

    def execute(self, *given: Any) -> sqlite3.Cursor:
        """Execute a statement; a message whose text is no UTF-8 any more tells of damage."""
        try:
            return super().execute(*given)
        except UnicodeDecodeError as error:
            said = error.object.decode(errors="backslashreplace")
            raise DamagedValueError(said) from error
