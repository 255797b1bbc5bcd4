"""Appending events to a batch, each distinct value derived once.

Owns the memory of what bytes mean: within a batch by index, across batches by value. The rules
themselves are all in `domain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

import msgspec

from tui.domain import outcomes, resources, signals
from tui.domain.batch import ID_BYTES, Batch
from tui.domain.calls import AGGREGATED, INSIGHT, call_from
from tui.domain.derive import derive
from tui.domain.event import Actor, Event, Origin, Place
from tui.domain.guid import guid_bytes
from tui.domain.identity import actor_of
from tui.domain.skipped import Skipped
from tui.domain.texts import text_of
from tui.domain.times import event_time
from tui.sources.wire import ABSENT, WireRecord, parsed

Value = TypeVar("Value")
_MEMORY = 1 << 16
"""Distinct identities, times and the like remembered across batches."""
_NOTHING = (b"null", b"[]", b"{}")


class Distinct(Generic[Value]):
    """The distinct values of one dimension of a batch, found by what they are derived from."""

    def __init__(self, values: list[Value]) -> None:
        self.by_source: dict[object, int] = {}
        self._by_value: dict[Value, int] = {}
        self._values = values

    def index(self, value: Value) -> int:
        """Return the index of a value, adding it if it is new."""
        index = self._by_value.setdefault(value, len(self._values))
        if index == len(self._values):
            self._values.append(value)
        return index

    def learn(self, source: object, value: Value) -> int:
        """Remember what something stands for."""
        index = self.by_source[source] = self.index(value)
        return index


class _Plan(NamedTuple):
    """What has to be looked at for one kind of call."""

    call: int
    derived: bool
    """Not an ordinary record: derive it as a whole."""
    about: tuple[bool, bool, bool]
    """Whether request, response, additional data name its resources."""
    signal: tuple[bool, bool, bool]
    """Whether they decide its severity."""
    ends: bool
    """Whether the response says how it ended."""


class Rows:
    """Adds events to a batch; `file` is the index of the file they come from."""

    def __init__(self, batch: Batch) -> None:
        self.file = 0
        self._batch = batch
        self._actors = Distinct(batch.actor_values)
        self._calls = Distinct(batch.call_values)
        self._resources = Distinct(batch.resources_values)
        self._places = Distinct(batch.place_values)
        self._origins = Distinct(batch.origin_values)
        self._outcomes = Distinct(batch.outcome_values)
        self._signals = Distinct(batch.signal_values)
        self._plans: dict[object, _Plan] = {}
        self._nothing = self._resources.index(())

    def add(self, ordinal: int, record: WireRecord) -> bool:
        """Add an ordinary record; False if it is none, and then nothing was added."""
        plan = self._plan(record)
        event_id = record.eventID
        account = record.recipientAccountId
        time = _time(record.eventTime)
        if plan.derived or not event_id or not account or time is None:
            return False
        call = plan.call
        source: object = bytes(record.userIdentity)
        actor = self._actors.by_source.get(source)
        if actor is None:
            actor = self._actors.learn(source, _actor(bytes(record.userIdentity)))
        source = (account, record.awsRegion)
        place = self._places.by_source.get(source)
        if place is None:
            place = self._places.learn(source, Place(text_of(account), text_of(record.awsRegion)))
        source = (record.sourceIPAddress, record.userAgent, record.vpcEndpointId)
        origin = self._origins.by_source.get(source)
        if origin is None:
            origin = self._origins.learn(source, Origin(*map(text_of, source)))
        outcome = self._outcome(plan, record)
        about = self._about(plan, record)
        signal = self._signal(plan, actor, outcome, record)
        self._append(ordinal, time, event_id, (actor, call, about, place, origin, outcome, signal))
        return True

    def add_derived(self, ordinal: int, record: Mapping[str, object]) -> Skipped | None:
        """Add any record at all, or return why it is no event."""
        event = derive(record)
        if isinstance(event, Skipped):
            return event
        self._append(ordinal, event.time, event.id, self._indexes(event))
        return None

    def _indexes(self, event: Event) -> tuple[int, ...]:
        return (
            self._actors.index(event.actor),
            self._calls.index(event.call),
            self._resources.index(event.resources),
            self._places.index(event.place),
            self._origins.index(event.origin),
            self._outcomes.index(event.outcome),
            self._signals.index(event.signal),
        )

    def _append(self, ordinal: int, time: int, event_id: str, indexes: tuple[int, ...]) -> None:
        batch = self._batch
        key = guid_bytes(event_id)
        if key is None:
            key = blake2b(event_id.encode(), digest_size=ID_BYTES).digest()
            batch.odd_ids[len(batch.time)] = event_id
        batch.keys += key
        batch.file.append(self.file)
        batch.ordinal.append(ordinal)
        batch.time.append(time)
        batch.actor.append(indexes[0])
        batch.call.append(indexes[1])
        batch.resources.append(indexes[2])
        batch.place.append(indexes[3])
        batch.origin.append(indexes[4])
        batch.outcome.append(indexes[5])
        batch.signal.append(indexes[6])

    def _plan(self, record: WireRecord) -> _Plan:
        source = (
            record.eventSource,
            record.eventName,
            record.eventType,
            record.eventCategory,
            record.readOnly,
            record.managementEvent,
        )
        plan = self._plans.get(source)
        if plan is None:
            call = call_from(*source)
            plan = self._plans[source] = _Plan(
                self._calls.index(call),
                call.category in (INSIGHT, AGGREGATED),
                resources.needs_parameters(call.service, call.action),
                signals.needs_parameters(call.service, call.action),
                outcomes.needs_response(call.service),
            )
        if record.insightDetails is not ABSENT:
            return plan._replace(derived=True)
        return plan

    def _outcome(self, plan: _Plan, record: WireRecord) -> int:
        code = record.errorCode
        if plan.ends:
            call = self._batch.call_values[plan.call]
            parts = (_part(record.responseElements), _part(record.serviceEventDetails))
            return self._outcomes.index(
                outcomes.outcome_from(call.service, call.action, code, record.errorMessage, *parts)
            )
        source = (code, None if code else record.errorMessage)
        outcome = self._outcomes.by_source.get(source)
        if outcome is None:
            outcome = self._outcomes.learn(source, outcomes.outcome_from("", "", *source))
        return outcome

    def _about(self, plan: _Plan, record: WireRecord) -> int:
        listed = bytes(record.resources)
        call = self._batch.call_values[plan.call]
        if listed not in _NOTHING:
            index = self._resources.by_source.get(listed)
            if index is not None:
                return index
            found = resources.resources_from(
                call.service, call.action, parsed(listed), None, None, None
            )
            if found:
                return self._resources.learn(listed, found)
        if not any(plan.about):
            return self._nothing
        parts = _needed(record, plan.about)
        source = (plan.call, *parts)
        index = self._resources.by_source.get(source)
        if index is None:
            values = (parsed(part) for part in parts)
            found = resources.resources_from(call.service, call.action, None, *values)
            index = self._resources.learn(source, found)
        return index

    def _signal(self, plan: _Plan, actor: int, outcome: int, record: WireRecord) -> int:
        parts = _needed(record, plan.signal) if any(plan.signal) else ()
        source = (plan.call, actor, outcome, *parts)
        signal = self._signals.by_source.get(source)
        if signal is None:
            values = [parsed(part) for part in parts] or [None, None, None]
            signal = self._signals.learn(
                source,
                signals.signal_of(
                    self._batch.call_values[plan.call],
                    self._batch.actor_values[actor],
                    self._batch.outcome_values[outcome],
                    *values,
                ),
            )
        return signal


def _needed(record: WireRecord, needs: tuple[bool, bool, bool]) -> tuple[bytes, bytes, bytes]:
    """Return the parts of a record that are asked for; the others as JSON null."""
    return (
        bytes(record.requestParameters) if needs[0] else b"null",
        bytes(record.responseElements) if needs[1] else b"null",
        bytes(record.additionalEventData) if needs[2] else b"null",
    )


def _part(raw: msgspec.Raw) -> object:
    return parsed(bytes(raw))


@lru_cache(maxsize=_MEMORY)
def _actor(identity: bytes) -> Actor:
    return actor_of(parsed(identity))


@lru_cache(maxsize=_MEMORY)
def _time(text: str | None) -> int | None:
    return event_time(text)
