"""A feed that a test hands events to, followed by the real job into a real cache."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from queue import Empty, Queue

from tests.pilot.explored import NOW
from tui.domain.objects import LogObject
from tui.domain.tailing import Feed, FeedKind
from tui.errors import TrailhoundError
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.tail import tail
from tui.screens.following.feed_board import FeedRun
from tui.storage.cache import Cache


class Handed:
    """What a test puts in is what arrives."""

    def __init__(self) -> None:
        self.feed = Feed(FeedKind.HISTORY, "111111111111", "eu-west-1")
        self.runs = 0
        self._files = 0
        self._queue: Queue[Arrival | TrailhoundError] = Queue()

    def give(self, *records: dict[str, object], asked: int | None = None) -> None:
        """Let these records arrive; all that the source had at `asked` (ms) is there then."""
        self._files += 1
        body = json.dumps({"Records": records}).encode()
        item = LogObject(f"history://given/{self._files}", "history", len(body))
        self._queue.put(Arrival([(item, body)], asked=asked))

    def fail(self, error: TrailhoundError) -> None:
        """Let the feed fail."""
        self._queue.put(error)

    def now(self) -> int:
        return NOW

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:  # noqa: ARG002
        self.runs += 1
        while not watch.stopped():
            try:
                given = self._queue.get(timeout=0.02)
            except Empty:
                continue
            if isinstance(given, TrailhoundError):
                raise given
            yield given

    def committed(self, receipts: Sequence[str]) -> None:
        pass

    def renew(self) -> None:
        pass

    def follow(self, cache: Cache, run: FeedRun) -> None:
        """Follow it: what the explorer is given."""
        tail(cache, [self], run)
