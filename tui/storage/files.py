"""Delivered files: their bytes, what was skipped in them, and never one twice.

A file is known by its URI and the SHA-256 of its bytes; other bytes under the same URI are another
version of it. Owns the tables `file`, `body` and `skipped`.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable

from tui.domain.batch import FileRead

AT = "(substr(file.uri, -24) = substr({0}, -24) AND +file.uri = {0})"
"""Condition on a file's URI, which the index of how URIs end answers.

Without the plus, SQLite puts the one side for the other within `substr`, and uses no index. A
condition on the SHA-256 beside it takes a plus too: thousands of files may have the same content,
or none as they could not be read.
"""
AS_DELIVERED = "as delivered"
ZLIB = "zlib"
_COMPRESSED_SIGNS = (b"\x1f\x8b", b"PK")


def add(connection: sqlite3.Connection, file: FileRead) -> int:
    """Store a file and return its id, 0 if it is stored already."""
    if stored := _stored(connection, file):
        if not _says_more(connection, file, stored):
            _say_why(connection, file, stored)
            return 0
        _forget(connection, stored)
    if file.sha256:
        _forget_unreadable(connection, file.item.uri)
    number: int = connection.execute(
        "INSERT INTO file "
        "(uri, source, size, modified, version, sha256, events, skipped, read_at, cap) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            *(file.item.uri, file.item.source, file.item.size, file.item.modified),
            file.item.version,
            *(file.sha256, file.events, file.troubles, int(time.time() * 1000), file.cap),
        ),
    ).fetchone()[0]
    if file.body is not None:
        connection.execute("INSERT INTO body VALUES (?, ?, ?)", (number, *_encode(file.body)))
    for skip in file.skipped:
        values = (number, skip.ordinal, skip.why, skip.detail)
        connection.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", values)
    return number


def forget_unreadable(connection: sqlite3.Connection, uris: Iterable[str]) -> None:
    """Drop the notes that files or prefixes could not be read, now that they could."""
    for uri in uris:
        _forget_unreadable(connection, uri)


def versions(connection: sqlite3.Connection, uri: str) -> list[tuple[str | None, int]]:
    """Return version and number of every file of a URI whose bytes were read, oldest first."""
    query = f"SELECT version, id FROM file WHERE {AT.format('?1')} AND sha256 != x'' ORDER BY id"
    return connection.execute(query, (uri,)).fetchall()


def _stored(connection: sqlite3.Connection, file: FileRead) -> int:
    """Return the id of the same file; asked again inside the transaction, as others write too."""
    query = f"SELECT id FROM file WHERE {AT.format('?1')} AND +sha256 = ?2"
    row = connection.execute(query, (file.item.uri, file.sha256)).fetchone()
    return row[0] if row else 0


def _says_more(connection: sqlite3.Connection, file: FileRead, stored: int) -> bool:
    """Return whether the stored file was too large for a lower cap than this time."""
    (cap,) = connection.execute("SELECT cap FROM file WHERE id = ?", (stored,)).fetchone()
    return cap is not None and (file.cap is None or file.cap > cap)


def _say_why(connection: sqlite3.Connection, file: FileRead, stored: int) -> None:
    """Have a file that still cannot be read say why this time: it may be another reason."""
    if not file.sha256:
        version = (file.item.version, stored)
        connection.execute("UPDATE file SET version = ? WHERE id = ?", version)
        for skip in file.skipped:
            values = (skip.detail, stored)
            connection.execute("UPDATE skipped SET detail = ? WHERE file = ?", values)


def _forget_unreadable(connection: sqlite3.Connection, uri: str) -> None:
    query = f"SELECT id FROM file WHERE {AT.format('?1')} AND +sha256 = x''"
    for (number,) in connection.execute(query, (uri,)).fetchall():
        _forget(connection, number)


def _forget(connection: sqlite3.Connection, number: int) -> None:
    """Drop a file that gave no event."""
    for table, column in (("skipped", "file"), ("body", "file"), ("file", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))


def _encode(body: bytes) -> tuple[str, bytes]:
    """Keep compressed files as they are; plain text shrinks to a tenth without loss."""
    if body.startswith(_COMPRESSED_SIGNS):
        return AS_DELIVERED, body
    return ZLIB, zlib.compress(body, 1)
