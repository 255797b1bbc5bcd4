"""What can still be read of a damaged cache: its delivered files, each checked against its hash.

Rows and blocks are derived, so the files are all that matters: reading them into a new cache makes
the rest anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui.domain.objects import LogObject
from tui.storage import reader


class Salvage:
    """The delivered files of a damaged cache that was set aside."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, int] = {}
        self.passed_over = 0
        self.lost = 0
        """Files the damaged cache had and that cannot be brought back."""

    def objects(self) -> Iterator[LogObject]:
        """Yield every file whose bytes are whole."""
        self._ids.clear()
        self.lost = 0
        with closing(self._connect()) as connection:
            for number in range(1, self._last(connection) + 1):
                item = self._item(connection, number)
                if item is not None and item.uri not in self._ids:
                    self._ids[item.uri] = number
                    yield item

    def read(self, item: LogObject) -> bytes:
        """Return a file's bytes; raises OSError."""
        with closing(self._connect()) as connection:
            content = _body(connection, self._ids[item.uri])
        if content is None:
            raise OSError("its bytes are damaged")
        return content

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path)

    def _last(self, connection: sqlite3.Connection) -> int:
        for table, column in (("file", "id"), ("body", "file"), ("fact", "file")):
            try:
                found = connection.execute(f"SELECT max({column}) FROM {table}").fetchone()
            except sqlite3.DatabaseError:
                continue
            return found[0] or 0
        return 0

    def _item(self, connection: sqlite3.Connection, number: int) -> LogObject | None:
        """Return one file if its bytes are there; note it as lost if only its entry is."""
        query = "SELECT uri, source, size, modified, sha256 FROM file WHERE id = ?"
        try:
            row = connection.execute(query, (number,)).fetchone()
        except sqlite3.DatabaseError:
            self.lost += 1
            return None
        if row is None or not row[4]:
            return None
        *values, _ = row
        if _body(connection, number) is None:
            self.lost += 1
            return None
        return LogObject(*values)


def _body(connection: sqlite3.Connection, number: int) -> bytes | None:
    try:
        return reader.body(connection, number)
    except sqlite3.DatabaseError:
        return None
