"""Writing batches: bytes, rows and what was skipped, all or nothing.

Owns the order of things inside one transaction. One event is one fact however often it is
delivered; which record stands for it is `identity`'s business. Several programs may write to one
cache at the same time.
"""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tui.domain.batch import ID_BYTES, ROW_DIMENSIONS, Batch, FileRead
from tui.domain.coverage import Covered
from tui.domain.syncing import Aside
from tui.domain.tailing import Position
from tui.storage import blocks, bodies, covering, files, following, ledger, packing
from tui.storage.cache import Cache, transaction
from tui.storage.identity import tell
from tui.storage.known import Known
from tui.storage.replacing import replace
from tui.storage.tail import Tail

Ints = NDArray[np.int64]

_CHECKPOINT_PAGES = 10_000
"""Pages in the journal before they move to the file: a batch or more, so that none moves twice."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one batch added."""

    files: int
    events: int
    seen_again: int
    """Events that were in the cache already, or twice in the batch."""
    skipped: int
    replaced: int = 0
    """Events whose record is now one of these files, as it is worth more than the one before."""
    first: int = field(default=0, compare=False)
    """Row number of the first event added; the others follow it."""
    added: Sequence[int] = field(default=(), compare=False)
    """Positions in the batch of the events added, in the order of their row numbers."""


class Writer:
    """Writes batches to one cache, over one connection, from one thread at a time."""

    def __init__(self, cache: Cache, connection: sqlite3.Connection) -> None:
        self._cache = cache
        self._connection = connection
        self._known = Known()
        self._tail = Tail()
        self._revision = -1
        """The ledger's, as of which the tail holds."""
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")

    def write(
        self,
        batch: Batch,
        covered: Iterable[Covered] = (),
        positions: Iterable[Position] = (),
        asides: Iterable[Aside] = (),
    ) -> Written:
        """Store a batch durably, with the ranges of time and the positions that go with it.

        What stands in `asides` goes with it too.

        Raises CacheError, and then nothing of it is stored.
        """
        with self._cache.guard():
            try:
                with transaction(self._connection):
                    now = int(time.time() * 1000)
                    covering.add(self._connection, covered, now)
                    for aside in asides:
                        self._note(aside, now)
                    following.note(self._connection, positions)
                    return self._write(batch)
            except BaseException:
                self._known, self._tail = Known(), Tail()  # what they hold was not committed
                raise

    def _note(self, aside: Aside, now: int) -> None:
        if aside.reached:
            bodies.note_reader(self._connection, aside.reached, now)
        covering.withdraw(self._connection, aside.uncovered, now)
        files.forget_unreadable(self._connection, aside.listed)

    def _write(self, batch: Batch) -> Written:
        self._known.refresh(self._connection)
        standing = ledger.read(self._connection)
        if standing.revision != self._revision:
            self._tail, self._revision = Tail(), standing.revision
        file_ids = self._add_files(batch.files)
        rows = self._global_rows(batch, file_ids)
        keys = blocks.keys_of(batch.keys)
        first = max(self._known.keys.last, standing.last) + 1
        told = tell(self._connection, self._known.keys, batch, rows, keys, first)
        self._connection.executemany(
            "INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)", told.sightings
        )
        if told.better:
            self._tail, self._revision = Tail(), replace(self._connection, rows, told.better)
        self._insert_facts(batch, rows, told.new, first)
        self._remember(rows, keys, told.new, first)
        stored = [file for file, number in zip(batch.files, file_ids, strict=True) if number]
        skipped = sum(file.troubles for file in stored)
        seen_again = int(np.count_nonzero(rows["file"])) - len(told.new)
        counts = (len(stored), len(told.new), seen_again, skipped, len(told.better))
        return Written(*counts, first, told.new.tolist())

    def _add_files(self, delivered: Sequence[FileRead]) -> Ints:
        """Store files and return their ids by position, 0 for those that are stored already."""
        ids = np.zeros(len(delivered), np.int64)
        for position in _order(delivered):
            ids[position] = files.add(self._connection, delivered[position])
        return ids

    def _remember(self, rows: dict[str, Ints], keys: blocks.Keys, new: Ints, first: int) -> None:
        """Take over the keys and columns of new facts, and store the blocks that are full."""
        self._known.keys.add(first, keys[new])
        columns = {name: rows[name][new].astype(np.uint32) for name in blocks.COLUMNS}
        self._tail.add(blocks.Block(first, rows["time"][new], columns), keys[new])
        self._tail.store_full(self._connection, self._revision)

    def _global_rows(self, batch: Batch, file_ids: Ints) -> dict[str, Ints]:
        """Return each column with the cache's ids in place of the batch's own."""
        rows = {
            "file": file_ids[_column(batch.file)] if len(batch) else _column(batch.file),
            "ordinal": _column(batch.ordinal),
            "time": np.frombuffer(batch.time, np.int64),
        }
        for name in ROW_DIMENSIONS:
            ids = self._known.ids(self._connection, batch, name)
            local = _column(getattr(batch, name))
            rows[name] = ids[local] if len(local) else local
        return rows

    def _insert_facts(self, batch: Batch, rows: dict[str, Ints], new: Ints, first: int) -> None:
        keys = batch.keys  # in slices of a bytearray: for bytes, sqlite3 looks for an adapter first
        ids: list[bytearray | str] = [keys[i : i + ID_BYTES] for i in range(0, len(keys), ID_BYTES)]
        for position, text in batch.odd_ids.items():
            ids[position] = text
        columns: list[Sequence[object]] = [range(first, first + len(new))]
        columns += [
            rows[name][new].tolist() for name in ("time", "file", "ordinal", *ROW_DIMENSIONS)
        ]
        columns.append([ids[i] for i in new.tolist()] if len(new) < len(ids) else ids)
        self._connection.executemany(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            zip(*columns, strict=True),
        )


def _order(delivered: Sequence[FileRead]) -> Sequence[int]:
    """Return in which order to store files; versions of one in theirs."""
    if len({file.item.uri for file in delivered}) < len(delivered):
        return range(len(delivered))
    return packing.order([len(file.body or b"") for file in delivered])


def _column(values: array[int]) -> Ints:
    return np.frombuffer(values, np.uint32).astype(np.int64)
