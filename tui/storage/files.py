"""Writing delivered files: their bytes, what was skipped in them, and never one twice.

A file is known by its URI and the SHA-256 of its bytes; other bytes under the same URI are another
version of it. Owns the tables `file`, `body` and `skipped`.
"""

from __future__ import annotations

import sqlite3
import time
import zlib

from tui.domain.batch import FileRead

AS_DELIVERED = "as delivered"
ZLIB = "zlib"
_COMPRESSED_SIGNS = (b"\x1f\x8b", b"PK")


def add(connection: sqlite3.Connection, file: FileRead) -> int:
    """Store a file and return its id, 0 if it is stored already."""
    if _is_stored(connection, file):
        return 0
    if file.sha256:
        _forget_unreadable(connection, file.item.uri)
    number: int = connection.execute(
        "INSERT INTO file "
        "(uri, source, size, modified, version, sha256, events, skipped, read_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            *(file.item.uri, file.item.source, file.item.size, file.item.modified),
            file.item.version,
            *(file.sha256, file.events, file.troubles, int(time.time() * 1000)),
        ),
    ).fetchone()[0]
    if file.body is not None:
        connection.execute("INSERT INTO body VALUES (?, ?, ?)", (number, *_encode(file.body)))
    for skip in file.skipped:
        values = (number, skip.ordinal, skip.why, skip.detail)
        connection.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", values)
    return number


def _is_stored(connection: sqlite3.Connection, file: FileRead) -> bool:
    """Ask again inside the transaction: another program may have stored it meanwhile."""
    query = "SELECT 1 FROM file WHERE sha256 = ? AND uri = ?"
    return connection.execute(query, (file.sha256, file.item.uri)).fetchone() is not None


def _forget_unreadable(connection: sqlite3.Connection, uri: str) -> None:
    """Drop the note that a file could not be read, now that it could."""
    unreadable = "SELECT id FROM file WHERE sha256 = x'' AND uri = ?"
    connection.execute(f"DELETE FROM skipped WHERE file IN ({unreadable})", (uri,))
    connection.execute("DELETE FROM file WHERE sha256 = x'' AND uri = ?", (uri,))


def _encode(body: bytes) -> tuple[str, bytes]:
    """Keep compressed files as they are; plain text shrinks to a tenth without loss."""
    if body.startswith(_COMPRESSED_SIGNS):
        return AS_DELIVERED, body
    return ZLIB, zlib.compress(body, 1)
