"""Which feeds are followed: event history of accounts and Regions, or what trails deliver to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tui.domain.tailing import FeedKind
from tui.errors import TrailhoundError
from tui.jobs.bucket_feed import BucketFeed
from tui.jobs.bucket_stream import Known, known_objects
from tui.jobs.feeds import LiveFeed
from tui.jobs.history_feed import HistoryFeed
from tui.sources.aws.bucket import parse_location
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail, find_trails
from tui.storage.cache import Cache


@dataclass(frozen=True, slots=True)
class TailWish:
    """What a user wants to follow; without a source, event history."""

    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sources: tuple[FeedKind, ...] = ()
    locations: tuple[str, ...] = ()
    """Such as `s3://bucket/prefix`; without, the trails' own."""

    @property
    def kinds(self) -> set[FeedKind]:
        """Return the sources that are meant: what is named needs no --source."""
        named = {FeedKind.S3: self.locations}
        kinds = {*self.sources, *(kind for kind, names in named.items() if names)}
        return kinds or {FeedKind.HISTORY}


@dataclass(slots=True)
class TailPlan:
    """The feeds to follow, and what there is to say about them, as sentences."""

    feeds: list[LiveFeed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    """Sources that would be better than those which are followed."""


def plan(cache: Cache, wish: TailWish, pacer: Callable[[], Pacer] = Pacer) -> TailPlan:
    """Ask AWS what there is; raises UsageError for a location that is none.

    `pacer` makes one for each account and Region.
    """
    for location in wish.locations:
        parse_location(location)
    result = TailPlan()
    with cache.connection() as connection:
        known = known_objects(connection)
    for profile in wish.profiles or (None,):
        account = Account(profile, wish.regions)
        try:
            _plan_account(account, wish, result, known, pacer)
        except TrailhoundError as error:
            result.problems.append(str(error))
    return result


def _plan_account(
    account: Account,
    wish: TailWish,
    result: TailPlan,
    known: Known,
    pacer: Callable[[], Pacer],
) -> None:
    number = account.identity().account
    regions = account.regions().names
    if FeedKind.HISTORY in wish.kinds:
        result.feeds += [HistoryFeed(account, number, each, pacer()) for each in regions]
    trails = _trails(account, regions, wish, result)
    if FeedKind.S3 in wish.kinds:
        places: Sequence[str | Trail] = wish.locations or trails
        result.feeds += [BucketFeed(account, each, known) for each in places]
        if not places:
            result.problems.append(f"No trail of account {number} delivers log files to S3.")
    result.offers += _offers(trails, wish)


def _trails(
    account: Account, regions: Sequence[str], wish: TailWish, result: TailPlan
) -> list[Trail]:
    """Return the account's trails; what cannot be asked only matters if trails are followed."""
    found = find_trails(lambda region: account.client("cloudtrail", region), regions)
    if wish.kinds - {FeedKind.HISTORY}:
        result.problems += [f"{region}: {sentence}" for region, sentence in found.refused]
    return list(found.trails)


def _offers(trails: Sequence[Trail], wish: TailWish) -> Iterator[str]:
    """Yield what trails have that is sooner or more complete than what is followed."""
    for trail in trails:
        if trail.bucket and wish.kinds == {FeedKind.HISTORY}:
            yield (
                f"Trail {trail.name} delivers all it logs to s3://{trail.bucket}: --source s3 "
                "follows it, data events included."
            )
