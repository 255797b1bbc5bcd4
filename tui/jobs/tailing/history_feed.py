"""Following event history: one account and region, asked for its newest pages again and again.

Every answer repeats what was in the one before. Only elements that were not handed over before are
passed on, each as AWS sent it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.tailing import SETTLES, Feed, FeedKind
from tui.errors import SourceError
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.sweeps import Rhythm, Sweeps
from tui.sources.aws.allowed import first_allowed
from tui.sources.aws.history import INSIGHT, history_pages
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.pages import Page
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.decode import Delivered

_MANAGEMENT = "management"
_SHORTEST, _LONGEST = 3.0, 30.0
"""Seconds between two questions. The limit of 2 requests a second is everybody's together."""
_LOOK_BACK = SETTLES + 5 * 60_000
"""ms that a sweep goes back: what is late lies before the time that is called complete."""
_PORTION = 20
"""Pages after which a sweep lets a question for the newest events through: ten seconds."""


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
        """Build it for the account of that number; the clock returns ms, else AWS's own is read.

        More accounts may be added to `accounts`: those of other profiles, where this one may not.
        """
        self.feed = Feed(FeedKind.HISTORY, number, region)
        self.now = clock or account.clock
        self.accounts = deque((account,))
        self._pacer = pacer
        self._rhythm = rhythm or Rhythm(_SHORTEST, _LONGEST)
        self._seen: dict[str, int] = {}
        self._client: Client | None = None

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield new events as AWS lists them; raises SourceError, Cancelled."""
        return first_allowed(self.accounts, lambda: self._arrivals(since, watch))

    def _arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        client = self.accounts[0].client("cloudtrail", self.feed.region, paced=True)
        self._client = client
        sweeps = Sweeps()
        start, began = since, None
        sweep: Iterator[Arrival] = iter(())
        while not watch.stopped():
            now, fresh = self.now(), 0
            if began is None and (sweeps.due(now) or watch.last(now)):
                sweep, began = self._sweep(client, Span(start, now), watch), now
            else:
                for arrival in self._recent(client, Span(start, now), watch):
                    fresh += len(arrival.contents)
                    yield arrival
            for arrival in islice(sweep, _PORTION):
                yield arrival
                if arrival.asked is not None and began is not None:
                    sweeps.done(began, self.now())
                    start, began = max(start, began - _LOOK_BACK), None
            if began is None and not watch.wait(self._rhythm.after(fresh)):
                return

    def committed(self, receipts: Sequence[str]) -> None:
        """Do nothing: there is nobody to tell."""

    def renew(self) -> None:
        """Read the credentials anew, unless another feed did."""
        self.accounts[0].renew(self._client)

    def _scope(self, kind: str) -> Scope:
        return Scope("history", self.feed.account, self.feed.region, kind)

    def _recent(self, client: Client, span: Span, watch: Watch) -> Iterator[Arrival]:
        """Yield what is new, back to what is known or as far as a few questions reach.

        AWS answers newest first; what is handed over in one go is turned round.
        """
        newest = max(self._seen.values(), default=0)
        held: list[Delivered] = []
        try:
            for page in islice(self._pages(client, _MANAGEMENT, span, watch), _PORTION):
                new = self._new(page)
                held[:0] = _delivered(page, new)
                if _is_known(page, len(new), newest):
                    break
        except SourceError:
            if held:
                yield Arrival(held)  # these are remembered as handed over
            raise
        yield Arrival(held)

    def _sweep(self, client: Client, span: Span, watch: Watch) -> Iterator[Arrival]:
        """Yield all that is new in a range, page by page, and in the end that this was all."""
        for kind in (_MANAGEMENT, INSIGHT):
            for page in self._pages(client, kind, span, watch):
                yield Arrival(_delivered(page, self._new(page)))
        settled = Span(span.start, span.end - SETTLES)
        kinds = (_MANAGEMENT, INSIGHT) if settled.end > settled.start else ()
        self._forget(span.end - _LOOK_BACK)
        yield Arrival(
            covered=[Covered(self._scope(kind), settled) for kind in kinds], asked=span.end
        )

    def _pages(self, client: Client, kind: str, span: Span, watch: Watch) -> Iterator[Page]:
        category = INSIGHT if kind == INSIGHT else None
        asked = (self._scope(kind), span.start, span.end, category)
        profile, stopped = self.accounts[0].profile, watch.stopped
        return history_pages(client, *asked, pacer=self._pacer, cancelled=stopped, profile=profile)

    def _new(self, page: Page) -> list[bytes]:
        """Return the events of a page that were not handed over before, as AWS sent them."""
        new: list[bytes] = []
        for raw in _ANSWER.decode(page.body).Events:
            listed = _LISTED.decode(raw)
            if not listed.EventId or listed.EventId not in self._seen:
                new.append(bytes(raw))
            self._seen[listed.EventId] = int(listed.EventTime * 1000)
        return new

    def _forget(self, before: int) -> None:
        """Let go of events that are not asked for any more."""
        self._seen = {key: time for key, time in self._seen.items() if time >= before - 1000}


def _delivered(page: Page, new: list[bytes]) -> list[Delivered]:
    """Return the new events of a page, oldest first; each is as AWS sent it."""
    if not new:
        return []
    body = b'{"Events":[' + b",".join(reversed(new)) + b"]}"
    return [(page.item._replace(size=len(body)), body)]


def _is_known(page: Page, new: int, newest: int) -> bool:
    """Return whether what lies behind a page was handed over, late events left aside.

    In the second of the newest event that is known, new ones may stand anywhere.
    """
    if page.events and not new:
        return True
    return page.oldest is not None and page.oldest < newest
