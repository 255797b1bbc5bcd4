"""What it takes to say that event history has an event that no log file holds.

Owns which events only the history has, which log files were verified and read, and since when no
change of a trail is known. What follows from it is `integrity.unconfirmed`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.coverage import RECENTLY, Scope
from tui.domain.integrity import Stream
from tui.domain.selection import Unseen
from tui.storage import covering

_TAKES_EFFECT = 60 * 60_000
"""ms after a change of a trail until it is taken to hold everywhere; AWS documents no figure."""
_ONLY_IN_HISTORY = """
SELECT fact.id, place.account, place.region, fact.time, call.source, call.read_only
FROM file JOIN fact ON fact.file = file.id
JOIN who ON who.id = fact.who JOIN place ON place.id = who.place
JOIN what ON what.id = fact.what JOIN call ON call.id = what.call
WHERE file.source = 'history' AND fact.time >= ? AND fact.time < ?
AND file.uri LIKE 'history://' || place.account || '/' || place.region || '/management%'
AND (call.category IS NULL OR call.category = 'Management') AND typeof(fact.event_id) = 'blob'
AND NOT EXISTS (
    SELECT 1 FROM sighting JOIN file AS seen ON seen.id = sighting.file
    WHERE sighting.fact = fact.id AND seen.source IN ('s3', 'local', 'demo'))
ORDER BY fact.time, fact.id
"""
_DIGESTS = """
SELECT id, trail, home, backfill, start, "end", body FROM digest
WHERE trusted AND start IS NOT NULL AND account = ? AND region = ? AND "end" > ? AND start < ?
ORDER BY start, id
"""
_VALID = "SELECT uri FROM log WHERE digest = ? AND verdict = 'valid'"
_READ = (
    f"{_VALID} AND EXISTS (SELECT 1 FROM log_bytes JOIN file ON file.sha256 = log_bytes.sha256 "
    "WHERE log_bytes.log = log.id AND log_bytes.verdict = 'valid' AND file.skipped = 0)"
)
_LAST_CHANGE = """
SELECT max(fact.time) FROM fact
JOIN who ON who.id = fact.who JOIN place ON place.id = who.place
JOIN what ON what.id = fact.what JOIN call ON call.id = what.call
JOIN outcome ON outcome.id = what.outcome
WHERE call.source = 'cloudtrail.amazonaws.com' AND outcome.error IS NULL AND call.action IN (
    'CreateTrail', 'DeleteTrail', 'PutEventSelectors', 'StartLogging', 'StopLogging', 'UpdateTrail')
AND place.account = ? AND place.region = ? AND (fact.resources = 0 OR EXISTS (
    SELECT 1 FROM resources JOIN resource ON resource.id = resources.resource
    WHERE resources.id = fact.resources
    AND (resource.name = ? OR resource.name LIKE '%:trail/' || ?)))
"""


class KnownHour(NamedTuple):
    """A trusted digest, and which of the log files it may name are known."""

    stream: Stream
    span: Span
    body: bytes
    """As stored."""
    known: frozenset[str]
    """URIs of log files that are as delivered and whose events are in the cache."""


def unseen(connection: sqlite3.Connection, window: Span) -> list[Unseen]:
    """Return the management events of a window that only event history has, earliest first."""
    return [Unseen(*row) for row in connection.execute(_ONLY_IN_HISTORY, window)]


def known_hours(
    connection: sqlite3.Connection, account: str, region: str, window: Span, *, trusting: bool
) -> Iterator[KnownHour]:
    """Yield the trusted digests that touch a window; `trusting` takes unread log files for read."""
    query = _VALID if trusting else _READ
    place = (account, region)
    for row in connection.execute(_DIGESTS, (*place, *window)).fetchall():
        number, trail, home, backfill, start, end, body = row
        known = frozenset(uri for (uri,) in connection.execute(query, (number,)))
        yield KnownHour(Stream(trail, home, *place, bool(backfill)), Span(start, end), body, known)


def unchanged_since(
    connection: sqlite3.Connection, owner: str, home: str, trail: str, now: int
) -> int | None:
    """Return since when a trail is what it is now, ms since 1970 UTC; None if that is not known.

    Changes are management events of the owner's account in the home Region. Only event history is
    sure to have them, as what log files have is up to the trail.
    """
    spans = covering.spans(connection, Scope("history", owner, home, "management"))
    recent = now - RECENTLY
    whole = next((each for each in spans if each.start <= recent < each.end), None)
    if whole is None:
        return None
    changed = connection.execute(_LAST_CHANGE, (owner, home, trail, trail)).fetchone()[0]
    return whole.start if changed is None else max(whole.start, int(changed) + _TAKES_EFFECT)
