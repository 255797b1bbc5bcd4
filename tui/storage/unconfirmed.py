"""Events that AWS's history tells of and that no log file holds, though it ought to.

Owns when that can be said: the hours of delivery around an event are covered by valid digests, and
every log file they name was valid and is in the cache, so that all that was delivered is known.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.spans import merged

LATE = 60 * 60_000
"""ms after an event in which its log file is looked for; 5 minutes are usual, 15 promised."""
_WHOLE = """
SELECT account, region, start, "end" FROM digest
WHERE verdict = 'valid' AND NOT backfill AND start IS NOT NULL AND "end" > ? AND start < ?
AND NOT EXISTS (
    SELECT 1 FROM log WHERE log.digest = digest.id AND (log.verdict != 'valid' OR NOT EXISTS (
        SELECT 1 FROM file WHERE file.uri = log.uri AND file.sha256 != x'')))
"""
_ONLY_IN_HISTORY = """
SELECT number, account, region, time_ms FROM event JOIN file ON file.id = event.file
WHERE file.source = 'history' AND time_ms >= ? AND time_ms < ? AND category IS NOT 'Insight'
AND NOT EXISTS (
    SELECT 1 FROM sighting JOIN file AS seen ON seen.id = sighting.file
    WHERE sighting.fact = event.number AND seen.source != 'history')
"""


class Unconfirmed(NamedTuple):
    """An event that only the history has."""

    number: int
    account: str
    region: str
    time: int
    """ms since 1970 UTC."""


def unconfirmed(connection: sqlite3.Connection, window: Span) -> list[Unconfirmed]:
    """Return such events of a window, in no order."""
    hours: dict[tuple[str, str], list[Span]] = {}
    for account, region, start, end in connection.execute(_WHOLE, window):
        hours.setdefault((account, region), []).append(Span(start, end))
    known = {place: merged(spans) for place, spans in hours.items()}
    if not known:
        return []
    first = min(spans[0].start for spans in known.values())
    last = max(spans[-1].end for spans in known.values()) - LATE
    events = (Unconfirmed(*row) for row in connection.execute(_ONLY_IN_HISTORY, (first, last)))
    return [
        each
        for each in events
        if any(
            span.start <= each.time and each.time + LATE <= span.end
            for span in known.get((each.account, each.region), ())
        )
    ]
