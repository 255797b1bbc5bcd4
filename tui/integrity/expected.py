"""Where a digest ought to be, from where another one of its chain is.

Owns one rule of the key grammar: the end of the hour stands twice in the place of a digest, as
folders of its day and as the stamp in its name, and all else stays the same.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tui.deriving.times import event_time

_PLACE = re.compile(
    r"(?P<before>.*?)(?P<day>[0-9]{4}/[0-9]{2}/[0-9]{2}/)?(?P<name>[^/]*_)"
    r"(?P<stamp>[0-9]{8}T[0-9]{6}Z)(?P<after>(?:_backfill)?\.json\.gz)",
    re.DOTALL,
)


def expected_uri(sibling: str, end: int) -> str:
    """Return the place of the digest of the hour that ends then, in ms since 1970 UTC.

    `sibling` is the place of any digest of the same chain; what is none is returned as it is.
    """
    found = _PLACE.fullmatch(sibling)
    if found is None:
        return sibling
    moment = datetime.fromtimestamp(end / 1000, UTC)
    day = f"{moment:%Y/%m/%d}/" if found["day"] else ""
    return f"{found['before']}{day}{found['name']}{moment:%Y%m%dT%H%M%SZ}{found['after']}"


def stamp_of(uri: str) -> int | None:
    """Return the end of the hour in the place of a digest, in ms since 1970 UTC, or None."""
    found = _PLACE.fullmatch(uri)
    return event_time(found["stamp"]) if found else None
