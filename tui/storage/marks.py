"""How far cached files and events are vouched for, as follows from the verdicts that stand.

Owns reading the views `file_mark`, `event_mark` and `confirmed`. A mark is a value of
`domain.integrity.Mark`, or None where no digest vouches for the hour. Verdicts change without the
events changing: `standing` tells when they did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

_AT_ONCE = 500


class Standing(NamedTuple):
    """What marks depend on: while it is the same, so are they."""

    revision: int = -1
    """Grows with each change of a verdict."""
    last: int = -1
    """The highest number of a file."""


def standing(connection: sqlite3.Connection) -> Standing:
    """Return what marks depend on now."""
    query = "SELECT revision, (SELECT coalesce(max(id), 0) FROM file) FROM judged"
    return Standing(*connection.execute(query).fetchone())


def of_files(connection: sqlite3.Connection, after: int = 0) -> list[tuple[int, str | None]]:
    """Return each file above a number with its mark."""
    query = "SELECT file, mark FROM file_mark WHERE file > ?"
    return connection.execute(query, (after,)).fetchall()


def confirmed(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return (event, file) of events that only a further delivery, in a verified file, confirms."""
    query = (
        "SELECT confirmed.fact, min(sighting.file) FROM confirmed "
        "JOIN sighting ON sighting.fact = confirmed.fact "
        "JOIN file_mark ON file_mark.file = sighting.file AND mark = 'yes' "
        "GROUP BY confirmed.fact ORDER BY confirmed.fact"
    )
    return connection.execute(query).fetchall()


def of_events(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, str | None]:
    """Return the marks of some events."""
    found: dict[int, str | None] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        found.update(
            connection.execute(f"SELECT fact, mark FROM event_mark WHERE fact IN ({marks})", some)
        )
    return found
