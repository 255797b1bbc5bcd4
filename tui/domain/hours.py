"""An hour of deliveries and how well it is vouched for, as values for screens."""

from __future__ import annotations

from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.integrity import Finding, HourState, Stream


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


class LogLine(NamedTuple):
    """One log file of an hour."""

    uri: str
    verdict: str
    events: int
    """Cached events that were read from it."""
