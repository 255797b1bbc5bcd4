"""How following stands, feed by feed, as values for the screen and the pipe.

A feed is one place that is asked again and again for what is new. Owns what is said of it and when
an event counts as late; it knows neither AWS nor the cache.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from tui.domain.coverage import HISTORY_SETTLES

SETTLES = HISTORY_SETTLES
"""ms after which what AWS has not handed over yet is late: it delivers in 5 minutes on average and
promises nothing."""


class FeedKind(StrEnum):
    """Where live events come from."""

    HISTORY = "history"
    S3 = "s3"
    LOGS = "logs"
    SQS = "sqs"
    DEMO = "demo"


class Feed(NamedTuple):
    """One place that is followed."""

    kind: FeedKind
    account: str
    region: str
    name: str = ""
    """A bucket's location, a log group's name or a queue's address; event history has none."""


class FeedPhase(StrEnum):
    """What a feed is doing."""

    STARTING = "starting"
    """It has not answered yet."""
    FOLLOWING = "following"
    PAUSED = "paused"
    """It waits until the user lets it go on, or until credentials work again."""
    FAILED = "failed"
    """It could not be asked, and is asked again in a moment."""
    STOPPED = "stopped"


class FeedState(NamedTuple):
    """How one feed stands; counts are of this run, times are ms since 1970 UTC."""

    feed: Feed
    phase: FeedPhase = FeedPhase.STARTING
    complete_to: int | None = None
    """Before then, what comes is late; None where the feed cannot know."""
    newest: int | None = None
    """Time of the newest event it handed over."""
    heard: int | None = None
    """When it last answered, with or without events."""
    asked: int | None = None
    """All that the source had at that time was handed over."""
    events: int = 0
    """Handed over and not in the cache before."""
    late: int = 0
    """Of these, the ones whose time was called complete before."""
    ignored: int = 0
    """Messages that are known to tell of no event, such as s3:TestEvent."""
    sampled: bool = False
    """The source leaves some out as there are too many; they are fetched later."""
    problem: str = ""
    """Why it is paused or failed, as a sentence."""
    note: str = ""
    """What is worth knowing of a feed that works, as a sentence."""

    def behind(self, now: int) -> int | None:
        """Return how many ms before now it is complete to; None where that is not known."""
        return None if self.complete_to is None else max(0, now - self.complete_to)


class Position(NamedTuple):
    """Up to when a feed is complete; kept in the cache with what it delivered."""

    feed: Feed
    complete_to: int
    """ms since 1970 UTC."""


class Landed(NamedTuple):
    """What one committed batch brought; an event that was cached already is not new."""

    numbers: range
    """Row numbers of the new events, in the order of delivery."""
    late: tuple[int, ...]
    """Row numbers of those among them that came after their time was called complete."""
    seen_again: int
    skipped: int
    """Things that gave no event; the cache has the reason for each."""


class TailProgress(Protocol):
    """Receives what happens while following."""

    def stands(self, state: FeedState) -> None:
        """Take note of one feed; may be called often, from any thread."""

    def landed(self, landed: Landed) -> None:
        """Take note of a committed batch; called by the thread that runs the tail."""

    def beat(self) -> None:
        """Note that time passes: called a few times a second by the thread that runs the tail."""

    def stopped(self) -> bool:
        """Return whether to stop at the next safe point."""

    def held(self) -> bool:
        """Return whether the feeds should wait at the next safe point."""
