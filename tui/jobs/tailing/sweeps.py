"""When a source is asked for all of a range again, and how long to wait between questions.

What is new is found cheaply, from the newest back to what is known. What came late lies behind
that, so now and then the whole range that is not settled is asked for: a sweep. A sweep of a busy
account takes long; it may take a quarter of the time, as long as the rest does not grow beyond what
the next sweep can make good.
"""

from __future__ import annotations

_EVERY = 60_000
"""ms between two sweeps at least."""
_SHARE = 4
"""A sweep begins no sooner after the last than so many times as long as that took."""
_LONGEST_REST = 300_000
"""ms after the end of a sweep in which the next one begins, however long it took."""


class Sweeps:
    """Tells when the next sweep is due; times are ms since 1970 UTC."""

    def __init__(self, every: int = _EVERY) -> None:
        self._every = every
        self._next = 0

    def due(self, now: int) -> bool:
        """Return whether it is time."""
        return now >= self._next

    def done(self, began: int, ended: int) -> None:
        """Take note of a sweep that came to its end."""
        took = ended - began
        self._next = began + max(self._every, min(_SHARE * took, took + _LONGEST_REST))


class Rhythm:
    """Seconds to wait before asking again: short while something comes, longer when it is quiet."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = longest
        self._wait = shortest

    def after(self, fresh: int) -> float:
        """Return how long to wait after an answer with so many new events."""
        self._wait = self._shortest if fresh else min(self._longest, self._wait * 1.5)
        return self._wait
