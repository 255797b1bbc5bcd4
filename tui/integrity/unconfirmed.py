"""Events that AWS's history tells of, and that a trail logs and never delivered.

Owns when that can be said: the digest of an event's hour and those after it are what AWS signed,
every log file of theirs is as delivered and was read, and the trail is known to have logged such
events at that time. Where the last is not known, the event is counted and nothing is said of it.

Sources: CloudTrail user guide, "Working with CloudTrail event history" (trails and selectors do not
affect it), "How CloudTrail works" (delivery takes 5 minutes on average, which is not guaranteed).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Finding, Kind, Stream
from tui.domain.selection import Admitted, Selection, Unseen
from tui.domain.spans import merged

LATE = 2 * HOUR
"""ms after the hour of an event in which all that was delivered has to be known."""


class Weighed(NamedTuple):
    """What it means that no log file has some events; these are told by their numbers."""

    findings: tuple[Finding, ...] = ()
    lacking: frozenset[int] = frozenset()
    """What findings are about."""
    unknown: frozenset[int] = frozenset()
    """Whether the trail logs them is not known."""
    unselected: frozenset[int] = frozenset()
    """The trail does not log them, by its selectors."""


def weigh(
    events: Iterable[Unseen], hours: Iterable[Span], selection: Selection, stream: Stream
) -> Weighed:
    """Weigh events of one account and region that no log file has.

    `hours` are those of digests of which everything is verified and was read. An event outside of
    them, or too near to the end of a row of them, is in none of the answers.
    """
    settled = _settled(hours)
    lacking: dict[Span, list[int]] = {}
    others: dict[bool | None, set[int]] = {None: set(), False: set()}
    for each in events:
        hour = _hour_of(each.time, settled)
        if hour is None:
            continue
        logged = selection.logs(each.source, each.read_only, each.time)
        if logged:
            lacking.setdefault(hour, []).append(each.number)
        else:
            others[logged].add(each.number)
    return Weighed(
        tuple(_finding(hour, len(some), selection, stream) for hour, some in lacking.items()),
        frozenset(number for some in lacking.values() for number in some),
        frozenset(others[None]),
        frozenset(others[False]),
    )


def filter_text(span: Span, selection: Selection, account: str, region: str) -> str:
    """Return the filter that finds the events of an hour that a trail ought to have delivered."""
    selected = [_clause(each) for each in selection.admitted]
    clause = "" if "" in selected else " OR ".join(selected)
    terms = (
        f"file:history://{account}/{region}/management*",
        "verified:no",
        f"time:>={_iso(span.start)}",
        f"time:<{_iso(span.end)}",
        f"({clause})" if len(selected) > 1 and clause else clause,
    )
    return " ".join(term for term in terms if term)


def _settled(hours: Iterable[Span]) -> list[Span]:
    """Return the hours after which everything is known for long enough, earliest first."""
    every = sorted(hours)
    rows = merged(every)
    return [
        hour
        for hour in every
        if any(row.start <= hour.start and hour.end + LATE <= row.end for row in rows)
    ]


def _hour_of(time: int, hours: list[Span]) -> Span | None:
    at = bisect_right(hours, time, key=lambda hour: hour.start) - 1
    return hours[at] if at >= 0 and time < hours[at].end else None


def _finding(hour: Span, count: int, selection: Selection, stream: Stream) -> Finding:
    span = Span(max(hour.start, selection.since or 0), hour.end)
    events, are = ("1 event", "is") if count == 1 else (f"{count:,} events", "are")
    told = (
        f"{events} of event history {are} in no log file, though the trail logs such events, and "
        "all that it delivered then and for two hours on is verified. See what they are, and "
        "whether the trail was changed; AWS forgets them after 90 days."
    )
    return Finding(
        Kind.EVENT_UNCONFIRMED,
        filter_text(span, selection, stream.account, stream.region),
        told,
        stream.account,
        stream.region,
        *span,
        trail=stream.trail,
        events=count,
    )


def _clause(admitted: Admitted) -> str:
    """Return what of the filter language asks for the events that a selector lets through."""
    kinds = "" if admitted.reads and admitted.writes else f"readonly:{str(admitted.reads).lower()}"
    sources = f"-eventsource:={','.join(admitted.excluded)}" if admitted.excluded else ""
    return f"{kinds} {sources}".strip()


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
