"""A mark in time: only what somebody did after it is wanted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

_SECOND = 1_000


class Mark(NamedTuple):
    """The moment, and whose events are wanted after it."""

    at: int
    """ms since 1970 UTC."""
    who: str
    """A filter, as typed."""

    @property
    def filter(self) -> str:
        """The filter for what is wanted. CloudTrail's times have whole seconds."""
        second = datetime.fromtimestamp(self.at // _SECOND, UTC)
        when = f"time:>={second:%Y-%m-%dT%H:%M:%SZ}"
        return f"({self.who}) {when}" if " " in self.who else f"{self.who} {when}".strip()
