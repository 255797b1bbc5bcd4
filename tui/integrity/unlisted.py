"""Log files that no digest names although one ought to.

Owns when a log file is expected to be named: once the hours around the slot in its name are all
covered by valid digests. Names of slots are labels, not times of writing: files were seen written
five minutes before their slot and minutes after it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Finding, Kind, Stream
from tui.domain.spans import merged

_DAY = 24 * HOUR
EARLY = 5 * 60_000
"""ms before its slot in which a file may be delivered."""
LATE = 15 * 60_000
"""ms after its slot until which it is delivered as a rule; what is later is in a later digest."""


class Stored(NamedTuple):
    """A log file that lies in the bucket."""

    uri: str
    slot: int
    """The delivery slot in its name, else the begin of its folder's day, in ms since 1970 UTC."""
    modified: int | None = None
    """When the object was written, in ms since 1970 UTC."""
    stamped: bool = True
    """Whether its name tells a slot; that of each file that CloudTrail delivers does."""


def unlisted(
    stored: Iterable[Stored],
    named: Container[str],
    covered: Iterable[Span],
    stream: Stream,
) -> Iterator[Finding]:
    """Yield a finding for each log file of an account and region that ought to be named and is not.

    `named` holds what any digest of that account and region names, of every trail and backfill
    included, since trails may share a folder; `covered` are the hours of the stream's valid
    digests. Files of other hours are not yet expected anywhere.
    """
    hours = merged(covered)
    for each in stored:
        if each.uri not in named and _is_expected(each, hours):
            yield Finding(
                Kind.LOG_UNLISTED,
                each.uri,
                _sentence(each, hours),
                stream.account,
                stream.region,
                each.slot,
                each.slot + EARLY,
                trail=stream.trail,
            )


def _is_expected(stored: Stored, hours: list[Span]) -> bool:
    slot = stored.slot
    if not stored.stamped:
        return any(span.start < slot + _DAY and slot < span.end for span in hours)
    return any(span.start <= slot - EARLY and slot + LATE <= span.end for span in hours)


def _sentence(each: Stored, hours: list[Span]) -> str:
    told = "No digest names this log file: it was put here by somebody else than CloudTrail"
    if not each.stamped:
        return f"{told}, whose names tell when a file was delivered."
    if each.modified is not None and hours and each.modified > hours[-1].end:
        return f"{told}, or delivered so late that only the next digest will name it."
    return f"{told}, or delivered so late that only a backfill digest will name it."
