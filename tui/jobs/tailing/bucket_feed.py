"""Following log files: the newest days of a bucket's folders, listed again and again.

Every question lists from half an hour before the settled time on: a slot's files may come after
those of the next one (the names of a slot are random), and so may the slot itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from tui.domain.answer import Span
from tui.domain.tailing import SETTLES, Feed, FeedKind
from tui.jobs.syncing.bucket_stream import BucketStream, Known
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.sweeps import Rhythm
from tui.sources.aws.areas import Area
from tui.sources.aws.bucket import BucketLogs, named
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail

_SHORTEST, _LONGEST = 20.0, 60.0
"""Seconds between two questions: CloudTrail delivers about every 5 minutes, a listing costs."""
_LOOK_BACK = 30 * 60_000
"""ms before the settled time from which on slots are listed."""


class BucketFeed:
    """The log files below one location as they are delivered."""

    def __init__(
        self,
        account: Account,
        place: str | Trail,
        known: Known,
        clock: Callable[[], int] | None = None,
        rhythm: Rhythm | None = None,
        *,
        regions: Sequence[str] = (),
        management: bool = True,
    ) -> None:
        """Build it; `known` is what the cache has, no regions mean all.

        `management` is whether management events are logged there at all.
        """
        self.feed = Feed(FeedKind.S3, "", "", named(place))
        self.now = clock or account.clock
        self.accounts = deque((account,))
        self._place = place
        self._known = known
        self._regions = regions
        self._management = management
        self._rhythm = rhythm or Rhythm(_SHORTEST, _LONGEST)
        self._stream: BucketStream | None = None
        self._without: Collection[Area] = ()
        self.area = self._logs(Span(0, 0), lambda: False).area

    def read_also_with(self, accounts: Iterable[Account]) -> None:
        """Read with these credentials what the others may not read."""
        self.accounts += accounts

    def leave_out(self, areas: Collection[Area]) -> None:
        """Leave what lies in other areas to others."""
        self._without = areas

    def listable(self) -> bool:
        """Return whether its credentials can list it; asks AWS."""
        return self._logs(Span(0, 0), lambda: False).listable()

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield new log files; raises SourceError, Cancelled."""
        start = since
        while not watch.stopped():
            now = self.now()
            fresh, problem = 0, ""
            window = Span(start - _LOOK_BACK, now + SETTLES)
            stream = self._stream = self._opened(window, watch)
            for delivery in stream.deliveries((), watch.stopped):
                fresh += sum(isinstance(content, bytes) for _, content in delivery.contents)
                problem = _trouble(problem, [content for _, content in delivery.contents])
                asides = [delivery.aside]
                yield Arrival(delivery.contents, delivery.covered, asides, problem=problem)
            if watch.stopped():
                return
            yield Arrival(asked=now, lacking=bool(problem), problem=problem)
            start = start if problem else max(start, now - SETTLES)
            if not watch.wait(self._rhythm.after(fresh)):
                return

    def committed(self, receipts: Sequence[str]) -> None:
        """Do nothing: there is nobody to tell."""

    def renew(self) -> None:
        """Read the credentials anew, unless another feed did."""
        if self._stream:
            self._stream.renew()

    def _opened(self, window: Span, watch: Watch) -> BucketStream:
        logs = self._logs(window, watch.stopped)
        logs.leave_out(self._without)
        name = self.feed.name
        first, *others = self.accounts
        read = (self._known, self.now, first)
        stream = BucketStream(logs, name, window, *read, management=self._management)
        stream.read_also_with(others)
        return stream

    def _logs(self, window: Span, stopped: Callable[[], bool]) -> BucketLogs:
        return BucketLogs(
            partial(self.accounts[0].client, "s3"),
            self._place,
            start=window.start,
            end=window.end,
            regions=self._regions,
            profile=self.accounts[0].profile,
            cancelled=stopped,
            clock=lambda: self.now() / 1000,
        )


def _trouble(before: str, contents: Sequence[bytes | str]) -> str:
    """Return the first reason why a file could not be had, if there is any."""
    return before or next((each for each in contents if isinstance(each, str)), "")
