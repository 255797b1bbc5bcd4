"""One source of the sync: how it stands over all its runs, how fast it is, and how long it takes.

Owns the sums and the rates; which sources there are is the board's business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from tui.domain.progress import Step
from tui.domain.syncing import Phase, Standing
from tui.widgets.pace import Pace

_WHOLE = 10_000
"""Parts in which a share is counted."""


class Source(NamedTuple):
    """One source as a screen shows it."""

    standing: Standing
    rate: float | None
    """Events a second, while it runs."""
    left: float | None
    """Seconds until it is done, as far as that can be told."""
    added: str = ""
    """What the user typed to have it synced; empty for one that was found or named."""


@dataclass(slots=True)
class Line:
    """One source as it goes on, over all runs."""

    standing: Standing
    shares: Pace
    events: Pace
    before: Standing
    """The counts of earlier runs."""

    def take(self, now: float) -> None:
        """Take note of where it stands at a time, in seconds of a clock that never goes back."""
        self.events.take(Step("", self.standing.events, None, "events"), now)
        if self.standing.share is not None:  # its first value is what was covered before
            self.shares.take(self._step(), now)

    def source(self, added: str) -> Source:
        """Return it as a screen shows it; `added` is what was typed for it."""
        standing = self.sum()
        if standing.phase is not Phase.RUNNING:
            return Source(standing, None, None, added)
        left = None if standing.share is None else self.shares.left(self._step())
        return Source(standing, self.events.rate, left, added)

    def sum(self) -> Standing:
        """Return the standing, with the counts of all runs."""
        before, now = self.before, self.standing
        return replace(
            now,
            requests=before.requests + now.requests,
            bytes=before.bytes + now.bytes,
            events=before.events + now.events,
            cost=before.cost + now.cost,
        )

    def _step(self) -> Step:
        return Step("", int((self.standing.share or 0.0) * _WHOLE), _WHOLE, "%")
