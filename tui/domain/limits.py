"""How large and how old the cache may become, and what that took away.

Without limits nothing is ever let go. Size comes first: it takes only bytes that can be fetched
again, and leaves every row. Sizes are in bytes, times in ms since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from tui.domain.words import counted

DAY = 86_400_000


class Limits(NamedTuple):
    """What a user allows the cache; None is no limit."""

    most_bytes: int | None = None
    keep_days: int | None = None

    def __bool__(self) -> bool:
        return self != NO_LIMITS

    def cutoff(self, now: int) -> int | None:
        """Return the moment before which events are not kept."""
        return None if self.keep_days is None else now - self.keep_days * DAY


NO_LIMITS = Limits()


@dataclass(slots=True)
class Shed:
    """What the limits took away in one run."""

    bodies: int = 0
    """S3 files whose bytes were let go; their events stay."""
    body_bytes: int = 0
    files: int = 0
    """Files that were older than what is kept."""
    events: int = 0
    """Events that only they held."""
    cutoff: int | None = None
    kept_flagged: int = 0
    """Files that are older and stay, as they hold a flagged event."""
    over: int = 0
    """Bytes above the limit, if nothing more could be let go."""

    def sentences(self) -> list[str]:
        """Say it, each with what it means."""
        said = []
        if self.bodies:
            said.append(
                f"let go of the bytes of {counted(self.bodies, 'S3 log file')} "
                f"({self.body_bytes / 1e6:,.1f} MB) to stay within the size limit: their events "
                "stay, and the bytes are fetched again when a record is opened"
            )
        if self.files and self.cutoff is not None:
            day = datetime.fromtimestamp(self.cutoff / 1000, UTC)
            said.append(
                f"dropped {counted(self.files, 'file')} with {counted(self.events, 'event')} "
                f"from before {day:%Y-%m-%d %H:%M} UTC"
            )
        if self.kept_flagged:
            older = counted(self.kept_flagged, "older file")
            said.append(f"kept {older} for the sake of flagged events")
        if self.over:
            said.append(
                f"the cache is {self.over / 1e6:,.1f} MB over its size limit and nothing more can "
                "be let go: raise --max-size, or drop old events with --keep"
            )
        return said
