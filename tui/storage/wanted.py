"""What a user put into a cache and nothing delivers again, as far as a damaged one tells it.

Owns the reading of it, and where a flag belongs in the cache that was made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tui.storage import added, damage, flags

Row: TypeAlias = tuple[object, ...]


class EventKey(NamedTuple):
    """What an event is known by in any cache."""

    event_id: object
    account: object
    """None where it could not be read: then the id alone has to do."""


@dataclass(slots=True)
class Wanted:
    """Flags and added sources."""

    flags: dict[EventKey, int] = field(default_factory=dict)
    """When each event was flagged, ms since 1970 UTC."""
    added: list[added.Added] = field(default_factory=list)
    lost_flags: int = 0
    """Of events that cannot be told any more."""
    unread: list[str] = field(default_factory=list)
    """What there may have been more of."""


def wanted(path: Path) -> Wanted:
    """Return what a damaged cache still tells of it."""
    found = Wanted()
    with closing(sqlite3.connect(path, factory=damage.Connection)) as connection:
        _read_flags(connection, found)
        rows = _rows(connection, "added", ("source", "profiles", "at"), found, "added sources")
        for row in rows:
            try:
                found.added.append(added.read(*row))
            except sqlite3.DatabaseError:
                found.unread.append("added sources")
    found.unread = list(dict.fromkeys(found.unread))
    return found


def restore(connection: sqlite3.Connection, found: Wanted) -> int:
    """Put back what belongs to events that are there; return how many flags found their event.

    To be called in a transaction.
    """
    for source in found.added:
        added.add(connection, source)
    numbers = _numbers(connection, found.flags)
    for key, number in numbers.items():
        flags.flag(connection, [number], found.flags[key])
    return len(numbers)


def _read_flags(connection: sqlite3.Connection, found: Wanted) -> None:
    for number, at in _rows(connection, "flag", ("fact", "at"), found, "flags"):
        key = _key(connection, number)
        if key is None or not isinstance(at, int):
            found.lost_flags += 1
        else:
            found.flags[key] = at


def _rows(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], found: Wanted, what: str
) -> Iterable[Row]:
    """Return the rows of a table that can be read, from its two ends to the damage between."""
    rows: dict[object, Row] = {}
    for order in ("ASC", "DESC"):
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]} {order}"
        try:
            rows.update((row[0], row) for row in connection.execute(query))
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:
                break  # an older cache has no such table
            found.unread.append(what)
        else:
            break
    return rows.values()


def _key(connection: sqlite3.Connection, number: object) -> EventKey | None:
    """Return what the event of a row is known by; None if that cannot be read."""
    fact = _first(connection, "SELECT event_id, who FROM fact WHERE id = ?", number)
    if fact is None:
        return None
    query = "SELECT account FROM who JOIN place ON place.id = who.place WHERE who.id = ?"
    place = _first(connection, query, fact[1])
    return EventKey(fact[0], place[0] if place else None)


def _first(connection: sqlite3.Connection, query: str, value: object) -> Row | None:
    try:
        row: Row | None = connection.execute(query, (value,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return row


def _numbers(connection: sqlite3.Connection, keys: Iterable[EventKey]) -> dict[EventKey, int]:
    """Return the rows of events; each row is looked at once, as no index knows their ids."""
    by_id: dict[object, list[EventKey]] = {}
    for key in keys:
        by_id.setdefault(key.event_id, []).append(key)
    numbers: dict[EventKey, int] = {}
    if by_id:
        for number, event_id in connection.execute("SELECT id, event_id FROM fact"):
            for key in by_id.get(event_id, ()):
                own = _key(connection, number)
                if own and key.account in (None, own.account):
                    numbers[key] = number
    return numbers
