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
    """Columns of `len(time)` facts whose ids run on from `first`."""

    first: int
    time: NDArray[np.int64]
    columns: dict[str, NDArray[np.uint32]]

    def __len__(self) -> int:
        return len(self.time)


def keys_of(event_ids: bytes | bytearray) -> Keys:
    """Fold 16-byte event ids to 32 bits; equal keys are only a hint that ids are equal."""
    words = np.frombuffer(bytes(event_ids), np.uint32).reshape(-1, 4)
    return words[:, 0] ^ words[:, 1] ^ words[:, 2] ^ words[:, 3]


def store(connection: sqlite3.Connection, block: Block, keys: Keys) -> None:
    """Write one block; `keys` has one entry per fact of it."""
    parts = [block.time.tobytes(), *(block.columns[name].tobytes() for name in COLUMNS)]
    connection.execute(
        "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?)",
        (
            block.first,
            len(block),
            int(np.min(block.time)),
            int(np.max(block.time)),
            isal_zlib.compress(b"".join(parts), _LEVEL),
            keys.tobytes(),
        ),
    )


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
    if rows:
        yield rows[0][0], keys_of(b"".join(event_id_bytes(event_id) for _, event_id in rows))


def from_rows(connection: sqlite3.Connection, first: int, count: int) -> tuple[Block, Keys]:
    """Return a block read from the rows themselves; an empty one if there are no such facts."""
    names = ", ".join(COLUMNS)
    rows = connection.execute(
        f"SELECT time, {names}, event_id FROM fact WHERE id >= ? ORDER BY id LIMIT ?",
        (first, count),
    ).fetchall()
    keys = keys_of(b"".join(event_id_bytes(row[-1]) for row in rows))
    table = np.array([row[:-1] for row in rows], np.int64).reshape(len(rows), len(COLUMNS) + 1)
    columns = table[:, 1:].astype(np.uint32)
    return (
        Block(
            first,
            np.ascontiguousarray(table[:, 0]),
            {name: np.ascontiguousarray(columns[:, i]) for i, name in enumerate(COLUMNS)},
        ),
        keys,
    )


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
