"""The time of an event, as CloudTrail writes it.

Times that users type are read elsewhere.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
YEARS = range(1000, 9000)
_SHAPE = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d", re.ASCII)


def event_time(text: object) -> int | None:
    """Return ms since 1970 UTC for an ISO 8601 time, or None for anything else.

    Both the extended and the basic form are delivered (`2023-07-10T12:40:00Z`,
    `20230710T124000Z`), with or without a fraction. Without an offset the time is UTC; a date
    alone is no time, and neither is what lies outside `YEARS`: no range around it could be shown,
    as calendars end, and no call was made then.
    """
    if not isinstance(text, str) or not _SHAPE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment - _EPOCH) // _MILLISECOND if moment.year in YEARS else None
