"""Columns of facts as compact arrays, kept in the cache so that loading reads no rows.

A block holds what filters, facets and the histogram need of a run of facts with consecutive ids.
Blocks are derived: dropping the `block` table loses nothing. Facts newer than the last block are
read from their rows.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from tui.domain.batch import ROW_DIMENSIONS
from tui.storage.damage import DamagedValueError

BLOCK_FACTS = 65_536
"""Facts in a full block: small enough to stay in the processor's cache while counting."""

COLUMNS = (*ROW_DIMENSIONS, "file")
"""The integer columns of a block, in order; `time` stands before them as 64 bit."""

_LEVEL = 1
_IsalError = cast("type[Exception]", isal_zlib.error)  # its stub declares an instance


Keys = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of `len(time)` facts whose ids run on from `first`; without a file, it was let go."""

    first: int
    time: NDArray[np.int64]
    columns: dict[str, NDArray[np.uint32]]

    def __len__(self) -> int:
        return len(self.time)

    def present(self) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[np.uint32]]]:
        """Return ids, times and columns of the facts that are still there."""
        numbers = np.arange(self.first, self.first + len(self))
        there = self.columns["file"] != 0
        if there.all():
            return numbers, self.time, self.columns
        columns = {name: column[there] for name, column in self.columns.items()}
        return numbers[there], self.time[there], columns


def keys_of(event_ids: bytes | bytearray) -> Keys:
    """Fold 16-byte event ids to 32 bits; equal keys are only a hint that ids are equal."""
    words = np.frombuffer(bytes(event_ids), np.uint32).reshape(-1, 4)
    return words[:, 0] ^ words[:, 1] ^ words[:, 2] ^ words[:, 3]


def store(connection: sqlite3.Connection, block: Block, keys: Keys, revision: int) -> None:
    """Write one block; `keys` has one entry per fact of it, `revision` is the ledger's."""
    connection.execute(
        "INSERT INTO block (oldest, newest, columns, revision, gone, first, count, keys) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*_packed(block, revision), block.first, len(block), keys.tobytes()),
    )


def rewrite(connection: sqlite3.Connection, block: Block, revision: int) -> None:
    """Write a block anew that was changed; one without any fact is dropped."""
    if not block.columns["file"].any():
        connection.execute("DELETE FROM block WHERE first = ?", (block.first,))
        return
    connection.execute(
        "UPDATE block SET oldest = ?, newest = ?, columns = ?, revision = ?, gone = ? "
        "WHERE first = ?",
        (*_packed(block, revision), block.first),
    )


def _packed(block: Block, revision: int) -> tuple[int, int, bytes, int, int]:
    parts = [block.time.tobytes(), *(block.columns[name].tobytes() for name in COLUMNS)]
    _, times, _ = block.present()
    gone = len(block) - len(times)
    data = isal_zlib.compress(b"".join(parts), _LEVEL)
    return int(np.min(times)), int(np.max(times)), data, revision, gone


def holding(
    connection: sqlite3.Connection, numbers: NDArray[np.int64]
) -> Iterator[tuple[Block, slice]]:
    """Yield the blocks that hold some of the facts, to be changed, and which of the facts.

    `numbers` are ascending; what stands in no block is left out.
    """
    for first, count in connection.execute("SELECT first, count FROM block").fetchall():
        start, end = np.searchsorted(numbers, (first, first + count)).tolist()
        if start < end:
            query = "SELECT columns FROM block WHERE first = ?"
            block = _unpack(first, count, connection.execute(query, (first,)).fetchone()[0])
            columns = {name: column.copy() for name, column in block.columns.items()}
            yield Block(first, block.time.copy(), columns), slice(start, end)


def changed(connection: sqlite3.Connection, since: int, last: int) -> Iterator[Block]:
    """Yield what was rewritten after a revision, of the facts with ids up to `last`."""
    rows = connection.execute(
        "SELECT first, count, columns FROM block WHERE revision > ? AND first <= ?", (since, last)
    )
    for first, count, data in rows:
        yield part(_unpack(first, count, data), 0, last + 1 - first)
    blocked = last_in_block(connection)
    if blocked < last:
        yield from_rows(connection, blocked + 1, last - blocked)[0]


def load(connection: sqlite3.Connection, after: int) -> Iterator[Block]:
    """Yield the columns of every fact with an id above `after`, highest ids first."""
    tail, _ = from_rows(connection, max(after, last_in_block(connection)) + 1, sys.maxsize)
    if len(tail):
        yield tail
    rows = connection.execute(
        "SELECT first, count, columns FROM block WHERE first + count - 1 > ? ORDER BY first DESC",
        (after,),
    )
    for first, count, data in rows:
        yield part(_unpack(first, count, data), max(0, after + 1 - first))


def part(block: Block, start: int, end: int | None = None) -> Block:
    """Return the facts of a block from position `start` up to `end`, as views."""
    columns = {name: column[start:end] for name, column in block.columns.items()}
    return Block(block.first + start, block.time[start:end], columns)


def last_in_block(connection: sqlite3.Connection) -> int:
    """Return the id of the last fact that stands in a block, 0 for none."""
    row = connection.execute("SELECT first + count - 1 FROM block ORDER BY first DESC LIMIT 1")
    found = row.fetchone()
    return int(found[0]) if found else 0


def unblocked(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the ids of the first and last facts that stand in no block, (1, 0) for none."""
    blocked = last_in_block(connection)
    # Each alone is one step in the tree of rows; asked for together, they are a scan.
    query = "SELECT (SELECT min(id) FROM fact WHERE id > ?), (SELECT max(id) FROM fact)"
    first, last = connection.execute(query, (blocked,)).fetchone()
    return (first, last) if first is not None else (1, 0)


def load_keys(connection: sqlite3.Connection, after: int) -> Iterator[tuple[int, Keys]]:
    """Yield the event keys of every fact with an id above `after`, as runs with their first id."""
    blocked = last_in_block(connection)
    for first, data in connection.execute(
        "SELECT first, keys FROM block WHERE first + count - 1 > ? ORDER BY first", (after,)
    ):
        known = max(0, after + 1 - first)  # a block may hold facts that were read as rows before
        yield first + known, np.frombuffer(data, np.uint32)[known:]
    if after < blocked:
        after = blocked
    tail = connection.execute("SELECT id, event_id FROM fact WHERE id > ? ORDER BY id", (after,))
    rows = tail.fetchall()
    numbers = np.array([number for number, _ in rows], np.int64)
    keys = keys_of(b"".join(event_id_bytes(event_id) for _, event_id in rows))
    for run in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(numbers) != 1) + 1):
        if len(run):
            yield int(numbers[run[0]]), keys[run]


def from_rows(connection: sqlite3.Connection, first: int, count: int) -> tuple[Block, Keys]:
    """Return a block read from the rows themselves; an empty one if there are no such facts.

    Of `count` ids from `first` on; it begins with the first fact that is there.
    """
    names = ", ".join(COLUMNS)
    rows = connection.execute(
        f"SELECT id, time, {names}, event_id FROM fact WHERE id BETWEEN ? AND ? ORDER BY id",
        (first, min(first + count - 1, sys.maxsize)),
    ).fetchall()
    table = np.array([row[:-1] for row in rows], np.int64).reshape(len(rows), len(COLUMNS) + 2)
    begin = rows[0][0] if rows else first
    places = table[:, 0] - begin
    size = int(places[-1]) + 1 if rows else 0
    keys = np.zeros(size, np.uint32)
    keys[places] = keys_of(b"".join(event_id_bytes(row[-1]) for row in rows))
    columns = np.zeros((len(COLUMNS) + 1, size), np.int64)
    columns[:, places] = table[:, 1:].T
    named = zip(COLUMNS, columns[1:].astype(np.uint32), strict=True)
    return Block(begin, columns[0], dict(named)), keys


def event_id_bytes(event_id: bytes | str) -> bytes:
    """Return the 16 bytes an event id is recognised by, whichever way it is stored."""
    if isinstance(event_id, bytes):
        return event_id
    from hashlib import blake2b

    return blake2b(event_id.encode(), digest_size=16).digest()


def _unpack(first: int, count: int, compressed: bytes) -> Block:
    try:
        data = isal_zlib.decompress(compressed)
    except _IsalError as error:
        raise DamagedValueError(f"block {first} cannot be decompressed") from error
    if len(data) != count * (8 + 4 * len(COLUMNS)):
        raise DamagedValueError(f"block {first} has {len(data)} bytes")
    time = np.frombuffer(data, np.int64, count)
    rest = np.frombuffer(data, np.uint32, offset=time.nbytes).reshape(len(COLUMNS), count)
    return Block(first, time, {name: rest[i] for i, name in enumerate(COLUMNS)})
