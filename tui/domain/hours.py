"""An hour of deliveries and how well it is vouched for, as values for screens."""

from __future__ import annotations

from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.integrity import Finding, HourState, Stream
from tui.domain.words import counted


class Hour(NamedTuple):
    """An hour of one trail in one account and region."""

    stream: Stream
    span: Span
    """By the clock."""
    state: HourState = HourState.NOT_YET
    covers: Span | None = None
    """What its digest is about."""
    digest: int | None = None
    """Its number in the cache."""
    uri: str = ""
    """Of the digest."""
    named: int = 0
    """Log files that the digest names."""
    valid: int = 0
    wrong: int = 0
    findings: tuple[Finding, ...] = ()
    verdict: str = ""
    """Of the digest by itself."""


class Share(NamedTuple):
    """How much of what was asked for is verified."""

    verified: int = 0
    """Hours of a trail in an account and region."""
    asked: int = 0
    valid: int = 0
    """Log files."""
    named: int = 0

    def words(self) -> str:
        """Return it in words; nothing where nothing was asked for."""
        if not self.asked:
            return ""
        tenths = self.verified * 1000 // self.asked  # rounded down: only all of it is 100 %
        part = "100" if self.verified == self.asked else f"{tenths // 10}.{tenths % 10}"
        logs = f", {self.valid:,} of {counted(self.named, 'log file')} valid" if self.named else ""
        return f"{part} % of {counted(self.asked, 'hour')} verified{logs}"

    @property
    def whole(self) -> bool:
        """Whether all of it is verified."""
        return self.asked > 0 and (self.verified, self.valid) == (self.asked, self.named)


class LogLine(NamedTuple):
    """One log file of an hour."""

    uri: str
    verdict: str
    events: int
    """Cached events that were read from it."""
