"""Waiting until credentials work again: how often to look, and for how long at most."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

_SLICE = 0.25
"""Seconds after which a waiting thread looks whether it should stop."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a source may be paused in a row; all times in seconds."""

    limit: float = math.inf
    first: float = 5.0
    """Before the first look; each further wait is twice as long."""
    longest: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Pause:
    """One source that pauses and goes on, in its own thread."""

    def __init__(self, patience: Patience, stopped: Callable[[], bool]) -> None:
        self._patience = patience
        self._stopped = stopped
        self._since: float | None = None
        self._next = patience.first

    def ended(self) -> None:
        """Note that the source answered: the next pause is a new one."""
        self._since, self._next = None, self._patience.first

    def goes_on(self) -> bool:
        """Return whether there is patience left."""
        return self._left() > 0

    def wait(self) -> bool:
        """Wait until it is time to try again; return False if it was stopped meanwhile."""
        until = self._patience.clock() + min(self._next, self._left())
        self._next = min(self._next * 2, self._patience.longest)
        while not self._stopped():
            left = until - self._patience.clock()
            if left <= 0:
                return True
            self._patience.sleep(min(left, _SLICE))
        return False

    def _left(self) -> float:
        now = self._patience.clock()
        self._since = now if self._since is None else self._since
        return self._patience.limit - (now - self._since)
