"""Which feeds are followed: event history of accounts and Regions, or what trails deliver to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tui.domain.tailing import FeedKind
from tui.errors import TrailhoundError, UsageError
from tui.jobs.syncing.apart import once
from tui.jobs.syncing.bucket_stream import Known, known_objects
from tui.jobs.tailing.bucket_feed import BucketFeed
from tui.jobs.tailing.feeds import LiveFeed
from tui.jobs.tailing.history_feed import HistoryFeed
from tui.jobs.tailing.logs_feed import LogsFeed
from tui.jobs.tailing.queue_feed import QueueFeed
from tui.sources.aws.bucket import parse_location
from tui.sources.aws.logs import named_group, parse_group
from tui.sources.aws.pacing import Pacer, Pacers
from tui.sources.aws.queue import parse_queue
from tui.sources.aws.selecting import logs_management
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail, find_trail, find_trails, parse_arn
from tui.storage.cache import Cache


@dataclass(frozen=True, slots=True, kw_only=True)
class TailWish:
    """What a user wants to follow; without a source, event history."""

    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sources: tuple[FeedKind, ...] = ()
    locations: tuple[str, ...] = ()
    """Such as `s3://bucket/prefix`; without, the trails' own."""
    trails: tuple[str, ...] = ()
    """ARNs, of trails whose log files are meant."""
    log_groups: tuple[str, ...] = ()
    """Names or ARNs; without, the trails' own."""
    queues: tuple[str, ...] = ()
    """Addresses."""
    own_queue: bool = False
    """Whether messages may be deleted from the queues."""

    @property
    def kinds(self) -> set[FeedKind]:
        """Return the sources that are meant: what is named needs no further word."""
        named = {
            FeedKind.S3: self.locations + self.trails,
            FeedKind.LOGS: self.log_groups,
            FeedKind.SQS: self.queues,
        }
        kinds = {*self.sources, *(kind for kind, names in named.items() if names)}
        return kinds or {FeedKind.HISTORY}

    def check(self) -> None:
        """Raise UsageError for what cannot be meant, before anything is asked."""
        for location in self.locations:
            parse_location(location)
        for queue in self.queues:
            parse_queue(queue)
        if not self.queues and (self.own_queue or FeedKind.SQS in self.sources):
            raise UsageError("Which queue? Name it with --queue URL.")


@dataclass(slots=True)
class TailPlan:
    """The feeds to follow, and what there is to say about them, as sentences."""

    feeds: list[LiveFeed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    """Sources that would be better than those which are followed."""


def plan(cache: Cache, *wishes: TailWish, pacers: Pacers | None = None) -> TailPlan:
    """Ask AWS what there is; raises UsageError for what cannot be meant.

    What several wishes mean is followed once. Whoever asks for event history as well shares the
    pacers.
    """
    for wish in wishes:
        wish.check()
    result, pacers = TailPlan(), pacers or Pacers()
    with cache.connection() as connection:
        known = known_objects(connection)
    for wish, profile in [(one, each) for one in wishes for each in one.profiles or (None,)]:
        account = Account(profile, wish.regions)
        try:
            _Planning(account, wish, result, known, pacers).all()
        except TrailhoundError as error:
            result.problems.append(str(error))
    result.feeds = once(result.feeds, lambda each: each.feed)
    result.offers = list(dict.fromkeys(result.offers))
    return result


class _Planning:
    """One account's part of a plan."""

    def __init__(
        self,
        account: Account,
        wish: TailWish,
        result: TailPlan,
        known: Known,
        pacers: Pacers,
    ) -> None:
        self._account = account
        self._wish = wish
        self._result = result
        self._known = known
        self._pacers = pacers
        self._number = account.identity().account

    def all(self) -> None:
        """Add the feeds, and what there is to say; raises SourceError."""
        wish, feeds = self._wish, self._result.feeds
        for queue in wish.queues:
            name = parse_queue(queue)
            feeds.append(QueueFeed(self._account, name, self._known, own=wish.own_queue))
        feeds += self._logs(wish.log_groups)
        feeds += self._buckets([*wish.locations, *map(self._trail, wish.trails)])
        unnamed = wish.kinds - {
            *([FeedKind.SQS] if wish.queues else ()),
            *([FeedKind.LOGS] if wish.log_groups else ()),
            *([FeedKind.S3] if wish.locations or wish.trails else ()),
        }
        if unnamed:
            self._found(unnamed)

    def _found(self, kinds: set[FeedKind]) -> None:
        """Add what is not named: event history of every Region, and where the trails deliver."""
        feeds = self._result.feeds
        asked = self._account.regions()
        regions = asked.names
        if not asked.whole:
            self._result.offers.append(f"{self._number}: {asked.origin}")
        if FeedKind.HISTORY in kinds:
            feeds += [
                HistoryFeed(self._account, self._number, each, self._pacers.at(self._number, each))
                for each in regions
            ]
        trails = self._trails(regions, needed=kinds != {FeedKind.HISTORY})
        if FeedKind.LOGS in kinds:
            groups = dict.fromkeys(each.log_group for each in trails if each.log_group)
            feeds += self._logs(tuple(groups))
            self._lacking(groups, "writes to CloudWatch Logs")
        if FeedKind.S3 in kinds:
            feeds += self._buckets(trails)
            self._lacking(trails, "delivers log files")
        self._result.offers += _offers(trails, self._wish.kinds)

    def _logs(self, groups: Sequence[str]) -> Iterator[LogsFeed]:
        for text in groups:
            region = None if parse_group(text) else next(iter(self._wish.regions), None)
            name = named_group(self._account, text, region)
            yield LogsFeed(self._account, name, Pacer())

    def _buckets(self, places: Sequence[str | Trail]) -> Iterator[BucketFeed]:
        regions = self._wish.regions
        for each in places:
            sharing = [one for one in places if isinstance(one, Trail) and _together(one, each)]
            management = logs_management(sharing)
            read = (self._account, each, self._known)
            yield BucketFeed(*read, regions=regions, management=management)

    def _trail(self, arn: str) -> Trail:
        _, home = parse_arn(arn)
        return find_trail(self._account.client("cloudtrail", home), arn, self._account.profile)

    def _trails(self, regions: Sequence[str], *, needed: bool) -> Sequence[Trail]:
        """Return the account's trails; what cannot be asked is only said where they are needed."""
        found = find_trails(
            lambda region: self._account.client("cloudtrail", region),
            regions,
            profile=self._account.profile,
        )
        if needed:
            self._result.problems += [f"{region}: {reason}" for region, reason in found.refused]
        return found.trails

    def _lacking(self, found: object, does: str) -> None:
        if not found:
            self._result.problems.append(f"No trail of account {self._number} {does}.")


def _together(one: Trail, other: str | Trail) -> bool:
    """Return whether two trails deliver to one place."""
    return isinstance(other, Trail) and (one.bucket, one.root()) == (other.bucket, other.root())


def _offers(trails: Sequence[Trail], kinds: set[FeedKind]) -> Iterator[str]:
    """Yield what trails have that tells sooner, or of more, than what is followed."""
    for trail in trails:
        name = f"Trail {trail.name}"
        if trail.log_group and FeedKind.LOGS not in kinds:
            group = parse_group(trail.log_group)
            yield (
                f"{name} also writes to the log group {group.name if group else trail.log_group}, "
                "data events included: --source logs follows it, with Live Tail."
            )
        elif FeedKind.S3 not in kinds and FeedKind.LOGS not in kinds and trail.bucket:
            yield f"{name} delivers all that it logs to S3: --source s3 follows it."
        if trail.sns_topic and FeedKind.SQS not in kinds:
            yield (
                f"{name} tells the topic {trail.sns_topic} of each log file: subscribe a queue of "
                "your own to it, and follow that with --queue URL --own-queue."
            )
