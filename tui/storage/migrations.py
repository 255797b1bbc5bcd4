"""The cache's schema, as ordered steps that are recorded in the cache itself.

A step, once released, never changes; the next one alters what it made. Steps are the SQL files of
`schema/`, applied in the order of their names by sqlite-utils, which keeps the record in
`_sqlite_migrations`. `user_version` repeats their number so that opening a current cache reads one
integer and imports nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

STEPS = tuple(sorted((Path(__file__).parent / "schema").glob("*.sql")))
VERSION = len(STEPS)
APPLICATION_ID = 0x54524C48
"""'TRLH', in the file's header, so that `file` can tell what it is."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the cache to the current schema, in one transaction; safe when two programs try."""
    if _version(connection) >= VERSION:
        return
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    steps = Migrations("trailhound")
    for step in STEPS:
        steps(name=step.stem)(lambda database, sql=step: _run(database.conn, sql.read_text()))
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < VERSION:
            steps.apply(Database(connection, execute_plugins=False))
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def foreign(connection: sqlite3.Connection) -> bool:
    """Return whether another program made this database; looks only."""
    if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return False
    return bool(connection.execute("SELECT EXISTS (SELECT * FROM sqlite_schema)").fetchone()[0])


def newer_than_us(connection: sqlite3.Connection) -> bool:
    """Return whether a later Trailhound made this cache."""
    return _version(connection) > VERSION


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _run(connection: sqlite3.Connection, sql: str) -> None:
    for statement in _statements(sql):
        connection.execute(statement)


def _statements(sql: str) -> Iterator[str]:
    """Split a script: `executescript` would commit the transaction it stands in."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
