"""How often the screen is drawn anew while the cache grows; pure but for the clock given.

Fast enough to be live, seldom enough for a slow line, and never more than a part of the time, so
that keys are answered whatever arrives.
"""

from __future__ import annotations

READING = 1.0
"""Seconds from one redraw to the next at least, while files are read."""
FOLLOWING = 2.0
"""The same while following: at 80x24 that is about 1.4 KB a second of a busy account."""
COUNTS_EVERY = 5.0
"""Seconds between two looks at facets and histogram."""
_REST, _LONGEST = 2.0, 5.0
"""How much longer than a redraw took the rest after it is, and the most it is, in seconds: one that
was slow for once, as the first is, is not to keep back what came since."""


class Cadence:
    """Seconds of any steady clock."""

    def __init__(self, every: float = READING) -> None:
        self.every = every
        self._begun: float | None = None
        self._due = float("-inf")
        self._counted = float("-inf")

    def wait(self, now: float) -> float:
        """Return the seconds until the next redraw may begin; 0 if it may now."""
        return max(0.0, self._due - now)

    def hurry(self) -> None:
        """Let the next redraw begin at once: it is the last of its kind."""
        self._due = float("-inf")

    def begins(self, now: float) -> None:
        """Take note that a redraw begins."""
        self._begun = now
        self._due = now + self.every

    def ended(self, now: float, *, counted: bool) -> None:
        """Take note that one is done, if one began, and whether facets and histogram were in it."""
        if self._begun is not None:
            self._due = max(self._due, now + min(_REST * (now - self._begun), _LONGEST))
            self._begun = None
        if counted:
            self._counted = now

    def counts_due(self, now: float) -> bool:
        """Return whether facets and histogram should be part of the next redraw."""
        return now - self._counted >= COUNTS_EVERY
