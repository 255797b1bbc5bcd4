"""Events of event history that no log file of a verified time holds.

Owns that nothing is asked for until there is such an event, and what of it counts: an event that
one of several trails lacks is lacking. When that can be said is `integrity.unconfirmed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from tui.domain.answer import Span
from tui.domain.evidence import Evidence, Holding, TrailName
from tui.domain.integrity import HOUR, Finding, Stream
from tui.domain.selection import Selection, Unseen
from tui.domain.spans import merged
from tui.domain.verifying import Wanted
from tui.integrity.digest import Delivered, NoDigest, read
from tui.integrity.unconfirmed import LATE, weigh
from tui.jobs.verifying.digests import Digests
from tui.jobs.verifying.ledger import Ledger
from tui.sources.aws.keys import Kind as Folders
from tui.sources.aws.keys import parse_key
from tui.storage.unconfirmed import KnownHour


@dataclass(slots=True)
class Events:
    """What became of the events of a holding that no log file holds."""

    findings: dict[Stream, list[Finding]] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)
    """Numbers of the events that findings are about."""
    unknown: set[int] = field(default_factory=set)
    unselected: set[int] = field(default_factory=set)
    selections: dict[TrailName, Selection] = field(default_factory=dict)


class History:
    """What event history has and log files lack, and what trails select; asked for once a run."""

    def __init__(self, evidence: Evidence, ledger: Ledger, wanted: Wanted) -> None:
        self._evidence = evidence
        self._ledger = ledger
        self._wanted = wanted
        self._lock = Lock()
        self._unseen: list[Unseen] | None = None
        self._selections: dict[TrailName, Selection] = {}

    def unseen(self, account: str, region: str) -> list[Unseen]:
        """Return the events of an account and region, earliest first."""
        with self._lock:
            if self._unseen is None:
                window = self._wanted.window
                around = Span(window.start - HOUR, window.end + HOUR)
                self._unseen = self._ledger.unseen(around)
            return [
                each for each in self._unseen if (each.account, each.region) == (account, region)
            ]

    def hours(self, account: str, region: str) -> list[KnownHour]:
        """Return the trusted digests around the time that was asked for."""
        window = self._wanted.window
        around = Span(window.start, window.end + HOUR + LATE)
        trusting = self._wanted.trusting
        return self._ledger.known_hours(account, region, around, trusting=trusting)

    def selection(self, trail: TrailName) -> Selection:
        """Return what a trail logs, and since when that is known; raises CredentialsError."""
        with self._lock:
            if trail not in self._selections:
                found = self._evidence.selects(trail)
                if found.admitted and found.since is None:
                    now = self._wanted.now
                    since = self._ledger.unchanged_since(found.owner, trail, now)
                    found = found._replace(since=since)
                self._selections[trail] = found
            return self._selections[trail]


def check(history: History, holding: Holding, digests: Digests) -> Events:
    """Return what became of the events that no log file of a holding has."""
    result = Events()
    unseen = history.unseen(holding.account, holding.region)
    if not unseen:
        return result
    hours = history.hours(holding.account, holding.region)
    for stream in digests.findings:
        asked = merged(each.span for each in digests.trusted[stream])
        events = [each for each in unseen if any(_holds(span, each.time) for span in asked)]
        if stream.backfill or not events:
            continue
        trail = TrailName(stream.trail, stream.home_region)
        selection = result.selections[trail] = history.selection(trail)
        weighed = weigh(events, _whole(hours, stream), selection, stream)
        result.findings.setdefault(stream, []).extend(weighed.findings)
        result.lacking |= weighed.lacking
        result.unknown |= weighed.unknown
        result.unselected |= weighed.unselected
    result.unknown -= result.lacking
    result.unselected -= result.lacking | result.unknown
    return result


def _whole(hours: Iterable[KnownHour], stream: Stream) -> Iterator[Span]:
    """Yield the hours of a stream of which every log file is known.

    A backfill digest names what the digest of the same hour missed, so it has to be known too.
    """
    own = [each for each in hours if each.stream._replace(backfill=False) == stream]
    late = [each.span for each in own if each.stream.backfill and not _is_known(each)]
    for each in own:
        if each.stream.backfill or not _is_known(each):
            continue
        if not any(span.start < each.span.end and each.span.start < span.end for span in late):
            yield each.span


def _is_known(hour: KnownHour) -> bool:
    """Return whether all the log files that can hold management events are known."""
    try:
        named = read(Delivered("", hour.body, None)).logs
    except NoDigest:
        return False
    keys = ((log.uri, parse_key(log.key)) for log in named)
    needed = {uri for uri, key in keys if key is None or key.kind is Folders.EVENTS}
    return needed <= hour.known


def _holds(span: Span, moment: int) -> bool:
    return span.start <= moment < span.end
