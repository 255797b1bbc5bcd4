"""How well each hour of each trail, account and region is vouched for, as far as was verified.

Owns how digests, the verdicts of their log files and findings become the state of an hour. Hours
are those of the clock; a digest belongs to the one in which its own hour begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.domain.answer import Span
from tui.domain.digests import VALID
from tui.domain.hours import Hour, LogLine
from tui.domain.integrity import HOUR, Finding, HourState, Kind, Stream
from tui.integrity.digest import Delivered, NoDigest, read
from tui.storage import hours, verdicts
from tui.storage.cache import Cache

MOST = 400 * 24
"""Hours shown at most: those before are told by `trailhound verify`."""
_GAPS = {
    Kind.DIGEST_MISSING: HourState.GAP,
    Kind.CHAIN_GAP: HourState.GAP,
    Kind.DIGEST_OVERDUE: HourState.OVERDUE,
}
_GRAVITY = (
    HourState.NOT_YET,
    HourState.VERIFIED,
    HourState.PARTIAL,
    HourState.OVERDUE,
    HourState.GAP,
    HourState.INVALID,
)
"""Of several things that are true of an hour, the last one here is its state."""


def strips(cache: Cache, now: int) -> list[list[Hour]]:
    """Return the hours of each stream, oldest first; all of the same hours, up to now."""
    with cache.connection() as connection:
        digests = list(hours.digests(connection))
        findings = verdicts.findings(connection)
    known: dict[Stream, dict[int, Hour]] = {}
    for digest in digests:
        hour = _judged(digest)
        row = known.setdefault(hour.stream, {})
        slot = hour.span.start // HOUR
        row[slot] = _worse(row[slot], hour) if slot in row else hour
    for finding in findings:
        for stream in _streams(finding, known):
            for slot in _slots(finding):
                row = known[stream]
                row[slot] = _with(row.get(slot) or _empty(stream, slot), finding)
    if not known:
        return []
    slots = [slot for row in known.values() for slot in row]
    last = max(now // HOUR, *slots)
    first = max(min(slots), last - MOST)
    return [
        [row.get(slot) or _empty(stream, slot) for slot in range(first, last + 1)]
        for stream, row in sorted(known.items())
    ]


def log_files(cache: Cache, hour: Hour) -> list[LogLine]:
    """Return the log files of an hour: what its digest names, and what none names."""
    with cache.connection() as connection:
        rows = hours.logs(connection, hour.digest) if hour.digest else []
        found = [LogLine(row.uri, row.verdict, row.events) for row in rows]
        known = {line.uri for line in found}
        alone = [
            LogLine(each.object, each.kind, hours.events_of(connection, each.object))
            for each in hour.findings
            if each.kind is Kind.LOG_UNLISTED and each.object not in known
        ]
    return [*alone, *found]


def _judged(digest: hours.DigestRow) -> Hour:
    start = digest.end - HOUR if digest.start is None else digest.start
    named = _named(digest)
    if digest.wrong or digest.verdict not in (VALID, "unsigned"):
        state = HourState.INVALID
    elif digest.verdict == VALID and digest.valid == named:
        state = HourState.VERIFIED
    else:
        state = HourState.PARTIAL
    counts = (named, digest.valid, digest.wrong)
    slot, covers = _clock(start // HOUR), Span(start, digest.end)
    place = (digest.number, digest.uri)
    return Hour(digest.stream, slot, state, covers, *place, *counts, verdict=digest.verdict)


def _named(digest: hours.DigestRow) -> int:
    """Return how many log files a digest names, those included that were never looked at."""
    try:
        return len(read(Delivered(digest.uri, digest.body, None)).logs)
    except NoDigest:
        return 0


def _empty(stream: Stream, slot: int) -> Hour:
    return Hour(stream, _clock(slot))


def _clock(slot: int) -> Span:
    return Span(slot * HOUR, (slot + 1) * HOUR)


def _with(hour: Hour, finding: Finding) -> Hour:
    found = _GAPS.get(finding.kind, HourState.INVALID)
    return hour._replace(
        state=max(hour.state, found, key=_GRAVITY.index), findings=(*hour.findings, finding)
    )


def _worse(one: Hour, other: Hour) -> Hour:
    return max(one, other, key=lambda hour: _GRAVITY.index(hour.state))


def _slots(finding: Finding) -> Iterator[int]:
    """Yield the hours a finding is about; at least one."""
    count = max(1, min(round((finding.end - finding.start) / HOUR), MOST))
    first = finding.start // HOUR
    return iter(range(first, first + count))


def _streams(finding: Finding, known: Iterable[Stream]) -> list[Stream]:
    """Return the strips of a finding's trail; backfill where it says so."""
    here = [
        stream
        for stream in known
        if (stream.trail, stream.account, stream.region)
        == (finding.trail, finding.account, finding.region)
    ]
    late = "_backfill." in finding.object
    return [stream for stream in here if stream.backfill == late] or here[:1]
