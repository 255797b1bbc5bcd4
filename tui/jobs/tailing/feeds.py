"""What a followed source is: it hands over arrivals, and is told what became of them.

Owns the contract between `tail` and the feeds, and how a feed waits; no feed of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tui.domain.coverage import Covered
from tui.domain.syncing import Aside
from tui.domain.tailing import Feed
from tui.sources.decode import Delivered

_LEAST = 1 << 10
"""Bytes that an arrival counts for at least."""
_SLICE = 0.2
"""Seconds after which a waiting feed looks whether it should stop."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a feed hands over in one go; without contents it is a sign of life."""

    contents: Sequence[Delivered] = ()
    covered: Sequence[Covered] = ()
    asides: Sequence[Aside] = ()
    asked: int | None = None
    """ms since 1970 UTC: all that the source had then has been handed over, this included."""
    lacking: bool = False
    """Whether the source had more that we have not seen, as others took it or it cannot be read:
    then nothing is complete."""
    ignored: int = 0
    """Messages that are known to tell of no event."""
    sampled: bool = False
    """Whether the source leaves some out for now, as there are too many."""
    problem: str = ""
    """What could not be had just now although the feed goes on, as a sentence."""
    note: str = ""
    """What is worth knowing of a feed that works, as a sentence."""
    receipts: Sequence[str] = ()
    """What the feed is given back once this is committed."""

    def size(self) -> int:
        """Return about how many bytes it holds in memory."""
        return _LEAST + sum(len(content) for _, content in self.contents)


@dataclass(frozen=True, slots=True)
class Watch:
    """How a feed learns that it is over, and waits in between."""

    stopped: Callable[[], bool]
    now: Callable[[], int]
    """The time at the source, ms since 1970 UTC."""
    until: int | None = None
    """When whoever follows has seen enough: nobody sleeps past it, and what is asked then is asked
    to the end. ms since 1970 UTC."""
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic

    def wait(self, seconds: float) -> bool:
        """Wait, but not past `until` if that is ahead; return False if it is over."""
        left = self._until_left()
        end = self.elapsed() + (min(seconds, left) if left > 0 else seconds)
        while not self.stopped():
            rest = end - self.elapsed()
            if rest <= 0:
                return True
            self.sleep(min(rest, _SLICE))
        return False

    def last(self, now: int) -> bool:
        """Return whether what is asked now is asked for the last time."""
        return self.until is not None and now >= self.until

    def _until_left(self) -> float:
        return 0.0 if self.until is None else (self.until - self.now()) / 1000


class LiveFeed(Protocol):
    """A source that is followed."""

    @property
    def feed(self) -> Feed:
        """Which one it is."""

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield what happened from then on (ms since 1970 UTC) and then what comes.

        Ends when the watch is stopped. Raises TrailhoundError when it cannot go on; it may be
        called again after that.
        """

    def now(self) -> int:
        """Return the time at the source, ms since 1970 UTC."""

    def committed(self, receipts: Sequence[str]) -> None:
        """Take note that arrivals are stored for good; called from the writing thread."""

    def renew(self) -> None:
        """Take up credentials that may have become good."""
