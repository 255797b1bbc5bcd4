"""Which streams a sync runs: accounts, regions, trails and buckets, found or named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.syncing import Wish
from tui.errors import TrailhoundError
from tui.jobs.bucket_stream import BucketStream, Known, known_objects
from tui.jobs.streams import HistoryStream, now_ms
from tui.jobs.sync import Stream
from tui.sources.aws.bucket import BucketLogs, parse_location
from tui.sources.aws.history import INSIGHT
from tui.sources.aws.pacing import Pacers
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail, find_trails
from tui.storage.cache import Cache


@dataclass(slots=True)
class Plan:
    """The streams to run, and what could not be planned, as sentences."""

    streams: list[Stream] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def plan(cache: Cache, wish: Wish, pacers: Pacers | None = None) -> Plan:
    """Ask AWS what there is; raises UsageError for a location that is none.

    Whoever asks for event history as well shares the pacers.
    """
    for location in wish.locations:
        parse_location(location)
    wish = _within_limits(wish)
    result = Plan()
    pacers = pacers or Pacers()
    with cache.connection() as connection:
        known = known_objects(connection)
    for profile in wish.profiles or (None,):
        account = Account(profile, wish.regions)
        try:
            number = account.identity().account
            regions = account.regions().names
        except TrailhoundError as error:
            result.problems.append(str(error))
            continue
        if wish.history:
            result.streams += _history(account, number, regions, wish.window, pacers)
        result.streams += _named(account, wish, known)
        if wish.s3 and not wish.locations:
            result.streams += _trails(account, regions, wish, known, result.problems)
    return result


def _within_limits(wish: Wish) -> Wish:
    """Return the wish without the time that is not kept anyway."""
    cutoff = wish.limits.cutoff(now_ms())
    if cutoff is None:
        return wish

    def cut(window: Span) -> Span:
        return Span(min(max(window.start, cutoff), window.end), window.end)

    return replace(wish, window=cut(wish.window), s3_window=cut(wish.log_files))


def _history(
    account: Account,
    number: str,
    regions: Sequence[str],
    window: Span,
    pacers: Pacers,
) -> Iterator[HistoryStream]:
    for region in regions:
        pace = pacers.at(number, region)
        for kind in ("management", INSIGHT):
            yield HistoryStream(account, Scope("history", number, region, kind), window, pace)


def _named(account: Account, wish: Wish, known: Known) -> Iterator[BucketStream]:
    for location in wish.locations:
        logs = _logs(account, location, wish.log_files)
        yield _bucket(account, logs, location, wish.log_files, known)


def _trails(
    account: Account,
    regions: Sequence[str],
    wish: Wish,
    known: Known,
    problems: list[str],
) -> Iterator[BucketStream]:
    found = find_trails(
        lambda region: account.client("cloudtrail", region),
        regions,
        wish.trails,
    )
    problems += [f"{region}: {sentence}" for region, sentence in found.refused]
    missing = set(wish.trails) - {trail.arn for trail in found.trails}
    problems += [f"There is no trail {arn} in the regions asked." for arn in sorted(missing)]
    for trail in found.trails:
        logs = _logs(account, trail, wish.log_files)
        yield _bucket(account, logs, f"s3://{trail.bucket}/{trail.root()}", wish.log_files, known)


def _bucket(
    account: Account,
    logs: BucketLogs,
    location: str,
    window: Span,
    known: Known,
) -> BucketStream:
    return BucketStream(logs, location, window, known, account.clock, account)


def _logs(account: Account, location: str | Trail, window: Span) -> BucketLogs:
    return BucketLogs(
        lambda region: account.client("s3", region),
        location,
        start=window.start,
        end=window.end,
    )
