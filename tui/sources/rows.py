"""Coding events into a batch: each distinct value is derived once, each column in one go.

Owns the memory of what bytes stand for: within a batch by index, across batches by value. The
rules themselves are all in `domain`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import compress
from operator import attrgetter
from typing import cast

from tui.deriving import signals
from tui.deriving.derive import derive
from tui.deriving.texts import clean
from tui.deriving.times import event_time
from tui.domain.batch import ID_BYTES, ROW_DIMENSIONS, Batch, Combination
from tui.domain.event import Actor, Event, Resource
from tui.domain.guid import guid_bytes
from tui.domain.skipped import Skipped
from tui.sources import canonical
from tui.sources.distinct import Distinct
from tui.sources.parts import (
    RESPONSES,
    Plan,
    actor_in,
    listed,
    origin_of,
    outcome_of,
    outcome_told,
    place_of,
    plan_of,
    raw_parts,
    signal_in,
    values_of,
)
from tui.sources.wire import ABSENT, WireRecord

_NOTHING_LISTED = 0
"""Index of the empty set of resources."""
_NO_LIST = b""

_kind_parts = attrgetter(
    "eventSource",
    "eventName",
    "eventType",
    "eventCategory",
    "readOnly",
    "managementEvent",
    "errorCode",
)
_CALL = 6
"""How many of the parts of a kind say what was called."""
_UNTOLD = -1
"""Stands for the outcome of a kind whose records each have to be asked for it."""
_event_id = attrgetter("eventID")
_account = attrgetter("recipientAccountId")
_identity = attrgetter("userIdentity")
_list = attrgetter("resources")
_from_where = attrgetter(
    "recipientAccountId", "awsRegion", "sourceIPAddress", "userAgent", "vpcEndpointId"
)
_PLACE = 2
"""How many of these say where it was recorded."""


class Rows:
    """Adds events to a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._actors = Distinct(batch.actor_values)
        self._calls = Distinct(batch.call_values)
        self._resources = Distinct(batch.resources_values)
        self._resources.of(_NO_LIST, lambda _: ())
        self._places = Distinct(batch.place_values)
        self._origins = Distinct(batch.origin_values)
        self._outcomes = Distinct(batch.outcome_values)
        self._signals = Distinct(batch.signal_values)
        self._who = Distinct(batch.who_values)
        self._what = Distinct(batch.what_values)
        self._plan_values: list[Plan] = []
        self._plans = Distinct(self._plan_values)
        self._kind_values: list[tuple[int, int]] = []
        """Plan and outcome of each kind of record, as far as call and error tell them."""
        self._kinds = Distinct(self._kind_values)
        self._outline_values: list[Actor] = []
        self._outlines = Distinct(self._outline_values)
        self._who_outlines: list[int] = []
        """For each `who` of the batch, the outline of its actor."""

    def add_ordinary(
        self, records: Sequence[WireRecord], files: Sequence[int], ordinals: Sequence[int]
    ) -> list[tuple[int, int]]:
        """Add the ordinary ones of these records; return (file, ordinal) of the others."""
        kinds = self._kinds.indexes(_kind_keys(records), self._kind)
        times = _times(records)
        fits = self._fits(records, kinds, times)
        others: list[tuple[int, int]] = []
        if fits is not None:
            places = zip(files, ordinals, strict=True)
            others = [place for place, fit in zip(places, fits, strict=True) if not fit]
            records, kinds, times = (
                list(compress(records, fits)),
                list(compress(kinds, fits)),
                list(compress(times, fits)),
            )
            files, ordinals = list(compress(files, fits)), list(compress(ordinals, fits))
        if records:
            self._batch.file.extend(files)
            self._batch.ordinal.extend(ordinals)
            self._batch.time.extend(cast("Sequence[int]", times))
            self._add_columns(records, kinds)
        return others

    def _fits(
        self, records: Sequence[WireRecord], kinds: Sequence[int], times: Sequence[int | None]
    ) -> list[bool] | None:
        """Return which records are ordinary, None if all are."""
        odd = set(self._where_plan(lambda plan: not plan.ordinary))
        accounts = list(map(_account, records))
        insights = [record.insightDetails is ABSENT for record in records]
        if all(accounts) and all(insights) and odd.isdisjoint(kinds) and None not in times:
            return None
        return [
            bool(account) and absent and kind not in odd and time is not None
            for account, absent, kind, time in zip(accounts, insights, kinds, times, strict=True)
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
        who = (
            self._actors.index(event.actor),
            self._places.index(event.place),
            self._origins.index(event.origin),
        )
        what = (
            self._calls.index(event.call),
            self._outcomes.index(event.outcome),
            self._signals.index(event.signal),
        )
        return (
            (batch.who, self._who.index(who)),
            (batch.what, self._what.index(what)),
            (batch.resources, self._resources.index(event.resources)),
        )

    def _add_columns(self, records: Sequence[WireRecord], kinds: Sequence[int]) -> None:
        batch = self._batch
        self._add_ids(list(map(_event_id, records)))
        identities = map(bytes, map(_identity, records))
        keys = list(zip(identities, map(_from_where, records), strict=True))
        who = self._who.indexes(keys, self._whoever)
        batch.who.extend(who)
        batch.what.extend(self._whats(records, kinds, who))
        batch.resources.extend(self._about(records, kinds))

    def _kind(self, parts: tuple[object, ...]) -> tuple[int, int]:
        plan = self._plans.of(parts[:_CALL], plan_of)
        if self._plan_values[plan].ends or not self._plan_values[plan].ordinary:
            return plan, _UNTOLD
        return plan, self._outcomes.of(parts[_CALL:], outcome_of)

    def _whoever(self, key: tuple[bytes, tuple[object, ...]]) -> Combination:
        identity, parts = key
        return (
            self._actors.of(identity, actor_in),
            self._places.of(parts[:_PLACE], place_of),
            self._origins.of(parts[_PLACE:], origin_of),
        )

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

    def _where_plan(self, holds: Callable[[Plan], bool]) -> list[int]:
        """Return the kinds whose plan has a property; few have any."""
        plans = self._plan_values
        return [kind for kind, (plan, _) in enumerate(self._kind_values) if holds(plans[plan])]

    def _whats(
        self, records: Sequence[WireRecord], kinds: Sequence[int], who: Sequence[int]
    ) -> list[int]:
        """Return what each was: its kind and an outline of its actor tell, but for a few kinds."""
        outlines = self._who_outlines
        for actor, _, _ in self._batch.who_values[len(outlines) :]:
            value = self._batch.actor_values[actor]
            outlines.append(self._outlines.index(signals.outline_actor(value)))
        keys: list[tuple[object, ...]] = list(
            zip(kinds, map(outlines.__getitem__, who), strict=True)
        )
        closer = set(self._where_plan(lambda plan: plan.ends or bool(plan.signal)))
        for at in [at for at, kind in enumerate(kinds) if kind in closer] if closer else ():
            plan = self._plan_values[self._kind_values[kinds[at]][0]]
            record, actor = records[at], self._batch.who_values[who[at]][0]
            told = raw_parts(record, RESPONSES) if plan.ends else ()
            ended = (record.errorCode, record.errorMessage, *told)
            keys[at] = (kinds[at], actor, ended, *raw_parts(record, plan.signal))
        return self._what.indexes(keys, self._whatever)

    def _whatever(self, key: tuple[object, ...]) -> Combination:
        kind, who, *closer = cast("tuple[int, int, *tuple[object, ...]]", key)
        number, outcome = self._kind_values[kind]
        plan, actor, parts = self._plan_values[number], self._outline_values, closer[1:]
        if closer:
            actor = self._batch.actor_values
            ended = cast("tuple[object, ...]", closer[0])
            if outcome == _UNTOLD:
                outcome = self._outcomes.of((plan.call, *ended), outcome_told)
        ended_so = self._batch.outcome_values[outcome]
        signal = signal_in(plan, actor[who], ended_so, *cast("Sequence[bytes]", parts))
        return self._calls.index(plan.call), outcome, self._signals.index(signal)

    def _about(self, records: Sequence[WireRecord], kinds: Sequence[int]) -> list[int]:
        """Return what each was about: what its `resources` list, else what its parameters name."""
        lists = [_NO_LIST if raw is ABSENT else bytes(raw) for raw in map(_list, records)]
        found = self._resources.indexes(lists, listed)
        plans = [plan for plan, _ in self._kind_values]
        names = [self._plan_values[plan].about for plan in plans]
        unlisted = [
            at
            for at, (index, kind) in enumerate(zip(found, kinds, strict=True))
            if index == _NOTHING_LISTED and names[kind]
        ]
        keys = [(plans[kinds[at]], *raw_parts(records[at], names[kinds[at]])) for at in unlisted]
        for at, index in zip(unlisted, self._resources.indexes(keys, self._named), strict=True):
            found[at] = index
        return found

    def _named(self, key: tuple[object, ...]) -> tuple[Resource, ...]:
        number, *parts = cast("tuple[int, *tuple[bytes, ...]]", key)
        plan = self._plan_values[number]
        return plan.find(values_of(plan.about, parts))


def _kind_keys(records: Sequence[WireRecord]) -> list[tuple[object, ...]]:
    """Return what is looked at first; a message only counts where there is no code."""
    keys: list[tuple[object, ...]] = list(map(_kind_parts, records))
    for at, record in enumerate(records):
        if record.errorMessage and not record.errorCode:
            keys[at] = (*keys[at], record.errorMessage)
    return keys


def _times(records: Sequence[WireRecord]) -> Sequence[int | None]:
    texts = [record.eventTime or "" for record in records]
    times = canonical.times(texts)
    if times is None:
        return list(map(event_time, texts))
    found: list[int] = times.tolist()
    return found
