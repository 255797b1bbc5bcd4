"""Keeping the cache within the limits a user set, while it is filled.

Owns when limits are held against the cache and how far below them it goes; what may be let go is
`storage.bodies` and `storage.retention`. Every step is a transaction of its own: a kill between two
leaves a consistent cache, and the next run goes on.
"""

from __future__ import annotations

import time

from tui.domain.limits import Limits, Shed
from tui.storage import bodies, retention, space
from tui.storage.cache import Connection, transaction

_ROOM = 0.9
"""Part of the size limit that is left in use, so that it is not met again at once."""


class Limiter:
    """Holds limits against a cache, over the connection of whoever writes to it."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self.shed = Shed()

    def begin(self) -> None:
        """Drop what is older than what is kept, and make room."""
        cutoff = self._limits.cutoff(_now())
        if cutoff is not None:
            with transaction(self._connection):
                dropped = retention.drop(self._connection, cutoff)
            self.shed.cutoff = cutoff
            self.shed.files += dropped.files
            self.shed.events += dropped.events
            self.shed.kept_flagged = dropped.kept_flagged
            if dropped.files:
                space.give_back(self._connection)
        self.hold()

    def hold(self) -> None:
        """Let go of bytes if the cache is larger than it may be."""
        most = self._limits.most_bytes
        if most is None or space.used(self._connection) <= most:
            self.shed.over = 0
            return
        while (surplus := space.used(self._connection) - int(most * _ROOM)) > 0:
            with transaction(self._connection):
                files, size = bodies.let_go(self._connection, surplus, _now())
            self.shed.bodies += files
            self.shed.body_bytes += size
            if not files:
                break
        self.shed.over = max(0, space.used(self._connection) - most)
        space.give_back(self._connection)


def _now() -> int:
    return int(time.time() * 1000)
