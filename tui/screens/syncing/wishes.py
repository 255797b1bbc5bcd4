"""What is synced while the explorer is open: the wishes, and when each is looked after again.

Owns the clock of the repetition and which time a repeated run asks for. It starts nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.syncing import Wish

_OVERLAP = 60 * 60_000
"""ms of log files listed once more: they may be delivered that late. Event history needs none, as
its newest 15 minutes are never taken for covered."""


class Run(NamedTuple):
    """One wish to be looked after now."""

    wish: Wish
    base: Wish
    """As the user wished it, whatever the time is now."""
    only: Scope | None = None
    """The one source to try again; None for all of the wish."""
    again: bool = False
    """Whether what came to its end is asked again, for what is new."""


class Wishes:
    """The wishes of one explorer; none of them where nothing is synced."""

    def __init__(
        self,
        wish: Wish | None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` returns seconds and never goes back, `wall` seconds since 1970."""
        self.first = wish
        self._all = [wish] if wish else []
        self._clock = clock
        self._wall = wall
        self._due: float | None = None
        self._listed: dict[Wish, int] = {}
        """Up to when the log files of a wish are known to be listed, ms since 1970 UTC."""

    def add(self, wish: Wish) -> Run | None:
        """Take up one more wish; None if it is there already."""
        if wish in self._all:
            return None
        self._all.append(wish)
        return Run(wish, wish)

    def remove(self, wish: Wish) -> None:
        """Look after a wish no longer."""
        self._all = [each for each in self._all if each != wish]
        self._listed.pop(wish, None)

    def __contains__(self, wish: object) -> bool:
        """Return whether a wish is looked after."""
        return wish in self._all

    def profiles(self) -> list[str | None]:
        """Return every profile that is synced with; None stands for the default credentials."""
        named = [wish.profiles or (None,) for wish in self._all]
        return list(dict.fromkeys(profile for some in named for profile in some))

    def runs(self, only: Scope | None = None) -> list[Run]:
        """Return every wish, to be looked after as it was wished."""
        return [Run(wish, wish, only) for wish in self._all]

    def repeated(self) -> list[Run]:
        """Return every wish up to now: of log files, what may have come since the last time."""
        now = self.now()
        return [Run(self._up_to(wish, now), wish, again=True) for wish in self._all]

    def _up_to(self, wish: Wish, now: int) -> Wish:
        start = wish.log_files.start
        if wish in self._listed:
            start = max(start, self._listed[wish] - _OVERLAP)
        return wish._replace(window=Span(wish.window.start, now), s3_window=Span(start, now))

    def now(self) -> int:
        """Return the time, ms since 1970 UTC."""
        return int(self._wall() * 1000)

    def listed(self, wish: Wish, at: int) -> None:
        """Take note that all log files of a wish were looked for, at a time in ms."""
        self._listed[wish] = at

    # The clock.

    def wait(self) -> None:
        """Begin to wait for the next time."""
        every = self.first.every if self.first else None
        self._due = self._clock() + every if every else None

    def stop(self) -> None:
        """Wait for nothing any more, until something is begun again."""
        self._due = None

    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._due is not None and self._clock() >= self._due

    @property
    def left(self) -> float | None:
        """Seconds until it is time; None when nothing is waited for."""
        return None if self._due is None else max(0.0, self._due - self._clock())


def minutes(seconds: float) -> str:
    """Return `4 m`: as coarse as a line that is not to flicker."""
    return f"{max(1, math.ceil(seconds / 60))} m"
