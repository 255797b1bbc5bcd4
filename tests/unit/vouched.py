"""Verdicts as a verification leaves them in a cache, for tests of what follows from them."""

from __future__ import annotations

from tui.domain.integrity import Mark
from tui.storage.cache import Connection

HELD = {Mark.VERIFIED: "valid", Mark.FAILED: "log-modified"}


def vouch(connection: Connection, uri: str, mark: Mark | None, digest: str = "valid") -> None:
    """Give the cached file of that URI a mark, by verdicts on its bytes and on its digest."""
    if mark is None:
        insert(connection, uri, None, "no-digest")
    elif mark in HELD:
        number = connection.execute(
            "INSERT INTO digest VALUES (NULL, ?, '1', 9, 'main', 'eu-west-1', '111122223333', "
            "'eu-west-1', 0, 0, 3600000, ?, 5, '{}', x'00', ?) ON CONFLICT DO UPDATE SET at = 5 "
            "RETURNING id",
            (f"{uri}.digest", digest, digest in ("valid", "digest-moved")),
        ).fetchone()[0]
        log = insert(connection, uri, number, HELD[mark])
        connection.execute(
            "INSERT INTO log_bytes SELECT ?, sha256, ? FROM file WHERE uri = ?",
            (log, HELD[mark], uri),
        )


def insert(connection: Connection, uri: str, digest: int | None, verdict: str) -> int:
    """Note a log file that a digest names, or none does."""
    number: int = connection.execute(
        "INSERT INTO log VALUES (NULL, ?, ?, ?, 'v', 9, 5) RETURNING id", (uri, digest, verdict)
    ).fetchone()[0]
    return number
