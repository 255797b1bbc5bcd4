"""The streams a sync can run: event history of one region, log files of one bucket.

Each knows what a delivery covers. That is all the memory of a sync there is: what is missing of the
wanted time is asked for again, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.spans import length, merged, missing, within
from tui.domain.syncing import Standing
from tui.jobs.sync import Delivery
from tui.sources.aws.bucket import THREADS, BucketLogs
from tui.sources.aws.download import fetched
from tui.sources.aws.history import INSIGHT, history_pages
from tui.sources.aws.keys import day_start
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.sources.decode import Delivered

DAY = 86_400_000
HISTORY_DAYS = 90
"""How far back event history goes (LookupEvents, API reference)."""
_SECOND = 1000
"""What event history's times are exact to: the oldest second of a page may go on in the next."""
_TOGETHER = 100
"""Log files in one delivery."""


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
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """Streams of one account and region share a pacer: AWS limits them together."""
        self.standing = Standing(scope)
        self._account = account
        self._window = window
        self._pacer = pacer
        self._clock = clock

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield the missing pages, newest first; raises SourceError."""
        scope = self.standing.scope
        oldest = self._clock() - HISTORY_DAYS * DAY
        window = Span(max(self._window.start, oldest), min(self._window.end, self._clock()))
        client = self._account.client("cloudtrail", scope.region, paced=True)
        done = within(window, covered)
        for gap in reversed(list(missing(window, covered))):
            settled = min(gap.end, self._clock() - HISTORY_SETTLES)
            category = INSIGHT if scope.kind == INSIGHT else None
            asked = (scope, gap.start, gap.end, category)
            for page in history_pages(client, *asked, pacer=self._pacer, cancelled=stopped):
                self.standing.requests += 1
                self.standing.bytes += len(page.body)
                self.standing.events += page.events
                bottom = gap.end if page.oldest is None else page.oldest + _SECOND
                yield self._delivery([(page.item, page.body)], Span(bottom, settled), window, done)
            if not stopped():
                yield self._delivery([], Span(gap.start, settled), window, done)

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
    ) -> None:
        self.standing = Standing(Scope("s3", location, "*", "*"))
        self._logs = logs
        self._window = window
        self._known = known
        self._clock = clock

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield what the cache does not have, newest day first; raises SourceError.

        Folders are always listed anew: late files are delivered into old ones. What is there and
        was not changed is not fetched again.
        """
        del covered
        for day in self._logs.days():
            fresh = [item for item in day.items if (item.uri, item.version) not in self._known]
            contents = fetched(self._logs, fresh, THREADS, stopped)
            while some := list(islice(contents, _TOGETHER)):
                self.standing.requests = self._logs.usage.requests.total()
                self.standing.bytes += sum(len(data) for _, data in some if isinstance(data, bytes))
                yield Delivery(some)
            if stopped():
                return
            start = day_start(day.day)
            refused = [prefix for prefix, _ in day.refused]
            covered_now = list(self._covered(Span(start, start + DAY), refused))
            yield Delivery(self._refused(day.refused), covered_now)
            self.standing.requests = self._logs.usage.requests.total()
        yield Delivery(self._refused(self._logs.layout.refused))
        self.standing.share = 1.0

    def _refused(self, refused: Sequence[tuple[str, str]]) -> list[Delivered]:
        """Return prefixes that could not be listed as files that could not be read."""
        place = f"s3://{self._logs.name}/"
        return [(LogObject(place + prefix, "s3", 0), reason) for prefix, reason in refused]

    def _covered(self, day: Span, refused: Sequence[str]) -> Iterator[Covered]:
        settled = min(day.end, self._window.end, self._clock() - HISTORY_SETTLES)
        span = Span(max(day.start, self._window.start), settled)
        if span.end <= span.start:
            return
        for folder in (found.folder for found in self._logs.layout.found):
            if not any(prefix.startswith(folder.path()) for prefix in refused):
                yield Covered(Scope("s3", folder.account, folder.region, str(folder.kind)), span)
