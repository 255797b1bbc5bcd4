"""Letting go of the bytes of S3 files, which can be fetched again, and knowing what was let go.

Owns which go first: the oldest, never those of a flagged event. Event history and local files keep
theirs: after 90 days AWS does not tell the same again, and a local file may be gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from tui.domain.syncing import Reached
from tui.storage import flags

_AT_ONCE = 64 << 20
"""Bytes let go in one transaction."""


class LetGo(NamedTuple):
    """A file whose bytes were let go."""

    file: int
    uri: str
    size: int
    sha256: bytes
    """Of the bytes as they were delivered."""


def let_go(connection: sqlite3.Connection, wanted: int, at: int) -> tuple[int, int]:
    """Let go of about `wanted` bytes, or less, in the caller's transaction.

    Returns how many files and bytes it was; no files when there is nothing left that may go. `at`
    is now, in ms since 1970 UTC.
    """
    candidates = connection.execute(
        "SELECT file.id, length(body.bytes) FROM file JOIN body ON body.file = file.id "
        f"WHERE source = 's3' AND let_go IS NULL AND file.id NOT IN ({flags.FILES}) "
        "ORDER BY modified"
    )
    files: list[int] = []
    size = 0
    for file, length in candidates:
        files.append(file)
        size += length
        if size >= min(wanted, _AT_ONCE):
            break
    connection.executemany("DELETE FROM body WHERE file = ?", [(file,) for file in files])
    values = [(at, file) for file in files]
    connection.executemany("UPDATE file SET let_go = ? WHERE id = ?", values)
    return len(files), size


def gone(connection: sqlite3.Connection, files: Sequence[int]) -> dict[int, LetGo]:
    """Return those of some files whose bytes were let go."""
    marks = ", ".join("?" * len(files))
    query = f"SELECT id, uri, size, sha256 FROM file WHERE let_go IS NOT NULL AND id IN ({marks})"
    return {row[0]: LetGo(*row) for row in connection.execute(query, files)}


def note_reader(connection: sqlite3.Connection, reached: Reached, at: int) -> None:
    """Remember whose credentials a bucket could be read with; `at` is ms since 1970 UTC."""
    connection.execute("INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)", (*reached, at))


def reader_of(connection: sqlite3.Connection, bucket: str) -> str | None:
    """Return the profile with which a bucket was read; None for the default credentials."""
    query = "SELECT profile FROM bucket WHERE name = ?"
    row = connection.execute(query, (bucket,)).fetchone()
    return row[0] if row else None
