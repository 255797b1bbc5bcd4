"""Following the simulated accounts: what they do from now on, handed over as it is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.tailing import SETTLES, Feed, FeedKind
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.sweeps import Sweeps
from tui.simulation.live import LiveAccounts

_EVERY = 0.25
"""Seconds between two deliveries."""


class DemoFeed:
    """Everything the simulated accounts do, as one feed."""

    feed = Feed(FeedKind.DEMO, "*", "*", "simulated accounts")

    def __init__(
        self,
        live: LiveAccounts,
        clock: Callable[[], int] | None = None,
        reaching: Callable[[int], Sequence[Scope]] = lambda _: (),
    ) -> None:
        """Build it with a clock that returns ms since 1970 UTC.

        `reaching` returns the scopes that are covered up to a moment: those it goes on covering.
        What lies before it, it does not deliver.
        """
        self._live = live
        self._clock = clock or _wall
        self._reaching = reaching

    def now(self) -> int:
        """Return the time in the simulated accounts, ms since 1970 UTC."""
        return self._clock()

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:  # noqa: ARG002
        """Yield what is delivered from now on; there was nothing before."""
        sweeps = Sweeps()
        while not watch.stopped():
            now = self._clock()
            records = [arrival.record for arrival in self._live.until(now)]
            body = b'{"Records":[%s]}' % b",".join(records)
            item = LogObject(f"demo://live/{now}", "demo", len(body), now)
            covered = self._covered(now) if sweeps.due(now) else ()
            if covered:
                sweeps.done(now, now)
            yield Arrival([(item, body)] if records else (), covered, asked=now)
            if not watch.wait(_EVERY):
                return

    def _covered(self, now: int) -> list[Covered]:
        """Return what is complete by now, as everything since the start was handed over."""
        whole = Span(self._live.start - SETTLES, now - SETTLES)
        if whole.end <= whole.start:
            return []
        return [Covered(scope, whole) for scope in self._reaching(whole.start)]

    def committed(self, receipts: Sequence[str]) -> None:
        """Take note of nothing: it delivers everything once."""

    def renew(self) -> None:
        """Take up no credentials: it needs none."""


def _wall() -> int:
    return int(time.time() * 1000)
