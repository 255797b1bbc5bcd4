"""What a writer remembers of the cache: ids of dimension values, and keys of events.

Both follow other programs' writes: `refresh` reads what was added since, under the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui.domain.event import Actor, Call, Origin, Outcome, Place, Resource, Signal
from tui.storage import blocks

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

    def __init__(self, table: str) -> None:
        self._table = table
        self._columns = ", ".join(TABLES[table]._fields)
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
            marks = ", ".join("?" * len(new[0]))
            connection.executemany(
                f"INSERT INTO {self._table} ({self._columns}, id) VALUES ({marks})",
                new,
            )
        return result


def _digest(value: Sequence[object]) -> bytes:
    return blake2b(_ENCODER.encode(value), digest_size=16).digest()


class ResourceSets:
    """The ids of sets of resources; 0 is the empty set."""

    def __init__(self) -> None:
        self._resource = Dimension("resource")
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

    def find(self, keys: blocks.Keys) -> dict[int, list[int]]:
        """Return, by position in `keys`, the facts with an equal key."""
        found: dict[int, list[int]] = {}
        for run, numbers in self._runs:
            left = np.searchsorted(run, keys, "left")
            right = np.searchsorted(run, keys, "right")
            for position in np.flatnonzero(right > left).tolist():
                facts = numbers[left[position] : right[position]].tolist()
                found.setdefault(position, []).extend(facts)
        return found


def _sorted(keys: blocks.Keys, numbers: NDArray[np.int64]) -> tuple[blocks.Keys, NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    return keys[order], numbers[order]


class Known:
    """All of it together."""

    def __init__(self) -> None:
        self._dimensions = {name: Dimension(name) for name in TABLES if name != "resource"}
        self._resources = ResourceSets()
        self.keys = EventKeys()

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Follow what others wrote; cheap when nobody did."""
        for dimension in self._dimensions.values():
            dimension.refresh(connection)
        self._resources.refresh(connection)
        self.keys.refresh(connection)

    def ids(self, connection: sqlite3.Connection, name: str, values: Sequence[Any]) -> list[int]:
        """Return the id of each value of a row dimension, adding those that are new."""
        known = self._resources if name == "resources" else self._dimensions[name]
        return known.ids(connection, values)
