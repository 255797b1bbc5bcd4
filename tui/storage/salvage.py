"""What can still be read of a damaged cache: its delivered files, each checked against its hash.

Rows and blocks are derived: reading the files into a new cache makes the rest anew. What was synced
is derived too, and never taken over: whatever lacks here, the next sync finds missing. What a user
put in is `wanted`'s business.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui.domain.objects import LogObject
from tui.storage import damage, reader

_IN_VAIN = 1 << 20
"""Numbers tried one after the other on damaged pages before there are no more: it takes seconds."""


@dataclass(slots=True)
class LetGo:
    """Files whose bytes a limit had let go: S3 has them still, this cache had only their rows."""

    files: int = 0
    events: int = 0
    oldest: int | None = None
    """When the first of them was delivered, ms since 1970 UTC, as far as that is known."""

    def add(self, events: int, modified: int | None) -> None:
        """Count one more."""
        self.files += 1
        self.events += events
        known = [each for each in (self.oldest, modified) if each is not None]
        self.oldest = min(known, default=None)


class Salvage:
    """The delivered files of a damaged cache that was set aside."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[LogObject, deque[int]] = {}
        """Rows of the files that are whole; two versions of one may look the same."""
        self.passed_over = 0
        self.lost = 0
        """Files the damaged cache had and that cannot be brought back."""
        self.let_go = LetGo()

    def objects(self) -> Iterator[LogObject]:
        """Yield every file whose bytes are whole."""
        self._ids.clear()
        self.lost, self.let_go = 0, LetGo()
        with closing(self._connect()) as connection:
            for number in self._numbers(connection):
                item = self._item(connection, number)
                if item is not None:
                    self._ids.setdefault(item, deque()).append(number)
                    yield item

    def read(self, item: LogObject) -> bytes:
        """Return a file's bytes, of one that was yielded twice each in turn; raises OSError."""
        with closing(self._connect()) as connection:
            content = _body(connection, self._ids[item].popleft())
        if content is None:
            raise OSError("its bytes are damaged")
        return content

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, factory=damage.Connection)
        connection.execute(damage.WHATEVER_SCHEMA)
        connection.row_factory = sqlite3.Row
        return connection

    def _numbers(self, connection: sqlite3.Connection) -> Iterator[int]:
        """Yield the number of each file, and every one that may stand on a page that is damaged.

        Damage makes numbers up too: where there are no rows, none is tried.
        """
        number, last, in_vain = 0, self._last(connection), 0
        while number < last and in_vain < _IN_VAIN:
            try:
                query = "SELECT min(id) FROM file WHERE id > ?"
                (following,) = connection.execute(query, (number,)).fetchone()
            except sqlite3.DatabaseError:
                following, in_vain = number + 1, in_vain + 1
            else:
                in_vain = 0
            if following is None:
                return
            number = following
            yield number

    def _last(self, connection: sqlite3.Connection) -> int:
        for table, column in (("file", "id"), ("body", "file"), ("fact", "file")):
            try:
                found = connection.execute(f"SELECT max({column}) FROM {table}").fetchone()
            except sqlite3.DatabaseError:
                continue
            return found[0] or 0
        return 0

    def _item(self, connection: sqlite3.Connection, number: int) -> LogObject | None:
        """Return one file if its bytes are there; count what becomes of it if they are not."""
        try:
            row = connection.execute("SELECT * FROM file WHERE id = ?", (number,)).fetchone()
        except sqlite3.DatabaseError:
            self.lost += 1
            return None
        if row is None or not row["sha256"]:
            return None
        file = dict(row)  # an older cache has fewer columns
        if file.get("let_go") is not None:
            self.let_go.add(file["events"], file["modified"])
            return None
        if _body(connection, number) is None:
            self.lost += 1
            return None
        known = file["uri"], file["source"], file["size"], file["modified"]
        return LogObject(*known, file.get("version"))


def _body(connection: sqlite3.Connection, number: int) -> bytes | None:
    try:
        return reader.body(connection, number)
    except sqlite3.DatabaseError:
        return None
