"""Writing batches: bytes, rows and what was skipped, all or nothing.

Owns the order of things inside one transaction and the rule that one event is one fact however
often it is delivered: equal eventID in the same recipient account (CloudTrail user guide, "finding
your log files", on duplicates). Every later delivery is a sighting. Several programs may write to
one cache at the same time.
"""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tui.domain.batch import ID_BYTES, ROW_DIMENSIONS, Batch
from tui.domain.coverage import Covered
from tui.domain.tailing import Position
from tui.storage import blocks, covering, files, following
from tui.storage.cache import Cache, transaction
from tui.storage.known import Known
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
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")

    def write(
        self,
        batch: Batch,
        covered: Iterable[Covered] = (),
        positions: Iterable[Position] = (),
    ) -> Written:
        """Store a batch durably, with the ranges of time and the positions that go with it.

        Raises CacheError, and then nothing of it is stored.
        """
        with self._cache.guard():
            try:
                with transaction(self._connection):
                    covering.add(self._connection, covered, int(time.time() * 1000))
                    following.note(self._connection, positions)
                    return self._write(batch)
            except BaseException:
                self._known, self._tail = Known(), Tail()  # what they hold was not committed
                raise

    def _write(self, batch: Batch) -> Written:
        self._known.refresh(self._connection)
        file_ids = np.array([files.add(self._connection, file) for file in batch.files], np.int64)
        rows = self._global_rows(batch, file_ids)
        keys = blocks.keys_of(batch.keys)
        candidates = np.flatnonzero(rows["file"])
        new = self._first_deliveries(batch, rows, keys, candidates)
        first = self._known.keys.last + 1
        self._insert_facts(batch, rows, new, first)
        self._known.keys.add(first, keys[new])
        self._tail.add(
            blocks.Block(
                first,
                rows["time"][new],
                {name: rows[name][new].astype(np.uint32) for name in blocks.COLUMNS},
            ),
            keys[new],
        )
        self._tail.store_full(self._connection, self._known.keys.last)
        stored = [file for file, number in zip(batch.files, file_ids, strict=True) if number]
        skipped = sum(file.troubles for file in stored)
        again = len(candidates) - len(new)
        return Written(len(stored), len(new), again, skipped, first, new.tolist())

    def _global_rows(self, batch: Batch, file_ids: Ints) -> dict[str, Ints]:
        """Return each column with the cache's ids in place of the batch's own."""
        rows = {
            "file": file_ids[_column(batch.file)] if len(batch) else _column(batch.file),
            "ordinal": _column(batch.ordinal),
            "time": np.frombuffer(batch.time, np.int64),
        }
        for name in ROW_DIMENSIONS:
            values = getattr(batch, f"{name}_values")
            ids = np.array(self._known.ids(self._connection, name, values), np.int64)
            local = _column(getattr(batch, name))
            rows[name] = ids[local] if len(local) else local
        return rows

    def _first_deliveries(
        self, batch: Batch, rows: dict[str, Ints], keys: blocks.Keys, candidates: Ints
    ) -> Ints:
        """Return which candidates are events not stored yet; note the others as sightings."""
        suspects = set(self._known.keys.find(keys)) | _repeated(keys)
        if not suspects:
            return candidates
        facts = self._stored_identities(keys, suspects)
        again: list[tuple[int, int, int]] = []
        keep = np.zeros(len(batch), bool)
        keep[candidates] = True
        following = self._known.keys.last
        for position in candidates.tolist():
            if position not in suspects:
                following += 1
                continue
            account = batch.place_values[batch.place[position]].account
            identity = (event_id(batch, position), account)
            fact = facts.get(identity)
            if fact is None:
                following += 1
                facts[identity] = following
                continue
            keep[position] = False
            again.append((fact, int(rows["file"][position]), int(rows["ordinal"][position])))
        self._connection.executemany("INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)", again)
        return np.flatnonzero(keep)

    def _stored_identities(
        self, keys: blocks.Keys, suspects: set[int]
    ) -> dict[tuple[bytes | str, str | None], int]:
        """Return the true identity of each stored fact whose key one of ours has."""
        positions = sorted(suspects)
        found = self._known.keys.find(keys[positions])
        facts = sorted({fact for numbers in found.values() for fact in numbers})
        identities = {}
        for start in range(0, len(facts), 10_000):
            some = facts[start : start + 10_000]
            marks = ", ".join("?" * len(some))
            query = (
                "SELECT event_id, account, fact.id FROM fact JOIN place ON place.id = fact.place "
                f"WHERE fact.id IN ({marks})"
            )
            for identity, account, number in self._connection.execute(query, some):
                identities[identity, account] = number
        return identities

    def _insert_facts(self, batch: Batch, rows: dict[str, Ints], new: Ints, first: int) -> None:
        keys = bytes(batch.keys)
        ids: list[bytes | str] = [keys[i : i + ID_BYTES] for i in range(0, len(keys), ID_BYTES)]
        for position, text in batch.odd_ids.items():
            ids[position] = text
        columns: list[Sequence[object]] = [range(first, first + len(new))]
        columns += [
            rows[name][new].tolist() for name in ("time", "file", "ordinal", *ROW_DIMENSIONS)
        ]
        columns.append([ids[i] for i in new.tolist()] if len(new) < len(ids) else ids)
        self._connection.executemany(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            zip(*columns, strict=True),
        )


def event_id(batch: Batch, position: int) -> bytes | str:
    """Return an event's id as the cache stores it."""
    odd = batch.odd_ids.get(position)
    if odd is not None:
        return odd
    return bytes(batch.keys[position * ID_BYTES : (position + 1) * ID_BYTES])


def _column(values: array[int]) -> Ints:
    return np.frombuffer(values, np.uint32).astype(np.int64)


def _repeated(keys: blocks.Keys) -> set[int]:
    """Return the positions of keys that stand more than once."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return set(np.flatnonzero(counts[inverse] > 1).tolist())
