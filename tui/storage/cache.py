"""Opening the cache: one SQLite file, private to its user, in WAL mode.

Owns connections and the cache's health. A damaged file is set aside under a name that says so and
an empty one takes its place; `salvage` can bring back what is still readable. What is in the cache
is `writer`'s and `reader`'s business.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from tui.errors import CacheDamaged, CacheError
from tui.storage import damage, migrations, traces

Connection: TypeAlias = sqlite3.Connection
"""A connection to a cache, for layers that only pass it on."""
_BUSY_MS = 30_000
"""How long a writer waits for another program's transaction."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Cache:
    """A cache file; hands out connections, one per thread that asks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _create_private(path)
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise _refused(path, "no regular file")
        if state.st_size == 1:  # SQLite would take it for an empty database, and write over it
            raise _refused(path, "no cache")
        if not state.st_size:
            self._begin()
        try:
            self._check_and_migrate()
        except CacheDamaged:
            if not traces.of_a_cache(path):
                raise _refused(path, "no cache") from None
            raise

    def _check_and_migrate(self) -> None:
        path = self.path
        with self.guard(), closing(self._connect()) as connection:
            if migrations.foreign(connection):
                raise _refused(path, "a database of another program")
            _prepare(connection)
            if migrations.newer_than_us(connection):
                raise CacheError(
                    f"The cache {path} was made by a newer Trailhound. "
                    "Update Trailhound, or name another cache with --cache."
                )
            migrations.migrate(connection)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Open a connection, close it after; damage shows as CacheDamaged."""
        with self.guard(), closing(self._connect()) as connection:
            _prepare(connection)
            yield connection

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, so that no other layer has to know SQLite."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                raise CacheDamaged(self.path, str(error)) from error
            raise CacheError(_sentence(self.path, error)) from error

    def _begin(self) -> None:
        """Settle what can only be settled before anything is stored."""
        with self.guard(), closing(self._connect()) as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            _prepare(connection)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path,
            timeout=_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
            factory=damage.Connection,
        )


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cell_size_check = ON")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit all of it or nothing; takes the write lock at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def set_aside(path: Path) -> Path:
    """Rename a damaged cache (and its journal) and return its new name."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _create_private(path: Path) -> None:
    """Make the file ours alone before SQLite writes to it: events are evidence."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise CacheError(
            f"The cache {path} cannot be opened: {error.strerror}. "
            "Name another place with --cache or TRAILHOUND_CACHE."
        ) from error


def _refused(path: Path, what: str) -> CacheError:
    return CacheError(
        f"{path} is {what}, and was not changed. "
        "Name another place with --cache or TRAILHOUND_CACHE."
    )


def _sentence(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    why = {
        sqlite3.SQLITE_FULL: "the disk is full; free some space and run it again",
        sqlite3.SQLITE_READONLY: "it is read-only; name another with --cache",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened; name another with --cache",
        sqlite3.SQLITE_BUSY: "another program is writing to it for too long; try again",
        sqlite3.SQLITE_IOERR: "the disk failed to read or write it",
    }.get(code, str(error))
    return f"The cache {path} could not be used: {why}. What was stored before is kept."
