"""What arrives while following, in figures: a minute's rate, and who and what is new."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # loading numpy takes longer than the first paint
    from tui.analysis.headlines import Headline

_MINUTE = 60.0


class Beat(NamedTuple):
    """The figures at some moment."""

    events: int = 0
    """In the last minute."""
    troubled: int = 0
    callers: tuple[str, ...] = ()
    """New ones since following began, the latest last."""
    actions: tuple[str, ...] = ()
    notable: int = 0
    """What alerted, since following began."""


class Pulse:
    """Seconds of any steady clock."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, int, int]] = deque()
        self._callers: list[str] = []
        self._actions: list[str] = []
        self._notable = 0

    def take(self, headline: Headline, now: float) -> None:
        """Take note of what arrived."""
        self._recent.append((now, headline.events, headline.troubled))
        self._callers += headline.callers
        self._actions += headline.actions
        self._notable += len(headline.notable)

    def at(self, now: float) -> Beat:
        """Return the figures."""
        while self._recent and now - self._recent[0][0] > _MINUTE:
            self._recent.popleft()
        return Beat(
            sum(events for _, events, _ in self._recent),
            sum(troubled for _, _, troubled in self._recent),
            tuple(self._callers),
            tuple(self._actions),
            self._notable,
        )
