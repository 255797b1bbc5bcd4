"""Following event history: one account and region, asked for its newest pages again and again.

Every answer repeats what was in the one before. Only elements that were not handed over before are
passed on, each as AWS sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.tailing import SETTLES, Feed, FeedKind
from tui.errors import SourceError
from tui.jobs.feeds import Arrival, Watch
from tui.jobs.sweeps import Rhythm, Sweeps
from tui.sources.aws.history import INSIGHT, history_pages
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.pages import Page
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.decode import Delivered

_MANAGEMENT = "management"
_SHORTEST, _LONGEST = 3.0, 30.0
"""Seconds between two questions. The limit of 2 requests a second is everybody's together."""
_LOOK_BACK = 2 * SETTLES
"""ms that a sweep goes back: what is late lies before the time that is called complete."""


class _Answer(msgspec.Struct):
    """An answer with its events left as bytes."""

    Events: list[msgspec.Raw] = []


class _Listed(msgspec.Struct):
    """What tells two events of an answer apart."""

    EventId: str = ""
    EventTime: float = 0.0


_ANSWER = msgspec.json.Decoder(_Answer)
_LISTED = msgspec.json.Decoder(_Listed)


class HistoryFeed:
    """Event history of one account and region as it grows."""

    def __init__(
        self,
        account: Account,
        number: str,
        region: str,
        pacer: Pacer,
        clock: Callable[[], int] | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        """Build it for the account of that number; the clock returns ms, else AWS's own is read."""
        self.feed = Feed(FeedKind.HISTORY, number, region)
        self.now = clock or account.clock
        self._account = account
        self._pacer = pacer
        self._rhythm = rhythm or Rhythm(_SHORTEST, _LONGEST)
        self._seen: dict[str, int] = {}
        self._client: Client | None = None

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield new events, newest first in each answer; raises SourceError, Cancelled."""
        client = self._account.client("cloudtrail", self.feed.region, paced=True)
        self._client = client
        sweeps = Sweeps()
        start = since
        while not watch.stopped():
            now = self.now()
            sweeping = sweeps.due(now) or watch.last(now)
            fresh = 0
            span = Span(start, now)
            for arrival in self._asked(client, _MANAGEMENT, span, watch, sweeping=sweeping):
                fresh += len(arrival.contents)
                yield arrival
            if sweeping:
                yield from self._asked(client, INSIGHT, span, watch, sweeping=True)
                yield self._swept(span)
                sweeps.done(now, self.now())
                start = max(start, now - _LOOK_BACK)
                self._forget(start)
            if not watch.wait(self._rhythm.after(fresh)):
                return

    def committed(self, receipts: Sequence[str]) -> None:
        """Do nothing: there is nobody to tell."""

    def renew(self) -> None:
        """Read the credentials anew, unless another feed did."""
        self._account.renew(self._client)

    def _scope(self, kind: str) -> Scope:
        return Scope("history", self.feed.account, self.feed.region, kind)

    def _asked(
        self, client: Client, kind: str, span: Span, watch: Watch, *, sweeping: bool
    ) -> Iterator[Arrival]:
        """Yield what is new in a range, page by page in a sweep, else back to what is known.

        AWS answers newest first; what is handed over in one go is turned round.
        """
        category = INSIGHT if kind == INSIGHT else None
        asked = (self._scope(kind), span.start, span.end, category)
        newest = max(self._seen.values(), default=0)
        held: list[Delivered] = []
        try:
            for page in history_pages(client, *asked, pacer=self._pacer, cancelled=watch.stopped):
                new = self._new(page)
                if new:
                    body = b'{"Events":[' + b",".join(reversed(new)) + b"]}"
                    held.insert(0, (page.item._replace(size=len(body)), body))
                if sweeping:
                    yield Arrival(held)
                    held = []
                elif _is_known(page, len(new), newest):
                    break
        except SourceError:
            if held:
                yield Arrival(held)  # these are remembered as handed over
            raise
        yield Arrival(held)

    def _new(self, page: Page) -> list[bytes]:
        """Return the events of a page that were not handed over before, as AWS sent them."""
        new: list[bytes] = []
        for raw in _ANSWER.decode(page.body).Events:
            listed = _LISTED.decode(raw)
            if not listed.EventId or listed.EventId not in self._seen:
                new.append(bytes(raw))
            self._seen[listed.EventId] = int(listed.EventTime * 1000)
        return new

    def _swept(self, span: Span) -> Arrival:
        settled = span.end - SETTLES
        covered = [
            Covered(self._scope(kind), Span(span.start, settled))
            for kind in (_MANAGEMENT, INSIGHT)
            if settled > span.start
        ]
        return Arrival(covered=covered, asked=span.end)

    def _forget(self, before: int) -> None:
        """Let go of events that are not asked for any more."""
        self._seen = {key: time for key, time in self._seen.items() if time >= before - 1000}


def _is_known(page: Page, new: int, newest: int) -> bool:
    """Return whether what lies behind a page was handed over, late events left aside.

    In the second of the newest event that is known, new ones may stand anywhere.
    """
    if page.events and not new:
        return True
    return page.oldest is not None and page.oldest < newest
