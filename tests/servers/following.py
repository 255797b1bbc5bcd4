"""What a test plays to the job that follows: a scripted source, and a progress that takes notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from tui.domain.tailing import Feed, FeedKind, FeedState, Landed
from tui.errors import TrailhoundError
from tui.jobs.tailing.feeds import Arrival, Watch


class Scripted:
    """A source that hands over what it was given, then gives signs of life until it is over."""

    def __init__(
        self,
        *script: Arrival | TrailhoundError,
        name: str = "",
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        self.feed = Feed(FeedKind.DEMO, "123456789012", "us-east-1", name)
        self.now = now
        self.script = list(script)
        self.asked_since: list[int] = []
        self.told: list[str] = []
        self.renewed = 0

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        self.asked_since.append(since)
        while self.script:
            following = self.script.pop(0)
            if isinstance(following, TrailhoundError):
                raise following
            yield following
        while watch.wait(0.01):
            yield Arrival()

    def committed(self, receipts: Sequence[str]) -> None:
        self.told += receipts

    def renew(self) -> None:
        self.renewed += 1


class Notes:
    """A progress that remembers, and stops when a condition on what it saw holds."""

    def __init__(self, enough: Callable[[Notes], bool], seconds: float = 30) -> None:
        self.states: list[FeedState] = []
        self.batches: list[Landed] = []
        self.beats = 0
        self.hold = False
        self._enough = enough
        self._until = monotonic() + seconds

    @property
    def new(self) -> int:
        """How many new events landed."""
        return sum(len(each.numbers) for each in self.batches)

    @property
    def late(self) -> int:
        """How many of them were late."""
        return sum(len(each.late) for each in self.batches)

    def latest(self, feed: Feed) -> FeedState:
        """Return how a feed stands by now."""
        found = (state for state in reversed(self.states) if state.feed == feed)
        return next(found, FeedState(feed))

    def stands(self, state: FeedState) -> None:
        self.states.append(state)

    def landed(self, landed: Landed) -> None:
        self.batches.append(landed)

    def beat(self) -> None:
        self.beats += 1
        assert monotonic() < self._until, "what was waited for did not come"

    def stopped(self) -> bool:
        return self._enough(self)

    def held(self) -> bool:
        return self.hold
