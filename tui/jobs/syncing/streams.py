"""Event history as a stream of a sync: one account, region and kind.

It knows what a delivery covers. That is all the memory of a sync there is: what is missing of the
wanted time is asked for again, and nothing else.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.spans import length, merged, missing, within
from tui.domain.syncing import Standing
from tui.jobs.syncing.sync import Delivery
from tui.sources.aws.allowed import first_allowed
from tui.sources.aws.history import INSIGHT, history_pages, insights_data_pages
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.pages import Page
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client

DAY = 86_400_000
HISTORY_DAYS = 90
"""How far back event history goes (LookupEvents, API reference)."""
_SECOND = 1000
"""What event history's times are exact to: the oldest second of a page may go on in the next."""


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
        trail: str | None = None,
    ) -> None:
        """Streams of one account and region share a pacer: AWS limits them together.

        More accounts may be added to `accounts`: those of other profiles, where this one may not.

        With the ARN of a `trail`, it is that trail's Insights on data events, which have a limit
        of their own.

        The clock returns ms since 1970 UTC; without one, AWS's own is read.
        """
        self.standing = Standing(scope)
        self.accounts = deque((account,))
        self._window = window
        self._pacer = pacer
        self._trail = trail
        self._clock = clock or account.clock
        self._client: Client | None = None

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield the missing pages, newest first; raises SourceError."""
        return first_allowed(self.accounts, lambda: self._missing(covered, stopped))

    def _missing(self, covered: Sequence[Span], stopped: Callable[[], bool]) -> Iterator[Delivery]:
        scope = self.standing.scope
        client = self._client = self.accounts[0].client("cloudtrail", scope.region, paced=True)
        now = self._clock()  # once: what comes while pages are read is asked for the next time
        window = Span(max(self._window.start, now - HISTORY_DAYS * DAY), min(self._window.end, now))
        done = within(window, covered)
        for gap in reversed(list(missing(window, covered))):
            settled = min(gap.end, now - HISTORY_SETTLES)
            for page in self._pages(client, gap, stopped):
                self.standing.requests += 1
                self.standing.bytes += len(page.body)
                bottom = gap.end if page.oldest is None else page.oldest + _SECOND
                yield self._delivery([(page.item, page.body)], Span(bottom, settled), window, done)
            if not stopped():
                yield self._delivery([], Span(gap.start, settled), window, done)

    def _pages(self, client: Client, gap: Span, stopped: Callable[[], bool]) -> Iterator[Page]:
        scope = self.standing.scope
        profile = self.accounts[0].profile
        span = (gap.start, gap.end)
        if self._trail:
            return insights_data_pages(
                *(client, scope, self._trail, *span),
                pacer=self._pacer,
                cancelled=stopped,
                profile=profile,
            )
        return history_pages(
            *(client, scope, *span, INSIGHT if scope.kind == INSIGHT else None),
            pacer=self._pacer,
            cancelled=stopped,
            profile=profile,
        )

    def renew(self) -> None:
        """Read the credentials anew, unless another stream did."""
        self.accounts[0].renew(self._client)

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
