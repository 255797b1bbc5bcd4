"""How much of what was asked for is verified.

Owns which hours count, of a trail in an account and region: those that anything is known of, if any
of their time was asked for; after the first of them also those of which nothing is known, if all of
their time was asked for and the digest is due. Log files count where digests of such hours name
them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from tui.domain.answer import Span
from tui.domain.hours import Hour, Share
from tui.domain.integrity import HOUR, HourState, Stream
from tui.domain.spans import merged
from tui.integrity.chain import GRACE
from tui.storage import verdicts
from tui.storage.cache import Cache
from tui.storage.verdicts import Verification

_ARN = ":trail/"


def share(cache: Cache, rows: Iterable[Sequence[Hour]], now: int) -> Share:
    """Return how much of the strips is verified; `now` is in ms since 1970 UTC."""
    with cache.connection() as connection:
        runs = verdicts.verifications(connection)
    every = [hour for row in rows for hour in _asked(row, runs, now)]
    ordinary = [hour for hour in every if not hour.stream.backfill]
    return Share(
        sum(hour.state is HourState.VERIFIED for hour in ordinary),
        len(ordinary),
        sum(hour.valid for hour in every),
        sum(hour.named for hour in every),
    )


def _asked(row: Sequence[Hour], runs: Iterable[Verification], now: int) -> Iterator[Hour]:
    """Yield the hours of a strip that count, earliest first."""
    asked = merged(Span(run.start, run.end) for run in runs if _concerns(run.target, row[0].stream))
    begun = False
    for hour in row:
        time = hour.covers or hour.span
        run = _latest(asked, time)
        known = hour.state is not HourState.NOT_YET
        begun = begun or known
        if run is None or run.end <= time.start:
            continue
        wholly = run.start <= time.start and time.end <= run.end
        if known or (begun and wholly and time.end + HOUR + GRACE <= now):
            yield hour


def _latest(spans: list[Span], time: Span) -> Span | None:
    """Return the latest of some ranges that begins before a time ends."""
    at = bisect_left(spans, time.end, key=lambda span: span.start) - 1
    return spans[at] if at >= 0 else None


def _concerns(target: str, stream: Stream) -> bool:
    """Return whether a run was about a stream: one trail's was not about that of another."""
    home, _, name = target.partition(_ARN)
    return not name or (name == stream.trail and f":{stream.home_region}:" in home)
