"""Whether AWS could answer a filter sooner than the sync will, and what that would take.

It reads what the cache covers and asks nothing. How a filter becomes a plan is `lookup`, carrying
the plan out is `asking`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.domain.answer import Span
from tui.domain.coverage import RECENTLY, WHOLE_KINDS, Scope
from tui.domain.event import Place
from tui.domain.filter import Filter
from tui.domain.spans import length
from tui.jobs.asking.lookup import (
    HOME,
    PER_SECOND,
    Estimate,
    LookupPlan,
    misses_home,
    plan_lookup,
)
from tui.storage import covering, reader
from tui.storage.cache import Cache, Connection

MOST = 100
"""Requests of one account and Region at most: then the user is told how far back they reached."""
_DAY = 86_400_000

Asked: TypeAlias = Mapping[tuple[str, str], Mapping[Place, Sequence[Span]]]
"""Which times of which places were asked already for an attribute and its value."""


_NOTHING = Estimate(0, 0.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What asking AWS would bring; neither plan nor warning when there is nothing to say."""

    plan: LookupPlan | None = None
    expected: Estimate = _NOTHING
    away: str = ""
    """A sentence when the filter is on global services and their Region is not in the cache."""

    @property
    def most(self) -> Estimate:
        """What is not exceeded whatever AWS has."""
        places = {place for place, _ in self.plan.askings} if self.plan else set()
        return Estimate(len(places) * MOST, MOST / PER_SECOND)

    def takes(self) -> str:
        """Return `12-300 requests, 2-50 s`: what is expected, and what is not exceeded."""
        least, most = self.expected, self.most
        seconds = _range(math.ceil(least.seconds), math.ceil(most.seconds))
        requests = _range(least.requests, most.requests)
        return f"{requests} {'request' if requests == '1' else 'requests'}, {seconds} s"


def offered(
    cache: Cache,
    tree: Filter,
    window: Span,
    now: int,
    *,
    places: Iterable[Place] | None = None,
    count: Callable[[Filter], int] | None = None,
    asked: Asked | None = None,
) -> Offer:
    """Return what AWS could answer of a filter in a time range that the cache does not cover.

    `places` can be asked; without them, those whose event history was synced. `count` says how many
    cached events a filter finds. What is merely too recent to be covered is no reason to ask.
    """
    with cache.connection() as connection:
        known = _covered(connection)
        at = _synced(connection) if places is None else list(places)
        anywhere = [*known, *at, *_seen(connection)]
    home = misses_home(tree, anywhere) if anywhere else None
    if at and misses_home(tree, at):
        at += [Place(account, HOME) for account in dict.fromkeys(place.account for place in at)]
    covered = {place: known.get(place, []) for place in at}
    plan = plan_lookup(tree, covered, window, now)
    if plan and asked:
        plan = plan.without(asked.get((plan.attribute, plan.value), {}))
    if plan is None or all(span.start >= now - RECENTLY for _, span in plan.askings):
        return Offer(away=home or "")
    per_day = _per_day(plan, covered, count) if count else 0.0
    return Offer(plan, plan.estimate(per_day), home or "")


def _range(least: int, most: int) -> str:
    return f"{least:,}-{most:,}" if least < most else f"{most:,}"


def _covered(connection: Connection) -> dict[Place, list[Span]]:
    """Return the covered times of each place that ever was asked, in any way."""
    found: dict[Place, list[Span]] = {}
    for scope, span in covering.everything(connection):
        if scope.kind in WHOLE_KINDS:
            found.setdefault(_place(scope), []).append(span)
    for failure in covering.failures(connection):
        if failure.scope.kind in WHOLE_KINDS:
            found.setdefault(_place(failure.scope), [])
    return found


def _synced(connection: Connection) -> list[Place]:
    """Return the places whose event history was asked for."""
    scopes = [each.scope for each in covering.everything(connection)]
    scopes += [each.scope for each in covering.failures(connection)]
    return list(dict.fromkeys(_place(scope) for scope in scopes if scope.source == "history"))


def _seen(connection: Connection) -> list[Place]:
    """Return the Regions that cached events were recorded in, however they came here."""
    last = reader.dimension_size(connection, "place")
    regions = reader.dimension_column(connection, "place", "region", 0, last)
    return [Place(None, str(region)) for region in regions if region]


def _place(scope: Scope) -> Place:
    return Place(scope.account, scope.region)


def _per_day(
    plan: LookupPlan, covered: Mapping[Place, Sequence[Span]], count: Callable[[Filter], int]
) -> float:
    """Return how many events a day a place has of what AWS would answer, by what is cached."""
    places = {place for place, _ in plan.askings}
    days = sum(length(covered[place]) for place in places) / _DAY
    return count(plan.answered) / days if days else 0.0
