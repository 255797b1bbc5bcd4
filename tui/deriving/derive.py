"""From a delivered record to an event.

Owns what makes an event an event: an id, a time and where it was recorded. The rest is read by
`identity`, `calls`, `resources`, `outcomes` and `signals`. Nothing is removed: whatever is not
derived stays in the record. Source of the facts: user guide, "CloudTrail record contents",
"Insights events", "Aggregated events".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from tui.deriving.calls import call_of
from tui.deriving.identity import actor_of
from tui.deriving.outcomes import outcome_of
from tui.deriving.resources import resources_of
from tui.deriving.signals import signal_of
from tui.deriving.tables import PARTS
from tui.deriving.texts import clean, first_text, object_of, text_of
from tui.deriving.times import event_time
from tui.domain.event import Event, Origin, Place
from tui.domain.skipped import Skipped, Why

DIGEST = "sha256:"
"""What the id of a record without one begins with."""

_SHOWN = 60
"""Bytes of a wrong time that are shown."""


def derive(record: Mapping[str, object]) -> Event | Skipped:
    """Return the event a record stands for; every field may be absent, null or of a wrong type.

    A record whose time cannot be read is skipped, and so is one without an id that is nested too
    deep to be given one.
    """
    time = time_of(record)
    if time is None:
        return Skipped(Why.NO_TIME, _no_time(record))
    identifier = id_of(record)
    if identifier is None:
        return Skipped(Why.NOT_A_RECORD, "it has no id and is nested too deep to be given one")
    actor = actor_of(record.get("userIdentity"))
    call = call_of(record)
    outcome = outcome_of(record)
    request, response, additional = (record.get(part) for part in PARTS)
    return Event(
        id=identifier,
        time=time,
        actor=actor,
        call=call,
        resources=resources_of(record),
        place=place_of(record),
        origin=origin_of(record),
        outcome=outcome,
        signal=signal_of(call, actor, outcome, request, response, additional),
        record=record,
    )


def time_of(record: Mapping[str, object]) -> int | None:
    """Return eventTime, or the start of an aggregated event's window, in ms since 1970 UTC."""
    time = event_time(record.get("eventTime"))
    if time is None and text_of(record.get("eventTime")) is None:
        return event_time(object_of(record.get("timeWindow")).get("windowStart"))
    return time


def id_of(record: Mapping[str, object]) -> str | None:
    """Return eventID (aggregated events: eventId), else a digest of the record.

    The digest is over the record as JSON with sorted keys and no spaces, so the same record has
    the same id wherever it is delivered. None when the record is nested too deep to be written.
    """
    identifier = first_text(record.get("eventID"), record.get("eventId"))
    if identifier is not None:
        return identifier
    try:
        canonical = json.dumps(record, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return None
    return DIGEST + sha256(canonical.encode()).hexdigest()


def place_of(record: Mapping[str, object]) -> Place:
    """Return the account and region a record was made in; the caller's account if it names none."""
    account = first_text(
        record.get("recipientAccountId"),
        object_of(record.get("userIdentity")).get("accountId"),
        record.get("accountId"),
    )
    return Place(account, text_of(record.get("awsRegion")))


def origin_of(record: Mapping[str, object]) -> Origin:
    """Return where a call came from."""
    return Origin(
        ip=text_of(record.get("sourceIPAddress")),
        agent=text_of(record.get("userAgent")),
        endpoint=text_of(record.get("vpcEndpointId")),
    )


def _no_time(record: Mapping[str, object]) -> str:
    delivered = text_of(record.get("eventTime"))
    if delivered is None:
        return "eventTime is absent"
    return f"eventTime is no time: {clean(delivered, _SHOWN)}"
