"""What sources answered for, kept beside what they delivered, in the same transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Failure, Scope
from tui.domain.spans import merged, missing

_SCOPE = "source = ? AND account = ? AND region = ? AND kind = ?"


def add(connection: sqlite3.Connection, covered: Iterable[Covered], at: int) -> None:
    """Note what is covered now; ranges that touch become one."""
    for scope, span in covered:
        known = [
            Span(*row)
            for row in connection.execute(f'SELECT start, "end" FROM covered WHERE {_SCOPE}', scope)
        ]
        joined = merged([*known, span])
        if joined == known:
            continue
        connection.execute(f"DELETE FROM covered WHERE {_SCOPE}", scope)
        connection.executemany(
            "INSERT INTO covered VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*scope, each.start, each.end, at) for each in joined],
        )


def withdraw(connection: sqlite3.Connection, lost: Iterable[Covered], at: int) -> None:
    """Note that ranges are not covered after all."""
    for scope, hole in lost:
        known = spans(connection, scope)
        left = [part for span in known for part in missing(span, [hole])]
        if left == known:
            continue
        connection.execute(f"DELETE FROM covered WHERE {_SCOPE}", scope)
        connection.executemany(
            "INSERT INTO covered VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*scope, each.start, each.end, at) for each in left],
        )


def forget_before(connection: sqlite3.Connection, cutoff: int) -> None:
    """Note that nothing before a moment is covered any more."""
    connection.execute('DELETE FROM covered WHERE "end" <= ?', (cutoff,))
    connection.execute("UPDATE covered SET start = ? WHERE start < ?", (cutoff, cutoff))


def spans(connection: sqlite3.Connection, scope: Scope) -> list[Span]:
    """Return the covered ranges of one scope, earliest first."""
    query = f'SELECT start, "end" FROM covered WHERE {_SCOPE} ORDER BY start'
    return [Span(start, end) for start, end in connection.execute(query, scope)]


def everything(connection: sqlite3.Connection) -> list[Covered]:
    """Return every covered range."""
    query = 'SELECT source, account, region, kind, start, "end" FROM covered'
    return [
        Covered(Scope(source, account, region, kind), Span(start, end))
        for source, account, region, kind, start, end in connection.execute(query)
    ]


def failures(connection: sqlite3.Connection) -> list[Failure]:
    """Return the scopes that could not be synced to their end, and why."""
    query = "SELECT source, account, region, kind, reason, at FROM failure"
    return [
        Failure(Scope(source, account, region, kind), reason, at)
        for source, account, region, kind, reason, at in connection.execute(query)
    ]


def failed(connection: sqlite3.Connection, failure: Failure) -> None:
    """Note that a scope's latest sync failed."""
    connection.execute(
        "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?, ?)",
        (*failure.scope, failure.reason, failure.at),
    )


def succeeded(connection: sqlite3.Connection, scope: Scope) -> None:
    """Drop the note of an earlier failure."""
    connection.execute(f"DELETE FROM failure WHERE {_SCOPE}", scope)
