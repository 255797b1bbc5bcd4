"""What a writer remembers of the cache: ids of dimension values, and keys of events.

Both follow other programs' writes: `refresh` reads what was added since, under the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui.domain.batch import Batch, Combination
from tui.domain.event import GROUPS, Actor, Call, Origin, Outcome, Place, Resource, Signal
from tui.storage import blocks, reader

Ints = NDArray[np.int64]

_IDENTITY = tuple(name for name in Actor._fields if name != "key")
_KEY = Actor._fields.index("key")

TABLES: dict[str, type[NamedTuple]] = {
    "actor": Actor,
    "call": Call,
    "place": Place,
    "origin": Origin,
    "outcome": Outcome,
    "signal": Signal,
    "resource": Resource,
}
"""Dimension tables and the value each of their rows is; columns stand in the value's order."""

_ENCODER = msgspec.msgpack.Encoder()


class Dimension:
    """The ids of one table of distinct values."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = ", ".join(columns)
        self._ids: dict[bytes, int] = {}
        """By digest: the values themselves would take several times the memory."""
        self._last = 0

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the rows added since we last looked."""
        query = f"SELECT {self._columns}, id FROM {self._table} WHERE id > ? ORDER BY id"
        for *values, number in connection.execute(query, (self._last,)):
            self._ids[_digest(values)] = number
            self._last = number

    def ids(
        self, connection: sqlite3.Connection, values: Sequence[tuple[object, ...]]
    ) -> list[int]:
        """Return the id of each value, adding those the table does not have."""
        new = []
        result = []
        for value in values:
            digest = _digest(value)
            number = self._ids.get(digest)
            if number is None:
                self._last += 1
                number = self._ids[digest] = self._last
                new.append((*value, number))
            result.append(number)
        if new:
            self._insert(connection, new)
        return result

    def _insert(self, connection: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """Add values, each with its id behind it."""
        marks = ", ".join("?" * len(rows[0]))
        query = f"INSERT INTO {self._table} ({self._columns}, id) VALUES ({marks})"
        connection.executemany(query, rows)


def _digest(value: Sequence[object]) -> bytes:
    return blake2b(_ENCODER.encode(value), digest_size=16).digest()


class Actors:
    """The ids of actors, whose identity and access key are kept apart."""

    def __init__(self) -> None:
        self._identities = Dimension("identity", _IDENTITY)
        self._credentials = Dimension("credential", ("identity", "key"))

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the rows added since we last looked."""
        self._identities.refresh(connection)
        self._credentials.refresh(connection)

    def ids(self, connection: sqlite3.Connection, values: Sequence[Actor]) -> list[int]:
        """Return the id of each actor, adding what is new."""
        known = self._identities.ids(connection, [(*v[:_KEY], *v[_KEY + 1 :]) for v in values])
        keys = [value[_KEY] for value in values]
        return self._credentials.ids(connection, list(zip(known, keys, strict=True)))


class Resources(Dimension):
    """The ids of resources; what names of one type begin with is kept once."""

    def __init__(self) -> None:
        super().__init__("resource", Resource._fields)
        self._stems = Dimension("stem", ("text", "type"))

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the rows added since we last looked."""
        super().refresh(connection)
        self._stems.refresh(connection)

    def _insert(self, connection: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> None:
        names = [str(name) for name, _, _ in rows]
        ends = [max(name.rfind("/"), name.rfind(":")) + 1 for name in names]
        parts = zip(names, ends, (kind for _, kind, _ in rows), strict=True)
        stems = self._stems.ids(connection, [(name[:end], kind) for name, end, kind in parts])
        leaves = (
            (row[-1], stem, name[end:])
            for row, stem, name, end in zip(rows, stems, names, ends, strict=True)
        )
        connection.executemany("INSERT INTO leaf VALUES (?, ?, ?)", leaves)


class Combinations:
    """The ids of what comes together of some dimensions."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._ids: dict[Combination, int] = {}

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the rows added since we last looked."""
        last = len(self._ids)
        new = reader.combinations(connection, self._group, last)
        self._ids.update(zip(new, range(last + 1, last + len(new) + 1), strict=True))

    def ids(self, connection: sqlite3.Connection, values: Sequence[Combination]) -> list[int]:
        """Return the id of each combination, adding those that are new."""
        known, last = self._ids, len(self._ids)
        found = [known.setdefault(value, len(known) + 1) for value in values]
        new = [(number, *value) for value, number in islice(known.items(), last, None)]
        connection.executemany(f"INSERT INTO {self._group} VALUES (?, ?, ?, ?)", new)
        return found


class ResourceSets:
    """The ids of sets of resources; 0 is the empty set."""

    def __init__(self) -> None:
        self._resource = Resources()
        self._ids: dict[tuple[int, ...], int] = {(): 0}
        self._last = 0

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the resources and sets added since we last looked."""
        self._resource.refresh(connection)
        members: dict[int, list[int]] = {}
        query = "SELECT id, resource FROM resources WHERE id > ? ORDER BY id, position"
        for number, resource in connection.execute(query, (self._last,)):
            members.setdefault(number, []).append(resource)
        for number, resources in members.items():
            self._ids[tuple(resources)] = number
            self._last = number

    def ids(
        self, connection: sqlite3.Connection, sets: Sequence[tuple[Resource, ...]]
    ) -> list[int]:
        """Return the id of each set, adding what is new."""
        flat = self._resource.ids(connection, [resource for one in sets for resource in one])
        new: list[tuple[int, int, int]] = []
        result = []
        start = 0
        for one in sets:
            members = tuple(flat[start : start + len(one)])
            start += len(one)
            number = self._ids.get(members)
            if number is None:
                self._last += 1
                number = self._ids[members] = self._last
                new.extend((number, position, r) for position, r in enumerate(members))
            result.append(number)
        connection.executemany("INSERT INTO resources VALUES (?, ?, ?)", new)
        return result


class EventKeys:
    """The 32-bit keys of every event in the cache, in sorted runs that grow by merging."""

    def __init__(self) -> None:
        self._runs: list[tuple[blocks.Keys, NDArray[np.int64]]] = []
        self.last = 0
        """Id of the last fact whose key is known here."""

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read the keys added since we last looked."""
        for first, keys in blocks.load_keys(connection, self.last):
            self.add(first, keys)

    def add(self, first: int, keys: blocks.Keys) -> None:
        """Take the keys of facts whose ids run on from `first`."""
        if not len(keys):
            return
        numbers = np.arange(first, first + len(keys))
        self.last = first + len(keys) - 1
        run = _sorted(keys, numbers)
        while self._runs and len(self._runs[-1][0]) < 2 * len(run[0]):
            older = self._runs.pop()
            run = _sorted(np.concatenate((older[0], run[0])), np.concatenate((older[1], run[1])))
        self._runs.append(run)

    def met(self, keys: blocks.Keys) -> NDArray[np.bool_]:
        """Return which of these keys a fact has; looked for in order, as that is much faster."""
        order = np.argsort(keys)
        ordered = keys[order]
        found = np.zeros(len(keys), bool)
        for run, _ in self._runs:
            at = np.searchsorted(run, ordered)
            at[at == len(run)] = 0  # which is less than a key beyond the last
            found[order] |= run[at] == ordered
        return found

    def facts(self, keys: blocks.Keys) -> list[int]:
        """Return every fact that has one of these keys, in order.

        Each once: where many ids have one key, by pairs they would be too many.
        """
        wanted = np.unique(keys)
        found = [np.empty(0, np.int64)]
        for run, numbers in self._runs:
            bounds = zip(*_bounds(run, wanted), strict=True)
            found += [numbers[left:right] for left, right in bounds if right > left]
        several: list[int] = np.sort(np.concatenate(found)).tolist()
        return several


def _bounds(run: blocks.Keys, keys: blocks.Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.searchsorted(run, keys, "left"), np.searchsorted(run, keys, "right")


def _sorted(keys: blocks.Keys, numbers: NDArray[np.int64]) -> tuple[blocks.Keys, NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    return keys[order], numbers[order]


class Known:
    """All of it together."""

    def __init__(self) -> None:
        self._actors = Actors()
        self._others = {
            name: Dimension(name, value._fields)
            for name, value in TABLES.items()
            if name not in ("actor", "resource")
        }
        self._groups = {name: Combinations(name) for name in GROUPS}
        self._resources = ResourceSets()
        self.keys = EventKeys()

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Follow what others wrote; cheap when nobody did."""
        for dimension in self._others.values():
            dimension.refresh(connection)
        self._actors.refresh(connection)
        for group in self._groups.values():
            group.refresh(connection)
        self._resources.refresh(connection)
        self.keys.refresh(connection)

    def ids(self, connection: sqlite3.Connection, batch: Batch, name: str) -> Ints:
        """Return the id of each value of a row dimension, adding those that are new."""
        if name == "resources":
            return _ints(self._resources.ids(connection, batch.resources_values))
        parts = [self._leaf(connection, batch, each) for each in GROUPS[name]]
        values: list[Combination] = getattr(batch, f"{name}_values")
        table = np.array(values, np.int64).reshape(len(values), len(parts))
        found = [ids[table[:, at]].tolist() if len(table) else [] for at, ids in enumerate(parts)]
        return _ints(self._groups[name].ids(connection, list(zip(*found, strict=True))))

    def _leaf(self, connection: sqlite3.Connection, batch: Batch, name: str) -> Ints:
        if name == "actor":
            return _ints(self._actors.ids(connection, batch.actor_values))
        return _ints(self._others[name].ids(connection, getattr(batch, f"{name}_values")))


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)
