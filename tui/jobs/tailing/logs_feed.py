"""Following a log group: Live Tail for what comes, FilterLogEvents for what it does not tell.

Live Tail has no memory: what came before it, between two sessions, or beyond what it tells of in a
second is asked for with FilterLogEvents. Where Live Tail is not to be had, that is all there is.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from tui.domain.objects import LogObject
from tui.domain.tailing import SETTLES, Feed, FeedKind
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.sweeps import Rhythm, Sweeps
from tui.sources.aws.allowed import first_allowed
from tui.sources.aws.logs import GroupName, LiveRefused, LogGroup, LogMessage, Session
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account

_SHORTEST, _LONGEST = 5.0, 20.0
"""Seconds between two questions where there is no Live Tail."""
_OVERLAP = 120_000
"""ms that a question between sweeps goes back behind the newest message."""
_AHEAD = 60_000
"""ms that a message may be ahead of the clock."""
_SLOW = 5_000
"""ms without us asking for an update after which Live Tail drops some (user guide: it keeps 10)."""
_SHORT = 10_000
"""A session that ends sooner was none; ms."""
_AGAIN = 600_000
"""ms until Live Tail is tried again where it was not to be had."""
_MOST_SEEN = 500_000
"""Messages remembered; one that is repeated after that is told apart by the cache."""


class LogsFeed:
    """The records that trails write into one log group."""

    def __init__(
        self,
        account: Account,
        name: GroupName,
        pacer: Pacer,
        clock: Callable[[], int] | None = None,
        rhythm: Rhythm | None = None,
        sweeps: Sweeps | None = None,
    ) -> None:
        """Build it; the clock returns ms since 1970 UTC, else AWS's own is read.

        More accounts may be added to `accounts`: those of other profiles, where this one may not.
        """
        self.feed = Feed(FeedKind.LOGS, name.account, name.region, name.name)
        self.now = clock or account.clock
        self.accounts = deque((account,))
        self._name = name
        self._pacer = pacer
        self._group = LogGroup(account, name, pacer)
        self._rhythm = rhythm or Rhythm(_SHORTEST, _LONGEST)
        self._sweeps = sweeps or Sweeps()
        self._seen: dict[bytes, None] = {}
        self._start = self._newest = 0
        self._live_after = 0
        self._note = ""

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield new messages, oldest first in each arrival; raises SourceError, Cancelled."""
        return first_allowed(self.accounts, lambda: self._arrivals(since, watch))

    def _arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        self._group = LogGroup(self.accounts[0], self._name, self._pacer)
        self._start = since
        while not watch.stopped():
            yield from self._swept(watch)
            session = self._opened() if self.now() >= self._live_after else None
            if session is None:
                yield from self._polled(watch)
                continue
            with session:
                yield from self._followed(session, watch)

    def committed(self, receipts: Sequence[str]) -> None:
        """Do nothing: there is nobody to tell."""

    def renew(self) -> None:
        """Read the credentials anew."""
        self.accounts[0].renew()

    def _opened(self) -> Session | None:
        try:
            session = self._group.live()
        except LiveRefused as error:
            self._goes_without(str(error))
            return None
        self._note = "Live Tail"
        return session

    def _goes_without(self, why: str) -> None:
        self._live_after = self.now() + _AGAIN
        self._note = f"without Live Tail, asked every few seconds ({why})"

    def _polled(self, watch: Watch) -> Iterator[Arrival]:
        """Ask until it is time to try Live Tail again."""
        while not watch.stopped() and self.now() < self._live_after:
            now = self.now()
            fresh = 0
            if self._sweeps.due(now) or watch.last(now):
                yield from self._swept(watch)
            else:
                for arrival in self._asked(max(self._start, self._newest - _OVERLAP), now, watch):
                    fresh += len(arrival.contents)
                    yield arrival
            if not watch.wait(self._rhythm.after(fresh)):
                return

    def _followed(self, session: Session, watch: Watch) -> Iterator[Arrival]:
        """Hand over what Live Tail tells; what it may have left out is asked for."""
        yield from self._swept(watch)  # what came while the session was being opened
        began = heard = self.now()
        gap = False
        for update in session.updates():
            now = self.now()
            gap = gap or update.sampled or now - heard > _SLOW
            heard = now
            yield self._arrival(update.messages, asked=None if gap else now, sampled=gap)
            if watch.stopped():
                return
            if gap and (self._sweeps.due(now) or watch.last(now)):
                yield from self._swept(watch)
                gap = False
        if self.now() - began < _SHORT:
            self._goes_without("its session ended at once")

    def _swept(self, watch: Watch) -> Iterator[Arrival]:
        now = self.now()
        yield from self._asked(self._start, now, watch)
        yield Arrival(asked=now, note=self._note)
        self._sweeps.done(now, self.now())
        self._start = max(self._start, now - 2 * SETTLES)

    def _asked(self, start: int, now: int, watch: Watch) -> Iterator[Arrival]:
        for page in self._group.messages(start, now + _AHEAD, watch.stopped):
            yield self._arrival(page)

    def _arrival(
        self, messages: Sequence[LogMessage], asked: int | None = None, *, sampled: bool = False
    ) -> Arrival:
        new = [each for each in messages if self._is_new(each.message)]
        contents = [self._delivered(new)] if new else []
        self._newest = max([self._newest, *(each.timestamp for each in new)])
        return Arrival(contents, asked=asked, sampled=sampled, note=self._note)

    def _is_new(self, message: str) -> bool:
        """Note a message; a record holds its event's id, so equal ones are one."""
        key = blake2b(message.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        return True

    def _delivered(self, messages: Sequence[LogMessage]) -> tuple[LogObject, bytes]:
        """Return messages as FilterLogEvents would list them."""
        events = [
            {
                "logStreamName": each.stream,
                "timestamp": each.timestamp,
                "ingestionTime": each.ingested,
                "message": each.message,
            }
            for each in messages
        ]
        body = json.dumps({"events": events}).encode()
        feed = self.feed
        stamp = datetime.fromtimestamp(self.now() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        uri = f"logs://{feed.account}/{feed.region}/{feed.name}/{stamp}"
        return LogObject(uri, str(feed.kind), len(body)), body
