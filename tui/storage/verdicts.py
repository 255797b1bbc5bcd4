"""What was found of log files: verdicts, the bytes they are about, and findings.

Findings are those of the latest verification of their time: a new one replaces them. Owns the
tables `log`, `log_bytes`, `finding` and `verification`. What follows for a cached file is `marks`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.digests import SavedLog
from tui.domain.integrity import Finding, Kind

_FINDING = 'kind, object, detail, account, region, start, "end", trail, events'


class Place(NamedTuple):
    """What findings belong to."""

    trail: str
    account: str
    region: str


class Verification(NamedTuple):
    """One run."""

    target: str
    start: int
    end: int
    at: int
    complete: bool
    """Whether it came to its end."""


def replace_logs(connection: sqlite3.Connection, digest: int, logs: Iterable[SavedLog]) -> None:
    """Keep what was found of the log files that a digest names, in place of what was known.

    Bytes that were once held against the same digest stay judged.
    """
    known = {
        uri: number
        for number, uri in connection.execute("SELECT id, uri FROM log WHERE digest = ?", (digest,))
    }
    for log in logs:
        number = known.pop(log.uri, None)
        values = (log.verdict, log.version, log.size, log.at)
        if number is None:
            number = connection.execute(
                "INSERT INTO log (uri, digest, verdict, version, size, at) "
                "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (log.uri, digest, *values),
            ).fetchone()[0]
        else:
            connection.execute(
                "UPDATE log SET verdict = ?, version = ?, size = ?, at = ? WHERE id = ?",
                (*values, number),
            )
        connection.executemany(
            "INSERT OR REPLACE INTO log_bytes VALUES (?, ?, ?)",
            [(number, *each) for each in log.held],
        )
    _forget(connection, known.values())


def replace_unlisted(
    connection: sqlite3.Connection, among: Iterable[str], logs: Iterable[SavedLog]
) -> None:
    """Keep the log files that no digest names; `among` are the URIs that were looked at."""
    query = "SELECT id FROM log WHERE uri = ? AND digest IS NULL"
    for uri in among:
        _forget(connection, [number for (number,) in connection.execute(query, (uri,))])
    connection.executemany(
        "INSERT INTO log (uri, digest, verdict, version, size, at) VALUES (?, NULL, ?, ?, ?, ?)",
        [(each.uri, each.verdict, each.version, each.size, each.at) for each in logs],
    )


def logs(connection: sqlite3.Connection, digest: int) -> list[SavedLog]:
    """Return what was found of the log files that a digest names."""
    query = "SELECT id, uri, verdict, version, size, at FROM log WHERE digest = ? ORDER BY uri"
    held: dict[int, list[tuple[bytes, str]]] = {}
    for number, sha256, verdict in connection.execute(
        "SELECT log, sha256, log_bytes.verdict FROM log_bytes JOIN log ON log.id = log "
        "WHERE digest = ?",
        (digest,),
    ):
        held.setdefault(number, []).append((sha256, verdict))
    return [
        SavedLog(uri, verdict, version, size, at, tuple(held.get(number, ())))
        for number, uri, verdict, version, size, at in connection.execute(query, (digest,))
    ]


def replace_findings(
    connection: sqlite3.Connection, place: Place, span: Span, found: Iterable[Finding], at: int
) -> None:
    """Keep the findings of a trail, account and region in a span, in place of what was known."""
    connection.execute(
        "DELETE FROM finding WHERE trail = ? AND account = ? AND region = ? "
        'AND start < ? AND ("end" > ? OR start >= ?)',
        (*place, span.end, span.start, span.start),
    )
    connection.executemany(
        f"INSERT INTO finding ({_FINDING}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*each, at) for each in found],
    )


def findings(connection: sqlite3.Connection) -> list[Finding]:
    """Return every finding that stands, newest time first."""
    query = f'SELECT {_FINDING} FROM finding ORDER BY "end" DESC, start DESC, id'
    return [Finding(Kind(kind), *rest) for kind, *rest in connection.execute(query)]


def add_verification(connection: sqlite3.Connection, run: Verification) -> None:
    """Note a run."""
    connection.execute(
        'INSERT INTO verification (target, start, "end", at, complete) VALUES (?, ?, ?, ?, ?)', run
    )


def verifications(connection: sqlite3.Connection) -> list[Verification]:
    """Return the runs, latest first."""
    query = 'SELECT target, start, "end", at, complete FROM verification ORDER BY id DESC'
    return [
        Verification(target, start, end, at, bool(complete))
        for target, start, end, at, complete in connection.execute(query)
    ]


def _forget(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    some = [(number,) for number in numbers]
    connection.executemany("DELETE FROM log_bytes WHERE log = ?", some)
    connection.executemany("DELETE FROM log WHERE id = ?", some)
