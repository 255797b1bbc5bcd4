"""What works and what does not at AWS: identity, Regions, trails, permission by permission.

Owns the order of asking and what counts as missing. Nothing is changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from tui.errors import SourceError
from tui.sources.aws.greeting import Greeting, greet
from tui.sources.aws.permissions import Tested, Verdict, tested
from tui.sources.aws.policy import Policy, policy
from tui.sources.aws.queue import QueueName
from tui.sources.aws.sessions import Account, Regions
from tui.sources.aws.trails import Trail, Trails, find_trails

CLOCK_S = 60.0
"""Seconds our clock may be off: beyond, `-3h` is another time; at 300 AWS refuses to answer."""
_NOTHING = Trails((), ())


class State(StrEnum):
    """How one thing is."""

    GOOD = "good"
    MISSING = "missing"
    """Something is lost by it."""
    OPEN = "open"
    """Not known, or not needed."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """What one profile leads to, as far as AWS could be asked."""

    profile: str | None
    greeting: Greeting
    regions: Regions | None = None
    trails: Trails = _NOTHING
    tested: tuple[Tested, ...] = ()
    problem: str = ""
    """Why asking ended early, as a sentence."""

    def clock(self) -> State:
        """Return how our clock is."""
        off = self.greeting.clock
        if off is None:
            return State.OPEN
        return State.GOOD if abs(off) <= CLOCK_S else State.MISSING

    def unasked(self) -> bool:
        """Return whether AWS could not be asked for something that is needed."""
        unknown = (
            each.permission.needed and each.verdict is Verdict.UNKNOWN for each in self.tested
        )
        return bool(self.problem) or any(unknown)

    def lacking(self) -> bool:
        """Return whether something that is needed does not work."""
        states = [self.clock(), *map(permission_state, self.tested)]
        states += [trail_state(each) for each in self.trails.trails]
        return State.MISSING in states or bool(self.trails.refused)


def permission_state(test: Tested) -> State:
    """Return how a permission is; one that is not needed is never missing."""
    if test.verdict is Verdict.ALLOWED:
        return State.GOOD
    denied = test.verdict is Verdict.DENIED and test.permission.needed
    return State.MISSING if denied else State.OPEN


def trail_troubles(trail: Trail) -> dict[str, str]:
    """Return what is wrong with a trail by what it is about; empty where nothing is known to be."""
    status = trail.status
    if status is None:
        return {}
    found = {
        "logging": "" if status.logging else "it is stopped",
        "delivery": status.delivery_error,
        "digests": status.digest_error,
        "log group": status.log_group_error,
        "notifications": status.notification_error,
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def trail_state(trail: Trail) -> State:
    """Return how a trail is."""
    if trail.status is None:
        return State.OPEN
    return State.MISSING if trail_troubles(trail) else State.GOOD


def examine(
    profile: str | None,
    regions: Sequence[str] = (),
    clock: Callable[[], float] = time.time,
    *,
    permissions: bool = True,
) -> AccountHealth:
    """Return what works with a profile; whatever goes wrong is part of the answer.

    Without `permissions`, only who it is and which trails there are.
    """
    with closing(Account(profile, regions)) as account:
        greeting = greet(account, clock)
        if greeting.identity is None:
            return AccountHealth(profile, greeting, problem=greeting.problem)
        found: Regions | None = None
        trails = _NOTHING
        try:
            found = account.regions()
            trails = _trails(account, found)
            where = greeting.region if greeting.region in found.names else found.names[0]
            tests = tuple(tested(account, where, trails.trails)) if permissions else ()
        except SourceError as error:
            return AccountHealth(profile, greeting, found, trails, problem=str(error))
        return AccountHealth(profile, greeting, found, trails, tests)


def least_policy(accounts: Sequence[AccountHealth], queues: Sequence[QueueName] = ()) -> Policy:
    """Return the least-privilege policy for the trails that were found and the queues named."""
    identities = (account.greeting.identity for account in accounts)
    partition = next((each.partition for each in identities if each), "aws")
    return policy(
        (trail for account in accounts for trail in account.trails.trails),
        (queue.arn(partition) for queue in queues),
    )


def _trails(account: Account, regions: Regions) -> Trails:
    return find_trails(
        lambda region: account.client("cloudtrail", region),
        regions.names,
        profile=account.profile,
    )
