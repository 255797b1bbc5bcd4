"""Reading the cache: rows for a table, sightings, files, what was skipped, bodies.

Owns the queries; filters come as `select.Condition`. Nothing here keeps state, so any thread may
read with a connection of its own. Rows are ordered newest first; equal times by row number,
highest first, everywhere.
"""

from __future__ import annotations

import heapq
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.domain.answer import Row, Sighting
from tui.domain.event import (
    GROUP_OF,
    GROUPS,
    Actor,
    Call,
    File,
    Flag,
    Integrity,
    Origin,
    Outcome,
    Place,
    Resource,
    Signal,
)
from tui.domain.guid import guid_text
from tui.domain.skipped import Skipped, Why
from tui.storage import flags
from tui.storage.damage import DamagedValueError
from tui.storage.select import Condition

_DIMENSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("actor", Actor._fields),
    ("call", Call._fields),
    ("place", Place._fields),
    ("origin", Origin._fields),
    ("outcome", Outcome._fields),
    ("signal", Signal._fields),
)
_COLUMNS = ", ".join(f"{table}.{name}" for table, names in _DIMENSIONS for name in names)
_JOINS = " ".join(
    (
        *(f"JOIN {group} ON {group}.id = fact.{group}" for group in GROUPS),
        *(f"JOIN {table} ON {table}.id = {group}.{table}" for table, group in GROUP_OF.items()),
    )
)
_IDS = {"actor": "credential", "resource": "leaf"}
"""Dimensions that are views, to the table that has a row for each of theirs."""
_AT_ONCE = 500
"""Rows asked for in one statement; SQLite binds at most 32,766 values."""


class Pointer(NamedTuple):
    """Where an event's record stands."""

    number: int
    file: int
    ordinal: int
    id: str


class FileSkips(NamedTuple):
    """What was skipped in one file."""

    uri: str
    skipped: Skipped


class Totals(NamedTuple):
    """How much a cache holds."""

    events: int
    files: int
    skipped: int


def count(connection: sqlite3.Connection) -> int:
    """Return how many events there are, from the blocks and what stands in none."""
    blocked, last = connection.execute(
        "SELECT coalesce(sum(count - gone), 0), coalesce(max(first + count - 1), 0) FROM block"
    ).fetchone()
    tail = connection.execute("SELECT count(*) FROM fact WHERE id > ?", (last,)).fetchone()[0]
    number: int = blocked + tail
    return number


def totals(connection: sqlite3.Connection) -> Totals:
    """Count what the cache holds."""
    files, skipped = connection.execute("SELECT count(*), sum(skipped) FROM file").fetchone()
    return Totals(count(connection), files, skipped or 0)


def last_number(connection: sqlite3.Connection) -> int:
    """Return the highest row number, 0 for an empty cache: a cheap way to see that it grew."""
    number: int | None = connection.execute("SELECT max(id) FROM fact").fetchone()[0]
    return number or 0


def rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Row]:
    """Return these rows in this order; numbers that are not there any more are left out."""
    found: dict[int, Row] = {}
    for some in _chunks(numbers):
        for row in _read_rows(connection, some):
            found[row.number] = row
    return [found[number] for number in numbers if number in found]


def _read_rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[Row]:
    query = (
        "SELECT fact.id, fact.event_id, fact.time, fact.resources, event_mark.mark, file.uri, "
        f"{flags.VALUE}, {_COLUMNS} "
        f"FROM fact {_JOINS} JOIN event_mark ON event_mark.fact = fact.id "
        "JOIN file ON file.id = fact.file "
        f"WHERE fact.id IN ({_marks(numbers)})"
    )
    read = connection.execute(query, numbers).fetchall()
    sets = _resource_sets(connection, {row[3] for row in read})
    for number, event_id, time, resources, mark, uri, flagged, *rest in read:
        values = iter(rest)
        actor = Actor(*(next(values) for _ in Actor._fields))
        call = Call(*(next(values) for _ in Call._fields))
        place = Place(*(next(values) for _ in Place._fields))
        origin = Origin(*(next(values) for _ in Origin._fields))
        outcome = Outcome(*(next(values) for _ in Outcome._fields))
        signal = Signal(*(next(values) for _ in Signal._fields))
        about = sets.get(resources, ())
        what = (actor, call, about, place, origin, outcome, signal)
        beside = (Integrity(mark), File(uri), Flag(flagged))
        yield Row(number, id_text(event_id), time, *what, *beside)


def _resource_sets(
    connection: sqlite3.Connection, ids: Iterable[int]
) -> dict[int, tuple[Resource, ...]]:
    wanted = [number for number in ids if number]
    query = (
        "SELECT resources.id, resource.name, resource.type FROM resources "
        "JOIN resource ON resource.id = resources.resource "
        f"WHERE resources.id IN ({_marks(wanted)}) ORDER BY resources.id, position"
    )
    sets: dict[int, list[Resource]] = {}
    for number, name, kind in connection.execute(query, wanted):
        sets.setdefault(number, []).append(Resource(name, kind))
    return {number: tuple(several) for number, several in sets.items()}


def numbers(connection: sqlite3.Connection, condition: Condition, limit: int = 0) -> Iterator[int]:
    """Yield the numbers of the rows a condition may match, newest first; 0 is no limit.

    With a limit, blocks are visited from the one with the newest event on, and only until no
    unvisited one can hold a newer event.
    """
    condition.register(connection)
    where = f"fact.time IS NOT NULL AND {condition.sql}"
    if not limit:
        query = f"SELECT id FROM fact WHERE {where} ORDER BY time DESC, id DESC"
        for (number,) in connection.execute(query, condition.parameters):
            yield number
        return
    query = (
        f"SELECT time, id FROM fact WHERE id BETWEEN ? AND ? AND {where} "
        "ORDER BY time DESC, id DESC LIMIT ?"
    )
    best: list[tuple[int, int]] = []
    for first, last, newest in _stretches(connection):
        if len(best) == limit and newest is not None and newest < best[-1][0]:
            break
        found = connection.execute(query, (first, last, *condition.parameters, limit)).fetchall()
        best = heapq.nlargest(limit, best + found)
    yield from (number for _, number in best)


def _stretches(connection: sqlite3.Connection) -> Iterator[tuple[int, int, int | None]]:
    """Yield first and last number and newest time: what stands in no block, then the blocks."""
    blocks = connection.execute(
        "SELECT first, first + count - 1, newest FROM block ORDER BY newest DESC"
    ).fetchall()
    blocked = max((last for _, last, _ in blocks), default=0)
    yield blocked + 1, last_number(connection), None
    yield from blocks


def numbers_with_id(connection: sqlite3.Connection, condition: Condition) -> list[int]:
    """Return the rows a condition on ids matches, in order of number."""
    condition.register(connection)
    query = f"SELECT id FROM fact WHERE {condition.sql} ORDER BY id"
    return [number for (number,) in connection.execute(query, condition.parameters)]


def pointers(connection: sqlite3.Connection, wanted: Sequence[int]) -> list[Pointer]:
    """Return where the records of these rows stand, in this order."""
    found = {}
    for some in _chunks(wanted):
        query = f"SELECT id, file, ordinal, event_id FROM fact WHERE id IN ({_marks(some)})"
        for number, file, ordinal, event_id in connection.execute(query, some):
            found[number] = Pointer(number, file, ordinal, id_text(event_id))
    return [found[number] for number in wanted if number in found]


def body(connection: sqlite3.Connection, file: int) -> bytes | None:
    """Return a file as it was delivered, or None if its bytes are not kept.

    Raises DamagedValueError if they are not the bytes that were delivered.
    """
    query = "SELECT encoding, bytes, sha256 FROM body JOIN file ON id = file WHERE file = ?"
    row = connection.execute(query, (file,)).fetchone()
    if row is None:
        return None
    from hashlib import sha256  # loads OpenSSL, which a start can do without

    encoding, data, digest = row
    try:
        delivered: bytes = zlib.decompress(data) if encoding == "zlib" else data
    except zlib.error as error:
        raise DamagedValueError(f"file {file} cannot be decompressed") from error
    if sha256(delivered).digest() != digest:
        raise DamagedValueError(f"file {file} does not have the SHA-256 it was stored with")
    return delivered


def sightings(connection: sqlite3.Connection, number: int) -> list[Sighting]:
    """Return every place an event was delivered to; the one its record is read from first."""
    return sightings_of(connection, [number]).get(number, [])


def sightings_of(
    connection: sqlite3.Connection, wanted: Sequence[int]
) -> dict[int, list[Sighting]]:
    """Return, for each event, what `sightings` does."""
    found: dict[int, list[Sighting]] = {}
    for some in _chunks(wanted):
        marks = _marks(some)
        query = (
            "SELECT fact, file.uri, seen.ordinal, file.source, file.sha256 FROM ("
            f"SELECT id AS fact, file, ordinal, 0 AS later FROM fact WHERE id IN ({marks}) "
            f"UNION ALL SELECT fact, file, ordinal, 1 FROM sighting WHERE fact IN ({marks})"
            ") AS seen JOIN file ON file.id = seen.file ORDER BY fact, later, file.id"
        )
        for number, uri, ordinal, source, sha256 in connection.execute(query, (*some, *some)):
            sighting = Sighting(uri, ordinal, source, sha256.hex())
            found.setdefault(number, []).append(sighting)
    return found


def skips(connection: sqlite3.Connection, limit: int = 1000) -> list[FileSkips]:
    """Return what was skipped, latest file first, at most `limit` of it."""
    query = (
        "SELECT file.uri, why, detail, ordinal FROM skipped JOIN file ON file.id = skipped.file "
        f"WHERE why != '{Why.DIGEST}' ORDER BY file.id DESC, ordinal LIMIT ?"
    )
    return [
        FileSkips(uri, Skipped(Why(why), detail, ordinal))
        for uri, why, detail, ordinal in connection.execute(query, (limit,))
    ]


def known_files(connection: sqlite3.Connection, cap: int) -> dict[str, set[bytes]]:
    """Return, by URI, the SHA-256 of each version that was read.

    What was too large for a lower cap, in bytes, is left out.
    """
    known: dict[str, set[bytes]] = {}
    query = "SELECT uri, sha256 FROM file WHERE cap IS NULL OR cap >= ?"
    for uri, sha256 in connection.execute(query, (cap,)):
        known.setdefault(uri, set()).add(sha256)
    return known


def refused(
    connection: sqlite3.Connection, source: str, most: int, since: int = 0
) -> dict[str, str | None]:
    """Return URI and version of files and prefixes that could not be had when last tried.

    At `most` so many, the latest that were met; none from before a time, ms since 1970 UTC.
    """
    query = (
        "SELECT uri, version FROM file WHERE sha256 = x'' AND source = ? "
        "AND coalesce(modified, read_at) >= ? ORDER BY id DESC LIMIT ?"
    )
    return dict(connection.execute(query, (source, since, most)).fetchall())


def dimension_size(connection: sqlite3.Connection, table: str) -> int:
    """Return how many rows a dimension has; their ids run from 1 without gaps."""
    ids = _IDS.get(table, table)
    size: int | None = connection.execute(f"SELECT max(id) FROM {ids}").fetchone()[0]
    return size or 0


def dimension_column(
    connection: sqlite3.Connection, table: str, column: str, after: int, last: int
) -> list[str | int | None]:
    """Return one column of a dimension's rows with ids above `after` up to `last`, by id."""
    query = f"SELECT {column} FROM {table} WHERE id > ? AND id <= ? ORDER BY id"
    return [value for (value,) in connection.execute(query, (after, last))]


def file_uris(connection: sqlite3.Connection, after: int, last: int) -> list[str | None]:
    """Return the URI of each file with an id above `after` up to `last`; None where there is none.

    Unlike those of dimensions, ids of files have gaps: what could not be read at first is replaced.
    """
    query = "SELECT id, uri FROM file WHERE id > ? AND id <= ?"
    known = dict(connection.execute(query, (after, last)))
    return [known.get(number) for number in range(after + 1, last + 1)]


def combinations(
    connection: sqlite3.Connection, group: str, after: int
) -> list[tuple[int, int, int]]:
    """Return the combinations of a group with an id above `after`, by id, which has no gaps."""
    names = ", ".join(GROUPS[group])
    query = f"SELECT {names} FROM {group} WHERE id > ? ORDER BY id"
    return connection.execute(query, (after,)).fetchall()


def last_resource_set(connection: sqlite3.Connection) -> int:
    """Return the highest id of a set of resources; 0, the empty one, if there is no other."""
    last: int | None = connection.execute("SELECT max(id) FROM resources").fetchone()[0]
    return last or 0


def resource_members(
    connection: sqlite3.Connection, after: int, last: int
) -> list[tuple[int, int]]:
    """Return (set, resource) pairs of sets with an id above `after` up to `last`, by set."""
    query = "SELECT id, resource FROM resources WHERE id > ? AND id <= ? ORDER BY id, position"
    return connection.execute(query, (after, last)).fetchall()


def id_text(event_id: bytes | str) -> str:
    """Return an event id as delivered."""
    return guid_text(event_id) if isinstance(event_id, bytes) else event_id


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
