"""What is known of each verified hour: its digest, and how many log files were found to be what.

Owns the queries over `digest` and `log`. Of a digest file that was met in several versions, the
one that was judged last stands for its hour.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from tui.domain.digests import VALID
from tui.domain.integrity import Stream
from tui.storage import files


class DigestRow(NamedTuple):
    """One digest, with the number of its log files by verdict."""

    number: int
    uri: str
    stream: Stream
    start: int | None
    """ms since 1970 UTC; None if it cannot be read."""
    end: int
    verdict: str
    body: bytes
    """As stored."""
    valid: int
    wrong: int


class LogRow(NamedTuple):
    """A log file of an hour, and how many cached events are read from it."""

    uri: str
    verdict: str
    size: int | None
    events: int


_LATEST = (
    'SELECT digest.id, digest.uri, trail, home, account, region, backfill, start, "end", '
    "digest.verdict, body, count(log.id) FILTER (WHERE log.verdict = ?), "
    "count(log.id) FILTER (WHERE log.verdict != ?) FROM digest LEFT JOIN log "
    "ON log.digest = digest.id WHERE NOT EXISTS (SELECT 1 FROM digest AS later "
    "WHERE later.uri = digest.uri AND (later.at, later.id) > (digest.at, digest.id)) "
    "GROUP BY digest.id"
)


def digests(connection: sqlite3.Connection) -> Iterator[DigestRow]:
    """Yield every digest that was verified."""
    for row in connection.execute(_LATEST, (VALID, VALID)):
        number, uri, *place, start, end, verdict, body, valid, wrong = row
        trail, home, account, region, backfill = place
        stream = Stream(trail, home, account, region, bool(backfill))
        yield DigestRow(number, uri, stream, start, end, verdict, body, valid, wrong)


def logs(connection: sqlite3.Connection, digest: int) -> list[LogRow]:
    """Return the log files that a digest names, those that are wrong first."""
    query = (
        "SELECT log.uri, log.verdict, log.size, (SELECT coalesce(sum(file.events), 0) FROM file "
        f"WHERE {files.AT.format('log.uri')}) FROM log WHERE log.digest = ? "
        "ORDER BY log.verdict = ?, log.uri"
    )
    return [LogRow(*row) for row in connection.execute(query, (digest, VALID))]


def events_of(connection: sqlite3.Connection, uri: str) -> int:
    """Return how many cached events a file holds."""
    query = f"SELECT coalesce(sum(events), 0) FROM file WHERE {files.AT.format('?1')}"
    count: int = connection.execute(query, (uri,)).fetchone()[0]
    return count
