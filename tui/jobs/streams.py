"""The streams a sync can run: event history of one region, log files of one bucket.

Each knows what a delivery covers. That is all the memory of a sync there is: what is missing of the
wanted time is asked for again, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.spans import length, merged, missing, within
from tui.domain.syncing import Reached, Standing
from tui.errors import SourceError
from tui.jobs.sync import Delivery
from tui.sources.aws.bucket import THREADS, BucketLogs
from tui.sources.aws.download import fetched
from tui.sources.aws.history import INSIGHT, history_pages
from tui.sources.aws.keys import Folder, day_start, parse_key
from tui.sources.aws.listing import LATE, SLOT, ListedDay
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.decode import Delivered

DAY = 86_400_000
HISTORY_DAYS = 90
"""How far back event history goes (LookupEvents, API reference)."""
_SECOND = 1000
"""What event history's times are exact to: the oldest second of a page may go on in the next."""
_TOGETHER = 100
"""Log files in one delivery."""
_BYTES_TOGETHER = 1 << 20
"""Bytes as delivered after which a delivery is full."""


def now_ms() -> int:
    """Return the time, ms since 1970 UTC."""
    return int(time.time() * 1000)


class HistoryStream:
    """Event history of one account and region: its management events, or its Insights."""

    def __init__(
        self,
        account: Account,
        scope: Scope,
        window: Span,
        pacer: Pacer,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Streams of one account and region share a pacer: AWS limits them together.

        The clock returns ms since 1970 UTC; without one, AWS's own is read.
        """
        self.standing = Standing(scope)
        self._account = account
        self._window = window
        self._pacer = pacer
        self._clock = clock or account.clock
        self._client: Client | None = None

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield the missing pages, newest first; raises SourceError."""
        scope = self.standing.scope
        client = self._client = self._account.client("cloudtrail", scope.region, paced=True)
        now = self._clock()  # once: what comes while pages are read is asked for the next time
        window = Span(max(self._window.start, now - HISTORY_DAYS * DAY), min(self._window.end, now))
        done = within(window, covered)
        for gap in reversed(list(missing(window, covered))):
            settled = min(gap.end, now - HISTORY_SETTLES)
            category = INSIGHT if scope.kind == INSIGHT else None
            asked = (scope, gap.start, gap.end, category)
            for page in history_pages(client, *asked, pacer=self._pacer, cancelled=stopped):
                self.standing.requests += 1
                self.standing.bytes += len(page.body)
                bottom = gap.end if page.oldest is None else page.oldest + _SECOND
                yield self._delivery([(page.item, page.body)], Span(bottom, settled), window, done)
            if not stopped():
                yield self._delivery([], Span(gap.start, settled), window, done)

    def renew(self) -> None:
        """Read the credentials anew, unless another stream did."""
        self._account.renew(self._client)

    def _delivery(
        self,
        contents: Sequence[tuple[LogObject, bytes]],
        span: Span,
        window: Span,
        done: list[Span],
    ) -> Delivery:
        covered = [Covered(self.standing.scope, span)] if span.end > span.start else []
        done[:] = merged([*done, *(each.span for each in covered)])
        self.standing.share = length(done) / max(1, window.end - window.start)
        return Delivery(contents, covered)


class BucketStream:
    """The log files below one location; `known` are the (uri, version) pairs in the cache."""

    def __init__(
        self,
        logs: BucketLogs,
        location: str,
        window: Span,
        known: set[tuple[str, str | None]],
        clock: Callable[[], int] = now_ms,
        account: Account | None = None,
    ) -> None:
        """Build it; `account` is whose credentials the logs are read with, if they can expire."""
        self.standing = Standing(Scope("s3", location, "*", "*"))
        self._logs = logs
        self._window = window
        self._known = known
        self._clock = clock
        self._account = account
        self._reached = Reached(logs.name, account.profile if account else None)
        self._client: Client | None = None

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield what the cache does not have, newest day first; raises SourceError.

        Folders are always listed anew: late files are delivered into old ones. What is there and
        was not changed is not fetched again.
        """
        del covered
        if self._account:
            self._client = self._account.client("s3")
        now = self._clock()  # before anything is listed: what is delivered later is not seen
        settled = min(self._window.end, now - HISTORY_SETTLES)
        answered = _Answered()
        for day in self._logs.days():
            answered.begins(day)
            fresh = [item for item in day.items if (item.uri, item.version) not in self._known]
            contents = fetched(self._logs, fresh, THREADS, stopped)
            for some in _grouped(contents):
                answered.fetched(some)
                self._count()
                self.standing.bytes += sum(len(data) for _, data in some if isinstance(data, bytes))
                got = any(isinstance(data, bytes) for _, data in some)
                yield Delivery(some, reached=self._reached if got else None)
                self._known |= {
                    (item.uri, item.version) for item, got in some if isinstance(got, bytes)
                }
            if stopped():
                return
            start = day_start(day.day)
            covered_now = list(self._covered(answered, start, settled))
            yield Delivery(self._refused(day.refused), covered_now)
            self.standing.share = self._share(start)
            self._count()
        yield Delivery(self._refused(self._logs.layout.refused))
        self.standing.share = 1.0

    def _count(self) -> None:
        self.standing.requests = self._logs.usage.requests.total()
        self.standing.cost = self._logs.usage.cost()

    def _share(self, day: int) -> float | None:
        """Return how much of the wanted time lies after a day began; None with an open end."""
        window = self._window
        if not window.start:
            return None
        end = min(window.end, self._clock())
        return (end - max(day, window.start)) / max(1, end - window.start)

    def renew(self) -> None:
        """Read the credentials anew, unless another stream did."""
        if self._account:
            self._account.renew(self._client)

    def _refused(self, refused: Sequence[tuple[str, str]]) -> list[Delivered]:
        """Return prefixes that could not be listed as files that could not be read."""
        place = f"s3://{self._logs.name}/"
        return [(LogObject(place + prefix, "s3", 0), reason) for prefix, reason in refused]

    def _covered(self, answered: _Answered, start: int, settled: int) -> Iterator[Covered]:
        """Yield what is covered now that a day is stored, folder by folder."""
        span = Span(max(start, self._window.start), min(answered.until(start), settled))
        refused = [prefix for prefix, _ in self._logs.layout.refused]
        for folder in (found.folder for found in self._logs.layout.found):
            if any(prefix.startswith(folder.path()) for prefix in refused):
                continue
            for part in missing(span, answered.lacking(folder)):
                yield Covered(Scope("s3", folder.account, folder.region, str(folder.kind)), part)


class _Answered:
    """Which time the days read so far stand for, newest first, and where files are lacking.

    Events reach the bucket up to LATE after they happened and SLOT before the time in a name, so a
    file that cannot be had leaves a hole that may reach into the day before.
    """

    def __init__(self) -> None:
        self._holes: dict[str, list[Span]] = {}
        """By the path of the folder."""
        self._below: int | None = None
        self._refused: list[tuple[str, Span]] = []

    def begins(self, day: ListedDay) -> None:
        """Note which prefixes of a day could not be listed."""
        start = day_start(day.day)
        whole = Span(start - LATE, start + DAY)
        self._refused += [(prefix, whole) for prefix, _ in day.refused]

    def fetched(self, contents: Sequence[Delivered]) -> None:
        """Note which files could not be read."""
        for item, content in contents:
            key = parse_key(item.uri.split("/", 3)[3])
            if key is None or isinstance(content, bytes):
                continue
            start = day_start(key.day)
            hole = Span(start - LATE, start + DAY)
            if key.stamp is not None:
                hole = Span(key.stamp - LATE, key.stamp + SLOT)
            self._holes.setdefault(key.folder.path(), []).append(hole)

    def until(self, start: int) -> int:
        """Return up to when a day stands: to the day read before, as those between hold nothing."""
        below = start + DAY if self._below is None else self._below
        self._below = start
        return below

    def lacking(self, folder: Folder) -> list[Span]:
        """Return where files of a folder are lacking."""
        path = folder.path()
        refused = [span for prefix, span in self._refused if prefix.startswith(path)]
        return [*self._holes.get(path, ()), *refused]


def _grouped(contents: Iterator[Delivered]) -> Iterator[list[Delivered]]:
    """Yield contents in deliveries; what came before an error is handed on before it is raised."""
    group: list[Delivered] = []
    size = 0
    try:
        for each in contents:
            group.append(each)
            size += len(each[1])
            if len(group) == _TOGETHER or size >= _BYTES_TOGETHER:
                yield group
                group, size = [], 0
    except SourceError:
        if group:
            yield group
        raise
    if group:
        yield group
