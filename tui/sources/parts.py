"""What the parts of an ordinary record stand for: from their bytes to values of dimensions.

The rules themselves are all in `deriving`; this reads no more of a record than they need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import compress
from typing import NamedTuple, cast

from tui.deriving import outcomes, resources, signals
from tui.deriving.calls import AGGREGATED, INSIGHT, call_from
from tui.deriving.identity import actor_of
from tui.deriving.tables import PARTS
from tui.deriving.texts import text_of
from tui.domain.event import Actor, Call, Origin, Outcome, Place, Resource, Signal
from tui.sources.wire import ENTRIES, UNREADABLE, WireRecord, parsed

RESPONSES = ("responseElements", "serviceEventDetails")
"""Parts that say how a call ended whose error does not."""
_MEMORY = 1 << 13
"""Distinct identities remembered across batches."""
_KEY, _DATE = b'"accessKeyId":"', b'"creationDate":"'
"""Looked for with `find`, as `in` first tries to take bytes for a number: ten times the work."""
_ANY = "*"
_KEY_LENGTH = range(16, 129)
_BEFORE_KEY = Actor._fields.index("key")
_REQUEST = PARTS[:1]
_SHORT = 4000
"""Bytes of a list that no cap on derived texts can touch."""


class Plan(NamedTuple):
    """What has to be looked at for one kind of call."""

    call: Call
    ordinary: bool
    """Whether the call's record has the usual fields."""
    about: tuple[str, ...]
    """The parts of a record that name what it was about, if its `resources` do not."""
    find: Callable[[Sequence[object]], tuple[Resource, ...]]
    """Finds it there."""
    signal: tuple[str, ...]
    """The parts that decide its severity."""
    ends: bool
    """Whether the response says how it ended."""


@lru_cache(maxsize=_MEMORY)
def plan_of(parts: tuple[object, ...]) -> Plan:
    """Return what has to be looked at for a call; `parts` as `calls.call_from` takes them."""
    call = call_from(*parts)
    return Plan(
        call,
        call.category not in (INSIGHT, AGGREGATED),
        tuple(compress(PARTS, resources.needs_parameters(call.service, call.action))),
        resources.finder(call.service, call.action),
        tuple(compress(PARTS, signals.needs_parameters(call.service, call.action))),
        outcomes.needs_response(call.service),
    )


def place_of(parts: tuple[object, ...]) -> Place:
    """Return where a record was made: account, region."""
    return Place(*map(text_of, parts))


def origin_of(parts: tuple[object, ...]) -> Origin:
    """Return where a call came from: address, agent, endpoint."""
    return Origin(*map(text_of, parts))


def actor_in(identity: bytes) -> Actor:
    """Return who a `userIdentity` speaks of.

    It is remembered without its access key and the time of its session: those change by the hour,
    and nothing else that is derived depends on them.
    """
    before, mark, rest = identity.partition(_KEY)
    key, end, rest = rest.partition(b'"')
    if not end or len(key) not in _KEY_LENGTH or not key.isalnum() or rest.find(_KEY) >= 0:
        return _actor(identity)
    actor = _actor(_undated(b"".join((before, mark, _ANY.encode(), end, rest))))
    if actor.key != _ANY:
        return _actor(identity)
    return Actor._make((*actor[:_BEFORE_KEY], key.decode(), *actor[_BEFORE_KEY + 1 :]))


def _undated(identity: bytes) -> bytes:
    """Return a `userIdentity` without the time of its session."""
    before, mark, rest = identity.partition(_DATE)
    date, end, rest = rest.partition(b'"')
    if not end or date.find(b"\\") >= 0:
        return identity
    return b"".join((before, mark, end, rest))


@lru_cache(maxsize=_MEMORY)
def _actor(identity: bytes) -> Actor:
    return actor_of(parsed(identity))


def outcome_of(error: tuple[object, ...]) -> Outcome:
    """Return how a call ended by its error code, or the message where there is none."""
    code, *message = error
    return outcomes.outcome_from("", "", code, *(message or (None,)))


def outcome_told(key: tuple[object, ...]) -> Outcome:
    """Return how a call ended by its error and response; begins with the call."""
    call, code, message, response, details = cast("tuple[Call, object, object, bytes, bytes]", key)
    parts = parsed(response), parsed(details)
    return outcomes.outcome_from(call.service, call.action, code, message, *parts)


def listed(raw: bytes) -> tuple[Resource, ...]:
    """Read a `resources` list: at once where it has the usual types, else leniently."""
    try:
        entries = ENTRIES.decode(raw)
    except UNREADABLE:
        entries = []
    found: dict[Resource, None] = {}
    for entry in entries:
        if not entry.ARN:
            break
        found[Resource(entry.ARN, entry.type or None)] = None
    else:
        if found and len(raw) < _SHORT and raw.isascii() and raw.find(b"\\u") < 0:
            return tuple(found)
    return resources.resources_from("", "", parsed(raw), None, None, None)


def raw_parts(record: WireRecord, names: tuple[str, ...]) -> list[bytes]:
    """Return some parts of a record as bytes."""
    return [bytes(getattr(record, name)) for name in names]


def values_of(names: tuple[str, ...], parts: Sequence[bytes]) -> list[object]:
    """Return request, response and additional data, those not among the names as None."""
    if names == _REQUEST:
        return [parsed(parts[0]), None, None]
    found = dict(zip(names, map(parsed, parts), strict=False))
    return [found.get(name) for name in PARTS]


def signal_in(plan: Plan, actor: Actor, outcome: Outcome, *parts: bytes) -> Signal:
    """Return what a call is worth attention for; `parts` are those the plan names."""
    if parts:
        return signals.signal_of(plan.call, actor, outcome, *values_of(plan.signal, parts))
    return _signal(plan.call, actor, outcome)


@lru_cache(maxsize=_MEMORY)
def _signal(call: Call, actor: Actor, outcome: Outcome) -> Signal:
    return signals.signal_of(call, actor, outcome)
