"""What of a filter event history itself could answer, in one LookupEvents attribute.

Owns the table of attributes and the choice of one. It asks nothing: what to ask, where and for
which time is the plan, and whatever AWS answers is still filtered here, by the whole filter.

Source: CloudTrail API reference, LookupEvents (API version 2013-11-01), and user guide, "Viewing
CloudTrail event history" and "Global service events".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui.deriving.calls import UNKNOWN
from tui.deriving.derive import DIGEST
from tui.deriving.texts import LIMIT
from tui.domain.answer import Span
from tui.domain.event import Place
from tui.domain.fields import BY_NAME, Field
from tui.domain.filter import (
    And,
    Compare,
    Everything,
    Exactly,
    Filter,
    Not,
    OneOf,
    Or,
    Term,
    simplify,
)
from tui.domain.spans import missing
from tui.language.describe import describe, shown

DAYS = 90
"""How far event history goes back."""
PAGE = 50
"""Events of one answer at most."""
PER_SECOND = 2
"""Requests a second of one account and Region, for all programs together."""
_DAY = 86_400_000
_LONGEST = 2000
"""Characters of a value; some count twice."""
_TWICE = "_, \n"
_WILD = frozenset("*?")

CASE = "AWS matches exactly, case counts: it is asked for {value}."
EXTENT = "Event history holds management events only, of the last 90 days."
ELSEWHERE = "{services} events can be in us-east-1, not cached here."
_RESOURCES = (
    "AWS lists resources in its own way, by name or by ARN: what it lists otherwise is not found."
)
_SESSIONS = "AWS leaves the user name out of some events that a service causes."
_CALLERS = (
    "AWS knows a caller by the name of the IAM user, of the role session, or as root: other "
    "callers of that name are not found."
)


class Attribute(NamedTuple):
    """A LookupEvents attribute and the field it stands for."""

    key: str
    field: str
    doubt: str = ""
    """Why AWS may not know all the events that the field does, as a sentence."""
    suffix: str = ""
    """What AWS's value has that the field's has not."""
    lower: bool = False
    """Whether AWS writes these values in lower case only."""


ATTRIBUTES = (
    Attribute("EventId", "id"),
    Attribute("AccessKeyId", "key"),
    Attribute("Username", "session", _SESSIONS),
    Attribute("Username", "caller", _CALLERS),
    Attribute("EventName", "action"),
    Attribute("ResourceName", "resource", _RESOURCES),
    Attribute("ResourceType", "resource_type", _RESOURCES),
    Attribute("EventSource", "eventsource", lower=True),
    Attribute(
        "EventSource",
        "service",
        "A service is asked for with .amazonaws.com after it; in another domain it is not found.",
        ".amazonaws.com",
        lower=True,
    ),
    Attribute("ReadOnly", "readonly", lower=True),
)
"""The first that a filter has is asked: by how few events one value usually leaves, and what AWS
knows as the record does before what it may know otherwise."""

HOME = "us-east-1"
"""Where global services are recorded in the partition `aws`; not confirmed for the others."""
GLOBAL_SERVICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "iam": (
        "IAM",
        (
            *("AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy", "CreateAccessKey"),
            *("CreateLoginProfile", "DeactivateMFADevice", "DeleteAccessKey", "PutGroupPolicy"),
            *("PutRolePolicy", "PutUserPolicy", "UpdateAccessKey", "UpdateAssumeRolePolicy"),
            *("UpdateLoginProfile", "AddUserToGroup"),
        ),
    ),
    "sts": ("STS", ()),
    "signin": ("sign-in", ("ConsoleLogin",)),
    "cloudfront": ("CloudFront", ()),
}
"""Service: how it is called, and actions that are its alone. Calls to a Regional endpoint of STS
or of sign-in are recorded in that Region."""
_OTHER_PARTITIONS = ("cn-", "us-gov-")


class Asking(NamedTuple):
    """One pagination: an account's Region and the time that the cache lacks."""

    place: Place
    span: Span


class Estimate(NamedTuple):
    """What a plan takes; Regions are asked at the same time."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LookupPlan:
    """One attribute to ask for, where and when."""

    attribute: str
    value: str
    answered: Filter
    """What AWS answers, as a filter: to count in the cache how much to expect."""
    local: Filter
    """The rest of the filter, which only the cache can tell."""
    certain: bool
    """Whether every management event that the filter matches is among AWS's answers."""
    askings: tuple[Asking, ...]
    warnings: tuple[str, ...]

    def sentence(self) -> str:
        """Return which part goes to AWS and which stays here."""
        asked = f"AWS is asked for {self.attribute} {shown(self.value)}"
        if self.local == Everything():
            return f"{asked}; nothing is left to filter here."
        return f"{asked}; filtered here: {describe(self.local)}."

    def without(self, done: Mapping[Place, Sequence[Span]]) -> LookupPlan | None:
        """Return the plan without what was asked already, None when nothing is left."""
        left = tuple(
            Asking(place, span)
            for place, asked in self.askings
            for span in missing(asked, done.get(place, ()))
        )
        return replace(self, askings=left) if left else None

    def estimate(self, per_day: float = 0.0) -> Estimate:
        """Return requests and seconds where a place has so many events a day with this value.

        Without knowing, the least: one request for each stretch of time and place.
        """
        by_place: dict[Place, int] = {}
        for place, span in self.askings:
            expected = per_day * (span.end - span.start) / _DAY
            pages = max(1, math.ceil(expected / PAGE))
            by_place[place] = by_place.get(place, 0) + pages
        longest = max(by_place.values(), default=0)
        return Estimate(sum(by_place.values()), longest / PER_SECOND)


def plan_lookup(
    tree: Filter, covered: Mapping[Place, Sequence[Span]], window: Span, now: int
) -> LookupPlan | None:
    """Return what to ask of AWS, or None when it cannot help.

    `covered` has every place that can be asked, with the times that the cache has of it; `window`
    and `now` are in ms since 1970 UTC. AWS cannot help when no part of the filter is one exact
    value, when management events are not wanted, or when the cache has all of the time.
    """
    parts = _parts(tree)
    found = _chosen(parts)
    if found is None or not _may_be(parts, "category", "Management"):
        return None
    attribute, term, value = found
    asked = _narrowed(parts, Span(max(window.start, now - DAYS * _DAY), min(window.end, now)))
    places = [place for place in covered if _may_be_at(parts, place)]
    askings = tuple(
        Asking(place, span) for place in places for span in missing(asked, covered[place])
    )
    if not askings:
        return None
    exact = isinstance(term.test, Exactly)
    return LookupPlan(
        attribute=attribute.key,
        value=value,
        answered=_answered(attribute, value),
        local=simplify(And(tuple(part for part in parts if part is not term))),
        certain=exact and not attribute.doubt,
        askings=askings,
        warnings=tuple(_warnings(tree, attribute, value, places, exact=exact)),
    )


def global_services(tree: Filter) -> tuple[str, ...]:
    """Return the global services that a filter is about, as they are called."""
    parts = _parts(tree)
    return tuple(
        called
        for service, (called, actions) in GLOBAL_SERVICES.items()
        if any(_names_only(part, actions) for part in parts)
        or (
            any(_field_of(part) in {"service", "eventsource"} for part in parts)
            and _may_be(parts, "service", service)
            and _may_be(parts, "eventsource", f"{service}.amazonaws.com")
        )
    )


def misses_home(tree: Filter, places: Iterable[Place]) -> str | None:
    """Return a sentence when a filter is on global services and no place is where they are."""
    regions = {place.region or "" for place in places}
    services = global_services(tree)
    elsewhere = any(each.startswith(_OTHER_PARTITIONS) for each in regions)
    if not services or HOME in regions or elsewhere:
        return None
    return ELSEWHERE.format(services=" and ".join(services))


def _parts(tree: Filter) -> tuple[Filter, ...]:
    tree = simplify(tree)
    return tree.parts if isinstance(tree, And) else (tree,)


def _field_of(part: Filter) -> str | None:
    inner = part.part if isinstance(part, Not) else part
    if isinstance(inner, Term) and isinstance(inner.subject, Field):
        return inner.subject.name
    return None


def _chosen(parts: Sequence[Filter]) -> tuple[Attribute, Term, str] | None:
    for attribute in ATTRIBUTES:
        for part in parts:
            if isinstance(part, Term) and part.subject == BY_NAME[attribute.field]:
                value = _single(part)
                if value is not None and _is_asked_for(attribute, value):
                    lowered = value.lower() if attribute.lower else value
                    return attribute, part, lowered + attribute.suffix
    return None


def _single(term: Term) -> str | None:
    """Return the one value of a term, if it has one and no wildcard."""
    match term.test:
        case Exactly((value,)):
            return value
        case OneOf((value,)) if not _WILD & set(value):
            return value
    return None


def _is_asked_for(attribute: Attribute, value: str) -> bool:
    """Return whether AWS takes the value, and takes it for what the field means by it."""
    weight = len(value) + len(attribute.suffix) + sum(map(value.count, _TWICE))
    made_up = value == UNKNOWN and attribute.field in {"action", "service"}
    changed = len(value.encode(errors="replace")) > LIMIT - 4 or "\ufffd" in value
    return 0 < weight <= _LONGEST and not made_up and not changed and not value.startswith(DIGEST)


def _answered(attribute: Attribute, value: str) -> Filter:
    """Return the events that AWS knows under the value, as far as our fields can tell."""
    field = "eventsource" if attribute.key == "EventSource" else attribute.field
    named = _is(field, value)
    if attribute.key != "Username":
        return named
    session = And((_is("identity", "AssumedRole"), _is("session", value)))
    if attribute.field == "session":
        return session
    return And((named, Or((_is("identity", "IAMUser", "Root"), session))))


def _is(field: str, *values: str) -> Term:
    return Term(BY_NAME[field], Exactly(values))


def _may_be(parts: Sequence[Filter], field: str, value: str) -> bool:
    """Return whether no part rules out that the field, which has one value, has this one."""
    return all(_holds(part, value) for part in parts if _field_of(part) == field)


def _holds(part: Filter, value: str) -> bool:
    if isinstance(part, Not):
        return not _holds(part.part, value)
    return isinstance(part, Term) and part.test.holds(value)


def _may_be_at(parts: Sequence[Filter], place: Place) -> bool:
    return _may_be(parts, "region", place.region or "") and _may_be(
        parts, "account", place.account or ""
    )


def _names_only(part: Filter, actions: Sequence[str]) -> bool:
    """Return whether the part wants nothing but some of these actions."""
    if not isinstance(part, Term) or _field_of(part) != "action":
        return False
    match part.test:
        case Exactly(values) | OneOf(values):
            known = {action.lower() for action in actions}
            return bool(values) and {value.lower() for value in values} <= known
    return False


def _narrowed(parts: Sequence[Filter], window: Span) -> Span:
    """Return the window within what the filter says of the time."""
    start, end = window
    for part in parts:
        if not isinstance(part, Term) or part.subject != BY_NAME["time"]:
            continue
        match part.test:
            case Compare(">=" | ">", bound):
                start = max(start, math.floor(bound))
            case Compare("<" | "<=", bound):
                end = min(end, math.floor(bound) + 1)
    return Span(start, max(start, end))


def _warnings(
    tree: Filter, attribute: Attribute, value: str, places: Sequence[Place], *, exact: bool
) -> Iterator[str]:
    if not exact and not attribute.lower and value.lower() != value.upper():
        yield CASE.format(value=shown(value))
    if attribute.doubt:
        yield attribute.doubt
    yield EXTENT
    elsewhere = misses_home(tree, places)
    if elsewhere:
        yield elsewhere
