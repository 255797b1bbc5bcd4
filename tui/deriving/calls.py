"""What was called: action, service, category and verb, for every shape CloudTrail delivers.

Owns how records without an eventName (Insights, aggregated events) get an action, so that every
event has one. Source of the facts: user guide, "CloudTrail record contents", "Insights events",
"Aggregated events".
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.deriving.texts import boolean_of, first_text, object_of, text_of
from tui.deriving.verbs import strongest, verb_of
from tui.deriving.walk import texts_at
from tui.domain.event import Call

UNKNOWN = "unknown"
"""The action or service of a record that names none."""

INSIGHT = "Insight"
AGGREGATED = "Aggregated"

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")
_CATEGORY_OF_TYPE = {
    "awsvpceevent": "NetworkActivity",
    "awsvpceevents": "NetworkActivity",
    "awscloudtrailinsight": INSIGHT,
    "awsaggregatedevent": AGGREGATED,
}
_CATEGORY_OF_MANAGEMENT = {"true": "Management", "false": "Data"}

_PRIMARY = ("summary", "primaryDimension")


def call_of(record: Mapping[str, object]) -> Call:
    """Return what a record is about; every field may be absent or of any type."""
    category = category_of(
        record.get("eventType"), record.get("eventCategory"), record.get("managementEvent")
    )
    if category == INSIGHT or "insightDetails" in record:
        return _insight(record)
    if category == AGGREGATED:
        return _aggregated(record)
    return call_from(
        record.get("eventSource"),
        record.get("eventName"),
        record.get("eventType"),
        category,
        record.get("readOnly"),
    )


def call_from(
    source: object,
    name: object,
    type: object,  # noqa: A002 - eventType, as in Call
    category: object,
    read_only: object,
    management: object = None,
) -> Call:
    """Return an ordinary call from its fields as delivered.

    That is every record but Insights and aggregated events (see `category_of`), whose names stand
    elsewhere: use `call_of` for those.
    """
    service, action = service_of(source), text_of(name) or UNKNOWN
    reads = boolean_of(read_only)
    return Call(
        action=action,
        service=service,
        source=text_of(source),
        type=text_of(type),
        category=category_of(type, category, management),
        read_only=reads,
        verb=verb_of(service, action, reads),
    )


def category_of(type: object, category: object, management: object) -> str | None:  # noqa: A002
    """Return eventCategory, or what eventType and managementEvent say about records before 1.07."""
    return (
        text_of(category)
        or _CATEGORY_OF_TYPE.get((text_of(type) or "").lower())
        or _CATEGORY_OF_MANAGEMENT.get(boolean_of(management) or "")
    )


def service_of(source: object) -> str:
    """Return an eventSource without its domain: `s3` for `s3.amazonaws.com`."""
    text = text_of(source) or UNKNOWN
    for suffix in _SUFFIXES:
        text = text.removesuffix(suffix)
    return text or UNKNOWN


def is_insight(call: Call) -> bool:
    """Return whether the event is a finding of CloudTrail Insights rather than a call."""
    return call.category == INSIGHT


def summarised(record: Mapping[str, object], dimension: str) -> list[str]:
    """Return the values an aggregated event counts, where its primary dimension is this one."""
    if texts_at(record, (*_PRIMARY, "dimension")) != [dimension]:
        return []
    return texts_at(record, (*_PRIMARY, "statistics", "name"))


def _insight(record: Mapping[str, object]) -> Call:
    """Read insightDetails, or the same fields as CloudTrail Lake flattens them."""
    details = object_of(record.get("insightDetails"))
    return call_from(
        first_text(
            details.get("eventSource"),
            details.get("insightEventSource"),
            record.get("insightEventSource"),
        ),
        first_text(
            details.get("eventName"),
            details.get("insightEventName"),
            record.get("insightEventName"),
        ),
        record.get("eventType"),
        INSIGHT,
        record.get("readOnly"),
    )


def _aggregated(record: Mapping[str, object]) -> Call:
    """Name a five-minute summary after what it counts; its verb is the strongest it counts."""
    dimension = next(iter(texts_at(record, (*_PRIMARY, "dimension"))), None)
    call = call_from(
        record.get("eventSource"),
        f"Aggregated {dimension}" if dimension else AGGREGATED,
        record.get("eventType"),
        AGGREGATED,
        record.get("readOnly"),
    )
    if call.read_only:
        return call
    counted = (verb_of(call.service, name) for name in summarised(record, "eventName"))
    return call._replace(verb=strongest(counted))
