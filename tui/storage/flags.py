"""Events that a user flagged: their files outlive every limit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.domain.event import FLAGGED, NOT_FLAGGED

FILES = (
    "SELECT fact.file FROM fact WHERE id IN (SELECT fact FROM flag) "
    "UNION SELECT sighting.file FROM sighting WHERE fact IN (SELECT fact FROM flag)"
)
"""SQL for the files that hold a flagged event."""
VALUE = f"iif(fact.id IN (SELECT fact FROM flag), '{FLAGGED}', '{NOT_FLAGGED}')"
"""SQL for what `event.Flag` says of a fact."""


def flag(connection: sqlite3.Connection, numbers: Iterable[int], at: int) -> None:
    """Flag events; `at` is now, in ms since 1970 UTC."""
    values = [(number, at) for number in numbers]
    connection.executemany("INSERT OR IGNORE INTO flag VALUES (?, ?)", values)


def unflag(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Take flags off."""
    connection.executemany("DELETE FROM flag WHERE fact = ?", [(each,) for each in numbers])


def flagged(connection: sqlite3.Connection) -> set[int]:
    """Return the numbers of the flagged events."""
    return {number for (number,) in connection.execute("SELECT fact FROM flag")}
