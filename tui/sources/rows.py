"""Coding events into a batch: each distinct value is derived once, each column in one go.

Owns the memory of what bytes stand for: within a batch by index, across batches by value. The
rules themselves are all in `domain`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import compress
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar, cast

from tui.deriving import outcomes, resources, signals
from tui.deriving.calls import AGGREGATED, INSIGHT, call_from
from tui.deriving.derive import derive
from tui.deriving.identity import actor_of
from tui.deriving.tables import PARTS
from tui.deriving.texts import clean, text_of
from tui.deriving.times import event_time
from tui.domain.batch import ID_BYTES, ROW_DIMENSIONS, Batch
from tui.domain.event import Actor, Call, Event, Origin, Outcome, Place, Resource, Signal
from tui.domain.guid import guid_bytes
from tui.domain.skipped import Skipped
from tui.sources import canonical
from tui.sources.wire import ABSENT, ENTRIES, UNREADABLE, WireRecord, parsed

Key = TypeVar("Key")
Value = TypeVar("Value")

_MEMORY = 1 << 13
"""Distinct identities remembered across batches."""
_REQUEST = PARTS[:1]
_NOTHING_LISTED = 0
"""Index of the empty set of resources."""
_SHORT = 4000
"""Bytes of a list that no cap on derived texts can touch."""

_call_parts = attrgetter(
    "eventSource", "eventName", "eventType", "eventCategory", "readOnly", "managementEvent"
)
_event_id = attrgetter("eventID")
_account = attrgetter("recipientAccountId")
_where = attrgetter("recipientAccountId", "awsRegion")
_origin = attrgetter("sourceIPAddress", "userAgent", "vpcEndpointId")
_error = attrgetter("errorCode", "errorMessage")


class Distinct(Generic[Value]):
    """The distinct values of one dimension of a batch, and what was found to stand for them."""

    def __init__(self, values: list[Value]) -> None:
        self._by_value: dict[Value, int] = {}
        self._by_key: dict[object, int] = {}
        self._values = values

    def index(self, value: Value) -> int:
        """Return the index of a value, adding it if it is new."""
        index = self._by_value.setdefault(value, len(self._values))
        if index == len(self._values):
            self._values.append(value)
        return index

    def indexes(self, keys: Sequence[Key], derive_value: Callable[[Key], Value]) -> list[int]:
        """Return the index for each key; a value is derived only for a key not met before."""
        known = self._by_key
        found = list(map(known.get, keys))
        for at in [at for at, index in enumerate(found) if index is None]:
            key = keys[at]
            if key not in known:
                known[key] = self.index(derive_value(key))
            found[at] = known[key]
        return cast("list[int]", found)


class _Plan(NamedTuple):
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


class Rows:
    """Adds events to a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._actors = Distinct(batch.actor_values)
        self._calls = Distinct(batch.call_values)
        self._resources = Distinct(batch.resources_values)
        self._resources.index(())
        self._places = Distinct(batch.place_values)
        self._origins = Distinct(batch.origin_values)
        self._outcomes = Distinct(batch.outcome_values)
        self._signals = Distinct(batch.signal_values)
        self._outline_values: list[Actor | Outcome] = []
        self._outlines = Distinct(self._outline_values)
        self._actor_kinds: list[int] = []
        """For each actor of the batch, its outline."""
        self._outcome_kinds: list[int] = []
        self._plan_values: list[_Plan] = []
        self._plans = Distinct(self._plan_values)

    def add_ordinary(
        self, records: Sequence[WireRecord], files: Sequence[int], ordinals: Sequence[int]
    ) -> list[tuple[int, int]]:
        """Add the ordinary ones of these records; return (file, ordinal) of the others."""
        plans = self._plans.indexes(list(map(_call_parts, records)), _plan)
        times = _times(records)
        fits = self._fits(records, plans, times)
        others: list[tuple[int, int]] = []
        if fits is not None:
            places = zip(files, ordinals, strict=True)
            others = [place for place, fit in zip(places, fits, strict=True) if not fit]
            records, plans, times = (
                list(compress(records, fits)),
                list(compress(plans, fits)),
                list(compress(times, fits)),
            )
            files, ordinals = list(compress(files, fits)), list(compress(ordinals, fits))
        if records:
            self._batch.file.extend(files)
            self._batch.ordinal.extend(ordinals)
            self._batch.time.extend(cast("Sequence[int]", times))
            self._add_columns(records, plans)
        return others

    def _fits(
        self, records: Sequence[WireRecord], plans: Sequence[int], times: Sequence[int | None]
    ) -> list[bool] | None:
        """Return which records are ordinary, None if all are."""
        odd = {index for index, plan in enumerate(self._plan_values) if not plan.ordinary}
        accounts = list(map(_account, records))
        insights = [record.insightDetails is ABSENT for record in records]
        if all(accounts) and all(insights) and odd.isdisjoint(plans) and None not in times:
            return None
        return [
            bool(account) and absent and plan not in odd and time is not None
            for account, absent, plan, time in zip(accounts, insights, plans, times, strict=True)
        ]

    def add_derived(self, file: int, ordinal: int, record: Mapping[str, object]) -> Skipped | None:
        """Add any record at all, or return why it is no event."""
        event = derive(record)
        if isinstance(event, Skipped):
            return event
        batch = self._batch
        key = guid_bytes(event.id) or self._odd_key(len(batch), event.id)
        batch.keys += key
        batch.file.append(file)
        batch.ordinal.append(ordinal)
        batch.time.append(event.time)
        for column, index in self._indexes(event):
            column.append(index)
        return None

    def forget(self, after: int) -> None:
        """Take back what was added beyond so many events; their values stay known."""
        batch = self._batch
        for name in ("file", "ordinal", "time", *ROW_DIMENSIONS):
            del getattr(batch, name)[after:]
        del batch.keys[ID_BYTES * after :]
        batch.odd_ids = {at: text for at, text in batch.odd_ids.items() if at < after}

    def _indexes(self, event: Event) -> Iterable[tuple[array[int], int]]:
        batch = self._batch
        return (
            (batch.actor, self._actors.index(event.actor)),
            (batch.call, self._calls.index(event.call)),
            (batch.resources, self._resources.index(event.resources)),
            (batch.place, self._places.index(event.place)),
            (batch.origin, self._origins.index(event.origin)),
            (batch.outcome, self._outcomes.index(event.outcome)),
            (batch.signal, self._signals.index(event.signal)),
        )

    def _add_columns(self, records: Sequence[WireRecord], plans: Sequence[int]) -> None:
        batch = self._batch
        self._add_ids(list(map(_event_id, records)))
        actors = self._actors.indexes([bytes(each.userIdentity) for each in records], _actor)
        calls = [self._calls.index(plan.call) for plan in self._plan_values]
        ended = self._outcomes_of(records, plans)
        batch.actor.extend(actors)
        batch.call.extend(map(calls.__getitem__, plans))
        batch.resources.extend(self._about(records, plans))
        batch.place.extend(self._places.indexes(list(map(_where, records)), _place))
        batch.origin.extend(self._origins.indexes(list(map(_origin, records)), _came_from))
        batch.outcome.extend(ended)
        batch.signal.extend(self._signals_of(records, plans, actors, ended))

    def _add_ids(self, texts: Sequence[str]) -> None:
        keys = canonical.guids(texts)
        if keys is None:
            start = len(self._batch.keys) // ID_BYTES
            keys = b"".join(
                guid_bytes(text) or self._odd_key(start + position, text)
                for position, text in enumerate(texts)
            )
        self._batch.keys += keys

    def _odd_key(self, position: int, event_id: str) -> bytes:
        event_id = clean(event_id)
        self._batch.odd_ids[position] = event_id
        return blake2b(event_id.encode(), digest_size=ID_BYTES).digest()

    def _where_plan(self, plans: Sequence[int], holds: Callable[[_Plan], bool]) -> list[int]:
        """Return the positions whose kind of call has a property; few kinds have any."""
        wanted = {index for index, plan in enumerate(self._plan_values) if holds(plan)}
        return [at for at, plan in enumerate(plans) if plan in wanted] if wanted else []

    def _outcomes_of(self, records: Sequence[WireRecord], plans: Sequence[int]) -> list[int]:
        keys: list[tuple[object, ...]] = list(map(_error, records))
        for at in self._where_plan(plans, lambda plan: plan.ends):
            record = records[at]
            parts = bytes(record.responseElements), bytes(record.serviceEventDetails)
            keys[at] = (*keys[at], self._plan_values[plans[at]].call, *parts)
        return self._outcomes.indexes(keys, _outcome)

    def _about(self, records: Sequence[WireRecord], plans: Sequence[int]) -> list[int]:
        """Return what each was about: what its `resources` list, else what its parameters name."""
        found = self._resources.indexes([bytes(record.resources) for record in records], _listed)
        unlisted = [at for at, index in enumerate(found) if index == _NOTHING_LISTED]
        names = [plan.about for plan in self._plan_values]
        keys = [
            (plans[at], *_raw(records[at], names[plans[at]])) if names[plans[at]] else None
            for at in unlisted
        ]
        for at, index in zip(unlisted, self._resources.indexes(keys, self._named), strict=True):
            found[at] = index
        return found

    def _named(self, key: tuple[object, ...] | None) -> tuple[Resource, ...]:
        if key is None:
            return ()
        number, *parts = cast("tuple[int, *tuple[bytes, ...]]", key)
        plan = self._plan_values[number]
        return plan.find(_values(plan.about, parts))

    def _signals_of(
        self,
        records: Sequence[WireRecord],
        plans: Sequence[int],
        actors: Sequence[int],
        found: Sequence[int],
    ) -> list[int]:
        kinds, results = self._actor_kinds, self._outcome_kinds
        for actor in self._batch.actor_values[len(kinds) :]:
            kinds.append(self._outlines.index(signals.outline_actor(actor)))
        for outcome in self._batch.outcome_values[len(results) :]:
            results.append(self._outlines.index(signals.outline_outcome(outcome)))
        keys: list[tuple[object, ...]] = list(
            zip(plans, map(kinds.__getitem__, actors), map(results.__getitem__, found), strict=True)
        )
        for at in self._where_plan(plans, lambda plan: bool(plan.signal)):
            parts = _raw(records[at], self._plan_values[plans[at]].signal)
            keys[at] = (plans[at], actors[at], found[at], *parts)
        return self._signals.indexes(keys, self._signal)

    def _signal(self, key: tuple[object, ...]) -> Signal:
        number, actor, outcome, *parts = cast("tuple[int, int, int, *tuple[bytes, ...]]", key)
        plan = self._plan_values[number]
        if plan.signal:
            who, ended = self._batch.actor_values[actor], self._batch.outcome_values[outcome]
        else:
            who = cast("Actor", self._outline_values[actor])
            ended = cast("Outcome", self._outline_values[outcome])
        return signals.signal_of(plan.call, who, ended, *_values(plan.signal, parts))


def _plan(parts: tuple[object, ...]) -> _Plan:
    call = call_from(*parts)
    return _Plan(
        call,
        call.category not in (INSIGHT, AGGREGATED),
        tuple(compress(PARTS, resources.needs_parameters(call.service, call.action))),
        resources.finder(call.service, call.action),
        tuple(compress(PARTS, signals.needs_parameters(call.service, call.action))),
        outcomes.needs_response(call.service),
    )


def _times(records: Sequence[WireRecord]) -> Sequence[int | None]:
    texts = [record.eventTime or "" for record in records]
    times = canonical.times(texts)
    if times is None:
        return list(map(event_time, texts))
    found: list[int] = times.tolist()
    return found


def _place(parts: tuple[object, ...]) -> Place:
    return Place(*map(text_of, parts))


def _came_from(parts: tuple[object, ...]) -> Origin:
    return Origin(*map(text_of, parts))


@lru_cache(maxsize=_MEMORY)
def _actor(identity: bytes) -> Actor:
    return actor_of(parsed(identity))


def _outcome(key: tuple[object, ...]) -> Outcome:
    code, message, *rest = key
    if not rest:
        return outcomes.outcome_from("", "", code, message)
    call, response, details = cast("tuple[Call, bytes, bytes]", tuple(rest))
    parts = parsed(response), parsed(details)
    return outcomes.outcome_from(call.service, call.action, code, message, *parts)


def _listed(raw: bytes) -> tuple[Resource, ...]:
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
        few = 0 < len(found) <= resources.LIMIT and len(raw) < _SHORT
        if few and raw.isascii() and b"\\u" not in raw:
            return tuple(found)
    return resources.resources_from("", "", parsed(raw), None, None, None)


def _raw(record: WireRecord, names: tuple[str, ...]) -> list[bytes]:
    return [bytes(getattr(record, name)) for name in names]


def _values(names: tuple[str, ...], parts: Sequence[bytes]) -> list[object]:
    """Return request, response and additional data, those not among the names as None."""
    if names == _REQUEST:
        return [parsed(parts[0]), None, None]
    found = dict(zip(names, map(parsed, parts), strict=False))
    return [found.get(name) for name in PARTS]
