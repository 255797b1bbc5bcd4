"""What the cache covers, for commands and screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui.domain.answer import Histogram, Span
from tui.domain.coverage import Cell, Scope, State, cells, places
from tui.domain.strip import Strip, strip
from tui.storage import covering
from tui.storage.cache import Cache

DAY = 86_400_000
EVERY_REGION = "*"
"""The region of a failure that concerns a whole bucket."""
_MOST_DAYS = 400
_WELL = (State.SYNCED, State.RECENT, State.UNLOGGED)


def coverage(cache: Cache, window: Span, step: int, now: int) -> list[Cell]:
    """Return a cell for each account, region and `step` ms of a window, newest first."""
    with cache.connection() as connection:
        covered = covering.everything(connection)
        failures = covering.failures(connection)
    return list(cells(covered, failures, window, step, now))


class Lacking(NamedTuple):
    """What is not covered of a range of time, among all that was ever synced."""

    regions: int = 0
    """Pairs of account and region with a gap in the range."""
    of: int = 0
    buckets: int = 0
    """Buckets whose latest sync failed."""

    def sentence(self) -> str:
        """Return `2 of 34 regions not covered`, or nothing when nothing lacks."""
        said = []
        if self.regions:
            noun = "region" if self.of == 1 else "regions"
            said.append(f"{self.regions:,} of {self.of:,} {noun} not covered")
        if self.buckets:
            said.append(f"{self.buckets:,} bucket{'' if self.buckets == 1 else 's'} failed")
        return ", ".join(said)


class Cover(NamedTuple):
    """How what is shown is covered."""

    lacking: Lacking = Lacking()
    strip: Strip | None = None
    """Over the bins of the histogram; None where nothing was ever synced."""


def cover(cache: Cache, span: Span, bars: Histogram | None, now: int) -> Cover:
    """Return how a range of time and the bins of its histogram are covered."""
    with cache.connection() as connection:
        covered = covering.everything(connection)
        failures = covering.failures(connection)
    known = {
        place: each for place, each in places(covered, failures).items() if place[1] != EVERY_REGION
    }
    end = max(span.start + 1, min(span.end, now))
    within = Span(span.start, end)
    lacks = _lacking(cells(covered, failures, within, end - span.start, now))
    if bars is None or not known:
        return Cover(lacks)
    return Cover(lacks, strip(known, bars.start, bars.step, len(bars.counts), now))


def lacking(cache: Cache, span: Span, now: int) -> Lacking:
    """Count the regions that are not wholly covered in a range; all zero if never synced.

    What is merely too recent to be complete does not count.
    """
    return cover(cache, span, None, now).lacking


def _lacking(found: Iterable[Cell]) -> Lacking:
    cells_found = list(found)
    regions = [cell for cell in cells_found if cell.region != EVERY_REGION]
    gaps = sum(cell.state not in _WELL for cell in regions)
    return Lacking(gaps, len(regions), len(cells_found) - len(regions))


def never_asked(cache: Cache, enabled: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return, by account, those of its enabled regions of which nothing was ever asked."""
    with cache.connection() as connection:
        known = places(covering.everything(connection), covering.failures(connection))
    left = {
        account: [region for region in regions if (account, region) not in known]
        for account, regions in enabled.items()
    }
    return {account: regions for account, regions in left.items() if regions}


def reaching(cache: Cache, source: str, moment: int) -> list[Scope]:
    """Return the scopes of a source that are covered up to a moment (ms) and from before it."""
    with cache.connection() as connection:
        covered = covering.everything(connection)
    return sorted(
        scope
        for scope, span in covered
        if scope.source == source and span.start < moment <= span.end
    )


def known_since(cache: Cache, now: int) -> int:
    """Return the earliest covered moment that a picture has room for, in ms; `now` without any."""
    with cache.connection() as connection:
        starts = [span.start for _, span in covering.everything(connection)]
    return max(min(starts, default=now), now - _MOST_DAYS * DAY)
