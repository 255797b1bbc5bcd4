"""Where following stands: each feed's position, and how far each pipe was served."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from tui.domain.tailing import Feed, Position

_FEED = "kind = ? AND account = ? AND region = ? AND name = ?"


def note(connection: sqlite3.Connection, positions: Iterable[Position]) -> None:
    """Store positions; one that lies before the stored one is not taken."""
    at = int(time.time() * 1000)
    for feed, complete_to in positions:
        connection.execute(
            "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "complete_to = excluded.complete_to, at = excluded.at "
            "WHERE excluded.complete_to >= feed.complete_to",
            (*feed, complete_to, at),
        )


def position(connection: sqlite3.Connection, feed: Feed) -> int | None:
    """Return up to when a feed was complete, ms since 1970 UTC; None if it was never followed."""
    query = f"SELECT complete_to FROM feed WHERE {_FEED}"
    row = connection.execute(query, feed).fetchone()
    return None if row is None else int(row[0])


def printed(connection: sqlite3.Connection, tree: str) -> int | None:
    """Return the last row number that was printed for a filter, if it was ever tailed."""
    row = connection.execute("SELECT number FROM printed WHERE filter = ?", (tree,)).fetchone()
    return None if row is None else int(row[0])


def note_printed(connection: sqlite3.Connection, tree: str, number: int) -> None:
    """Store that everything up to a row number was printed for a filter."""
    values = (tree, number, int(time.time() * 1000))
    connection.execute("INSERT OR REPLACE INTO printed VALUES (?, ?, ?)", values)
