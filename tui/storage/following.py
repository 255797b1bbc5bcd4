"""Where following stands: each feed's position, and how far each pipe was served."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from typing import NamedTuple

from tui.domain.answer import Span
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


def printed(connection: sqlite3.Connection, tree: str) -> tuple[int, int] | None:
    """Return the last row number that was printed for a filter, and when (ms), if it ever was."""
    query = "SELECT number, at FROM printed WHERE filter = ?"
    row: tuple[int, int] | None = connection.execute(query, (tree,)).fetchone()
    return row


def note_printed(connection: sqlite3.Connection, tree: str, number: int) -> None:
    """Store that everything up to a row number was printed for a filter."""
    values = (tree, number, int(time.time() * 1000))
    connection.execute("INSERT OR REPLACE INTO printed VALUES (?, ?, ?)", values)


class Stored(NamedTuple):
    """Rows that were stored after a certain one."""

    numbers: list[int]
    """Those whose events lie in the wanted range, in order of storing."""
    others: int
    """How many were looked at beside them."""
    last: int
    """The number they reach up to."""


def stored_after(connection: sqlite3.Connection, number: int, within: Span, most: int) -> Stored:
    """Return what was stored after a row; at most so many rows are looked at."""
    query = "SELECT id, time FROM fact WHERE id > ? ORDER BY id LIMIT ?"
    rows = connection.execute(query, (number, most)).fetchall()
    numbers = [each for each, time in rows if within.start <= time < within.end]
    return Stored(numbers, len(rows) - len(numbers), rows[-1][0] if rows else number)
