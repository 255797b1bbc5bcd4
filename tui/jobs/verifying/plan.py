"""Which evidence a verification reads: trails by their ARNs, places in S3, or the account's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from tui.domain.digests import SavedDigest
from tui.domain.evidence import Evidence, TrailName
from tui.errors import CredentialsError, SourceError, UsageError
from tui.sources.aws.bucket import parse_location
from tui.sources.aws.digests import BucketEvidence
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import find_trail, find_trails, parse_arn
from tui.storage import digests
from tui.storage.cache import Cache


@dataclass(frozen=True, slots=True)
class Targets:
    """What a user named; without trails and locations, the trails of each profile's account."""

    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    trails: tuple[str, ...] = ()
    """ARNs."""
    locations: tuple[str, ...] = ()
    """Such as `s3://bucket/prefix`."""
    paths: tuple[Path, ...] = ()
    """Of copies on disk: then AWS is not asked."""


class Target(NamedTuple):
    """One thing to verify."""

    evidence: Evidence
    trails: tuple[TrailName, ...]
    """Whose digests count; all without one."""


@dataclass(slots=True)
class Plan:
    """What to verify, and what could not be found, as sentences."""

    targets: list[Target] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Kept:
    """The digests that a cache keeps, for copies that came without theirs."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def __call__(self, account: str, region: str) -> list[SavedDigest]:
        """Return those of an account and region; raises CacheError."""
        with self._cache.connection() as connection:
            return digests.of_place(connection, account, region)


def plan(cache: Cache, named: Targets, cancelled: Callable[[], bool] = lambda: False) -> Plan:
    """Find what was named; raises UsageError for what is no ARN or place, InputError."""
    names = tuple(TrailName(*parse_arn(arn)) for arn in named.trails)
    for location in named.locations:
        parse_location(location)
    if len(named.profiles) > 1 and (named.trails or named.locations):
        raise UsageError("A trail or a place is read with one profile. Name one --profile.")
    if named.paths and (named.trails or named.locations):
        raise UsageError("Paths are verified without AWS: leave --trail and --s3 out.")
    if named.paths:
        from tui.sources.copies import FolderEvidence  # with all that archives take

        return Plan([Target(FolderEvidence(named.paths, Kept(cache), named.regions), ())])
    result = Plan()
    for profile in named.profiles or (None,):
        account = Account(profile, named.regions)
        try:
            result.targets += _targets(account, named, names, cancelled, result.problems)
        except CredentialsError:
            raise
        except SourceError as error:
            result.problems.append(str(error))
    return result


def plan_with_any(
    cache: Cache, named: Targets, cancelled: Callable[[], bool] = lambda: False
) -> Plan:
    """Find a trail or a place with the first profile that can list it; raises as `plan` does."""
    if len(named.profiles) < 2:
        return plan(cache, named, cancelled)
    plans: list[Plan] = []
    errors: list[SourceError] = []
    for profile in named.profiles:
        try:
            found = plan(cache, replace(named, profiles=(profile,)), cancelled)
        except SourceError as error:
            errors.append(error)
            continue
        if found.targets and all(_is_listable(each.evidence) for each in found.targets):
            return found
        plans.append(found)
    if not plans:
        raise errors[0]
    return plans[0]


def _is_listable(evidence: Evidence) -> bool:
    return isinstance(evidence, BucketEvidence) and evidence.listable()


def _targets(
    account: Account,
    named: Targets,
    names: tuple[TrailName, ...],
    cancelled: Callable[[], bool],
    problems: list[str],
) -> list[Target]:
    regions = named.regions
    if named.locations:
        return [
            Target(BucketEvidence(account, each, regions=regions, cancelled=cancelled), names)
            for each in named.locations
        ]
    if named.trails:
        trails = [
            find_trail(account.client("cloudtrail", name.home_region), arn, account.profile)
            for arn, name in zip(named.trails, names, strict=True)
        ]
    else:
        found = find_trails(
            lambda region: account.client("cloudtrail", region), account.regions().names
        )
        problems += [f"{region}: {sentence}" for region, sentence in found.refused]
        trails = list(found.trails)
    return [
        Target(
            BucketEvidence(account, trail, regions=regions, cancelled=cancelled),
            (TrailName(trail.name, trail.home_region),),
        )
        for trail in trails
    ]
