"""How long AWS takes from a call to its event, by where the event is read; a table."""

from __future__ import annotations

from typing import NamedTuple

from tui.domain.tailing import FeedKind

_MINUTE = 60_000


class Latency(NamedTuple):
    """What to expect, in ms; AWS promises neither."""

    usual: int
    most: int


LATENCY = {
    # CloudTrail user guide: files and logs come about 5 minutes after the call on average; for
    # event history no figure is given, and 15 minutes are what tools allow for.
    FeedKind.HISTORY: Latency(5 * _MINUTE, 15 * _MINUTE),
    FeedKind.S3: Latency(6 * _MINUTE, 15 * _MINUTE),
    FeedKind.LOGS: Latency(5 * _MINUTE, 15 * _MINUTE),
    # Through EventBridge seconds to a few minutes, by notification of a file as S3.
    FeedKind.SQS: Latency(2 * _MINUTE, 15 * _MINUTE),
    FeedKind.DEMO: Latency(2_000, 25 * _MINUTE),
}
"""By the kind of feed."""


def soonest(kinds: frozenset[FeedKind]) -> Latency:
    """Return what to expect where several are followed: the first to tell counts."""
    return min((LATENCY[kind] for kind in kinds), default=LATENCY[FeedKind.HISTORY])
