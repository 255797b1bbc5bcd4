"""Which versions of which objects were read before, for a bucket of a million objects.

A million addresses as text take hundreds of megabytes. Kept are 64-bit digests under a key of this
run: with a million known objects, the chance that a given new one is taken for one of them is
1 in 2 to the power of 44, and nobody can choose a name that is.
"""

from __future__ import annotations

import os
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np

from tui.domain.objects import LogObject

_KEY_BYTES = 16
_DIGEST_BYTES = 8


class Versions:
    """Objects by address and version; may be asked and added to from any thread."""

    def __init__(self, read: Iterable[tuple[str, str | None]] = ()) -> None:
        self._key = os.urandom(_KEY_BYTES)
        self._known = np.sort(np.array(array("Q", (self._digest(*each) for each in read))))
        self._added: set[int] = set()
        self._lock = Lock()

    def unread(self, items: Sequence[LogObject]) -> list[LogObject]:
        """Return the objects that were not read in the version they have now."""
        if not items:
            return []
        digests = [self._digest(item.uri, item.version) for item in items]
        known = np.isin(np.array(digests, np.uint64), self._known, kind="sort").tolist()
        with self._lock:
            return [
                item
                for item, digest, is_known in zip(items, digests, known, strict=True)
                if not is_known and digest not in self._added
            ]

    def add(self, items: Iterable[LogObject]) -> None:
        """Take note of objects that were read."""
        digests = {self._digest(item.uri, item.version) for item in items}
        with self._lock:
            self._added |= digests

    def _digest(self, uri: str, version: str | None) -> int:
        text = f"{uri}\n{version}".encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=_DIGEST_BYTES, key=self._key).digest()
        return int.from_bytes(digest, "little")


def versions(connection: sqlite3.Connection, source: str, cap: int) -> Versions:
    """Return what was read of a source, but for what was too large for a lower cap, in bytes."""
    query = (
        "SELECT uri, version FROM file "
        "WHERE source = ? AND sha256 != x'' AND (cap IS NULL OR cap >= ?)"
    )
    return Versions(connection.execute(query, (source, cap)))
