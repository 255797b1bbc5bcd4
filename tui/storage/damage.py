"""Damage that SQLite itself cannot see: values that are not the ones that were stored."""

from __future__ import annotations

import sqlite3


class DamagedValueError(sqlite3.DatabaseError):
    """A value fails its own check; treated like a page that fails SQLite's."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT
