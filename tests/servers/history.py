"""What moto's CloudTrail lacks: event history, Insights data and public keys, as AWS answers them.

Pages, tokens, limits and errors follow the API reference of LookupEvents, ListInsightsData and
ListPublicKeys (CloudTrail API version 2013-11-01).
"""

from __future__ import annotations

import base64
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import NamedTuple

from tui.deriving.times import event_time

ACCOUNT = "123456789012"
"""Where access keys that nobody mapped belong to; moto's own default."""
MOST = 50
"""Events of a page at most."""
WINDOW = 1.0
"""Seconds over which requests are counted."""

Record = Mapping[str, object]
Parameters = Mapping[str, object]


class Refused(Exception):
    """AWS says no, with HTTP status 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Place(NamedTuple):
    """An account in a Region: what a quota and a history belong to."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that digest files of one Region are signed with; times in seconds since 1970."""

    fingerprint: str
    value: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Chain:
    """One pagination: what its tokens are bound to, and what is left of them."""

    place: Place
    parameters: Parameters
    events: list[Record]
    uses: int = 0


def _member(record: Record, *path: str) -> object:
    value: object = record
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _resources(record: Record) -> list[dict[str, str]]:
    found = record.get("resources")
    resources = found if isinstance(found, list) else []
    return [
        {"ResourceName": str(each.get("ARN", "")), "ResourceType": str(each.get("type", ""))}
        for each in resources
        if isinstance(each, Mapping)
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(record: Record) -> dict[str, object]:
    """Return the member of `Events` for a record; absent facts are absent members."""
    facts = {
        "EventId": record.get("eventID"),
        "EventName": record.get("eventName") or _member(record, "insightDetails", "eventName"),
        "ReadOnly": record.get("readOnly"),
        "AccessKeyId": _member(record, "userIdentity", "accessKeyId"),
        "EventSource": record.get("eventSource"),
        "Username": _member(record, "userIdentity", "userName"),
    }
    return {
        **{name: _text(value) for name, value in facts.items() if value is not None},
        "EventTime": seconds_of(record),
        "Resources": _resources(record),
        "CloudTrailEvent": json.dumps(record),
    }


def seconds_of(record: Record) -> int:
    """Return the time of a record in whole seconds since 1970."""
    return (event_time(record.get("eventTime")) or 0) // 1000


def _matches(record: Record, parameters: Parameters) -> bool:
    start, end = parameters.get("StartTime"), parameters.get("EndTime")
    moment = seconds_of(record)
    if isinstance(start, int | float) and moment < start:
        return False
    if isinstance(end, int | float) and moment > end:
        return False
    wanted = parameters.get("LookupAttributes") or parameters.get("Dimensions")
    if isinstance(wanted, Mapping):
        wanted = [{"AttributeKey": key, "AttributeValue": value} for key, value in wanted.items()]
    if not isinstance(wanted, list):
        return True
    return all(
        _has(_event(record), each["AttributeKey"], each["AttributeValue"]) for each in wanted
    )


def _has(event: dict[str, object], key: str, value: str) -> bool:
    if key in ("ResourceName", "ResourceType"):
        resources = event["Resources"]
        return isinstance(resources, list) and any(each[key] == value for each in resources)
    return event.get(key) == value


@dataclass
class CloudTrail:
    """The operations that moto lacks, over what tests plant."""

    clock: Callable[[], float] = time.monotonic
    """Seconds, for the limit of requests."""
    limit: int | None = 2
    """Requests per second of an account and Region; None for as many as come."""
    token_uses: int | None = None
    """How often the tokens of one pagination are good; None for always."""
    short_pages: bool = False
    """Whether pages hold fewer events than asked for, every third of them none at all."""
    throttled: Counter[Place] = field(default_factory=Counter)
    answered: Counter[Place] = field(default_factory=Counter)
    _events: dict[Place, list[Record]] = field(default_factory=dict)
    _data_insights: dict[str, list[Record]] = field(default_factory=dict)
    _keys: dict[str, list[PublicKey]] = field(default_factory=dict)
    _recent: dict[tuple[Place, str], deque[float]] = field(default_factory=dict)
    _chains: dict[str, tuple[_Chain, int]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)
    _sizes: count[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def plant(self, records: Iterable[Record], account: str = ACCOUNT, region: str = "") -> None:
        """Put records into the event history of their own Region, or of `region`."""
        for record in records:
            place = Place(account, region or str(record["awsRegion"]))
            self._events.setdefault(place, []).append(record)

    def plant_data_insights(self, records: Iterable[Record], trail: str) -> None:
        """Put Insights records on data events under the trail of this ARN."""
        self._data_insights.setdefault(trail, []).extend(records)

    def plant_key(self, key: PublicKey, region: str) -> None:
        """Put a public key into a Region."""
        self._keys.setdefault(region, []).append(key)

    def answer(self, operation: str, place: Place, parameters: Parameters) -> dict[str, object]:
        """Return the answer to one call; raises Refused."""
        with self._lock:
            if operation != "ListPublicKeys":
                self._count(place, operation)
            return _OPERATIONS[operation](self, place, parameters)

    def full(self, place: Place, operation: str = "LookupEvents") -> bool:
        """Return whether the next request there is throttled."""
        recent = self._recent.get((place, operation), ())
        within = sum(self.clock() - each < WINDOW for each in recent)
        return self.limit is not None and within >= self.limit

    def _count(self, place: Place, operation: str) -> None:
        recent = self._recent.setdefault((place, operation), deque())
        now = self.clock()
        while recent and now - recent[0] >= WINDOW:
            recent.popleft()
        if self.limit is not None and len(recent) >= self.limit:
            self.throttled[place] += 1
            raise Refused("ThrottlingException", "Rate exceeded")
        recent.append(now)
        self.answered[place] += 1

    def lookup_events(self, place: Place, parameters: Parameters) -> dict[str, object]:
        """Answer LookupEvents."""
        category = parameters.get("EventCategory")
        if category not in (None, "insight"):
            raise Refused("InvalidEventCategoryException", "The event category is not valid.")
        attributes = parameters.get("LookupAttributes")
        if isinstance(attributes, list) and len(attributes) > 1:
            raise Refused("InvalidLookupAttributesException", "Only one attribute is allowed.")
        events = [
            each
            for each in self._events.get(place, [])
            if (each.get("eventCategory") == "Insight") == (category == "insight")
        ]
        return self._page(place, parameters, events)

    def list_insights_data(self, place: Place, parameters: Parameters) -> dict[str, object]:
        """Answer ListInsightsData."""
        found = self._data_insights.get(str(parameters.get("InsightSource")), [])
        return self._page(place, parameters, found)

    def list_public_keys(self, place: Place, parameters: Parameters) -> dict[str, object]:
        """Answer ListPublicKeys: the keys whose validity meets the time range."""
        start = _number(parameters.get("StartTime"), 0)
        end = _number(parameters.get("EndTime"), 1 << 40)
        return {
            "PublicKeyList": [
                {
                    "Fingerprint": key.fingerprint,
                    "Value": base64.b64encode(key.value).decode(),
                    "ValidityStartTime": key.start,
                    "ValidityEndTime": key.end,
                }
                for key in self._keys.get(place.region, [])
                if key.start <= end and key.end >= start
            ]
        }

    def _page(
        self, place: Place, parameters: Parameters, events: list[Record]
    ) -> dict[str, object]:
        asked = {name: value for name, value in parameters.items() if name != "NextToken"}
        if _number(asked.get("StartTime"), 0) > _number(asked.get("EndTime"), 1 << 40):
            raise Refused("InvalidTimeRangeException", "The start time is after the end time.")
        most = int(_number(asked.get("MaxResults"), MOST))
        if not 1 <= most <= MOST:
            raise Refused("InvalidMaxResultsException", "MaxResults must be from 1 to 50.")
        token = parameters.get("NextToken")
        if token is None:
            found = sorted(
                (each for each in events if _matches(each, asked)), key=seconds_of, reverse=True
            )
            chain, start = _Chain(place, asked, found), 0
        else:
            chain, start = self._continue(str(token), place, asked)
        return self._cut(chain, start, most)

    def _cut(self, chain: _Chain, start: int, most: int) -> dict[str, object]:
        if self.short_pages:
            most = (0, max(1, most // 3), most)[next(self._sizes) % 3]
        end = start + most
        answer: dict[str, object] = {"Events": [_event(each) for each in chain.events[start:end]]}
        if end < len(chain.events):
            token = f"token-{next(self._numbers)}"
            self._chains[token] = (chain, end)
            answer["NextToken"] = token
        return answer

    def _continue(self, token: str, place: Place, asked: Parameters) -> tuple[_Chain, int]:
        invalid = Refused("InvalidNextTokenException", "The token is invalid or has expired.")
        if token not in self._chains:
            raise invalid
        chain, start = self._chains[token]
        if chain.place != place or chain.parameters != asked:
            raise invalid
        chain.uses += 1
        if self.token_uses is not None and chain.uses > self.token_uses:
            raise invalid
        return chain, start


def _number(value: object, otherwise: float) -> float:
    return value if isinstance(value, int | float) else otherwise


_OPERATIONS: dict[str, Callable[[CloudTrail, Place, Parameters], dict[str, object]]] = {
    "LookupEvents": CloudTrail.lookup_events,
    "ListInsightsData": CloudTrail.list_insights_data,
    "ListPublicKeys": CloudTrail.list_public_keys,
}
OPERATIONS = tuple(_OPERATIONS)
