"""How much of the disk the cache uses, and giving back what it does not.

A cache is made with incremental vacuum: pages that are free go back to the disk a few at a time,
without the second copy of the file that a full vacuum needs.
"""

from __future__ import annotations

import sqlite3

_AT_ONCE = 10_000
"""Pages given back in one transaction."""


def used(connection: sqlite3.Connection) -> int:
    """Return the bytes that hold something; free pages are taken by what comes next."""
    pages = _number(connection, "page_count") - _number(connection, "freelist_count")
    return pages * _number(connection, "page_size")


def give_back(connection: sqlite3.Connection) -> None:
    """Shorten the file by its free pages; does nothing for one made without incremental vacuum."""
    free = _number(connection, "freelist_count")
    while free:
        connection.execute(f"PRAGMA incremental_vacuum({_AT_ONCE})").fetchall()
        before, free = free, _number(connection, "freelist_count")
        if free >= before:
            return


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    number: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return number
