"""What ever happened to stored facts but being added: they were rewritten, or let go.

Owns the one row of the table `ledger`. Whoever holds facts in memory compares revisions to see that
what it holds is out of date; numbers of facts are never given twice.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Ledger(NamedTuple):
    """Where the cache stands."""

    revision: int = 0
    """Grows each time that facts are rewritten or let go."""
    removed: int = 0
    """The revision in which facts were last let go."""
    last: int = 0
    """No fact that was let go had a higher number."""


def read(connection: sqlite3.Connection) -> Ledger:
    """Return where the cache stands."""
    return Ledger(*connection.execute("SELECT revision, removed, last FROM ledger").fetchone())


def rewritten(connection: sqlite3.Connection) -> int:
    """Note that facts are rewritten in this transaction; return its revision."""
    query = "UPDATE ledger SET revision = revision + 1 RETURNING revision"
    revision: int = connection.execute(query).fetchone()[0]
    return revision


def removed(connection: sqlite3.Connection, last: int) -> int:
    """Note that facts up to a number are let go in this transaction; return its revision."""
    query = (
        "UPDATE ledger SET revision = revision + 1, removed = revision + 1, last = max(last, ?) "
        "RETURNING revision"
    )
    revision: int = connection.execute(query, (last,)).fetchone()[0]
    return revision
