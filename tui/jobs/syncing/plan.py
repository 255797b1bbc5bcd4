"""Which streams a sync runs: accounts, regions, trails and buckets, found or named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.syncing import Wish
from tui.errors import TrailhoundError
from tui.jobs.syncing.apart import once
from tui.jobs.syncing.bucket_stream import BucketStream, Known, known_objects
from tui.jobs.syncing.naming import learn_names
from tui.jobs.syncing.streams import HistoryStream, now_ms
from tui.jobs.syncing.sync import Stream
from tui.sources.aws.bucket import BucketLogs, named, parse_location
from tui.sources.aws.history import INSIGHT, has_insights_data
from tui.sources.aws.keys import LOG_KINDS, Kind
from tui.sources.aws.pacing import Pacer, Pacers
from tui.sources.aws.selecting import has_data_insights, logs_management, not_logged
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.aws.trails import Trail, find_trails, parse_arn
from tui.storage.cache import Cache

_HISTORY = (("management", Kind.EVENTS), (INSIGHT, Kind.INSIGHTS))
"""The kinds of event history, and the kind of log files that holds the same."""


@dataclass(slots=True)
class Plan:
    """The streams to run, and what could not be planned, as sentences."""

    streams: list[Stream] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and keeps nothing from being synced."""
    found: set[str] = field(default_factory=set)
    """ARNs of the trails that were found."""
    enabled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By account, the regions that are enabled for it, asked or not."""


def check(wish: Wish) -> None:
    """Raise UsageError for a location or an ARN that is none, before anything is asked."""
    for location in wish.locations:
        parse_location(location)
    for arn in wish.trails:
        parse_arn(arn)


def plan(cache: Cache, wish: Wish, pacers: Pacers | None = None) -> Plan:
    """Ask AWS what there is; raises UsageError for a location or ARN that is none.

    Whoever asks for event history as well shares the pacers.
    """
    return plan_all(cache, (wish,), pacers)


def plan_all(cache: Cache, wishes: Iterable[Wish], pacers: Pacers | None = None) -> Plan:
    """Ask AWS what there is for several wishes: what an earlier one wants too is left to that.

    Raises UsageError for a location or ARN that is none.
    """
    wishes = list(wishes)
    kept_since = max((each.limits.cutoff(now_ms()) or 0 for each in wishes), default=0)
    with cache.connection() as connection:
        known = known_objects(connection, since=kept_since)
    pacers = pacers or Pacers()
    result = Plan()
    for wish in wishes:
        check(wish)
        failed = False
        for profile in wish.profiles or (None,):
            account = Account(profile, wish.regions)
            try:
                _Planner(cache, account, _within_limits(wish), known, pacers, result).add()
            except TrailhoundError as error:
                result.problems.append(str(error))
                failed = True
        if not failed and wish.s3 and not wish.locations:
            missing = sorted(set(wish.trails) - result.found)
            result.problems += [f"There is no trail {arn} in the regions asked." for arn in missing]
    result.streams = once(result.streams, lambda each: each.standing.scope)
    result.problems = list(dict.fromkeys(result.problems))
    return result


def _within_limits(wish: Wish) -> Wish:
    """Return the wish without the time that is not kept anyway."""
    cutoff = wish.limits.cutoff(now_ms())
    if cutoff is None:
        return wish

    def cut(window: Span) -> Span:
        return Span(min(max(window.start, cutoff), window.end), window.end)

    return wish._replace(window=cut(wish.window), s3_window=cut(wish.log_files))


@dataclass(slots=True)
class _Planner:
    """Plans one account."""

    cache: Cache
    account: Account
    wish: Wish
    known: Known
    pacers: Pacers
    plan: Plan

    def add(self) -> None:
        """Add the account's streams; raises TrailhoundError when it cannot be asked at all."""
        number = self.account.identity().account
        found = self.account.regions()
        regions = found.names
        if not found.whole:
            self.plan.notes.append(f"{number}: {found.origin}")
        self.plan.enabled[number] = (self.wish.regions and self.account.enabled()) or regions
        learn_names(self.cache, self.account, now_ms())
        if self.wish.history and self._wants(number):
            self.plan.streams += self._history(number, regions)
        self.plan.streams += [self._bucket(each) for each in self.wish.locations]
        if self.wish.s3 and not self.wish.locations:
            self._add_trails(number, regions)

    def _wants(self, account: str) -> bool:
        return not self.wish.accounts or account in self.wish.accounts

    def _kinds(self) -> list[Kind]:
        return [each for each in LOG_KINDS if not self.wish.kinds or each in self.wish.kinds]

    def _history(self, number: str, regions: Sequence[str]) -> Iterator[HistoryStream]:
        for region in regions:
            pacer = self.pacers.at(number, region)
            for kind, same in _HISTORY:
                if same in self._kinds():
                    scope = Scope("history", number, region, kind)
                    yield HistoryStream(self.account, scope, self.wish.window, pacer)

    def _add_trails(self, number: str, regions: Sequence[str]) -> None:
        wanted, plan = self.wish.trails, self.plan
        profile = self.account.profile
        found = find_trails(self._cloudtrail, regions, wanted, profile)
        plan.problems += [f"{region}: {sentence}" for region, sentence in found.refused]
        plan.found |= {trail.arn for trail in found.trails}
        trails = [each for each in found.trails if each.organization or self._wants(each.account())]
        places: dict[tuple[str, str], list[Trail]] = {}
        for trail in trails:
            places.setdefault((trail.bucket, trail.root()), []).append(trail)
        plan.streams += [self._trails(sharing) for sharing in places.values()]
        if self.wish.history and Kind.INSIGHTS in self._kinds():
            own = (each for each in trails if each.account() == number)
            plan.streams += [
                each for trail in own for each in self._insights(number, trail, regions)
            ]

    def _cloudtrail(self, region: str) -> Client:
        return self.account.client("cloudtrail", region)

    def _trails(self, sharing: Sequence[Trail]) -> BucketStream:
        """Return the stream of one place, whichever trails deliver to it."""
        lacking = not_logged(sharing)
        if lacking:
            names = " and ".join(trail.name for trail in sharing)
            self.plan.notes.append(
                f"{names}: by the event selectors, {', '.join(lacking)} are not logged."
            )
        organization = (each for each in sharing if each.organization)
        trail = next(organization, sharing[0])
        return self._bucket(trail, management=logs_management(sharing))

    def _insights(
        self, number: str, trail: Trail, regions: Sequence[str]
    ) -> Iterator[HistoryStream]:
        """Yield what of event history has the trail's Insights on data events."""
        try:
            home = self.account.client("cloudtrail", trail.home_region)
            if not has_insights_data(home) or not has_data_insights(
                home, trail, self.account.profile
            ):
                return
        except TrailhoundError as error:
            self.plan.notes.append(str(error))
            return
        for region in regions if trail.multi_region else (trail.home_region,):
            scope = Scope("history", number, region, f"{INSIGHT} of {trail.name}")
            yield HistoryStream(self.account, scope, self.wish.window, Pacer(), trail=trail.arn)

    def _bucket(self, place: str | Trail, *, management: bool = True) -> BucketStream:
        window = self.wish.log_files
        logs = BucketLogs(
            lambda region: self.account.client("s3", region),
            place,
            start=window.start,
            end=window.end,
            accounts=self.wish.accounts,
            regions=self.wish.regions,
            kinds=self._kinds(),
            profile=self.account.profile,
        )
        read = (self.known, self.account.clock, self.account)
        return BucketStream(logs, named(place), window, *read, management=management, again=True)
