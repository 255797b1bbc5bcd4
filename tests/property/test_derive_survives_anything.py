"""Every string in a record is written by somebody else, and so is every type."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.deriving import resources, signals
from tui.deriving.calls import call_of
from tui.deriving.derive import derive
from tui.deriving.identity import actor_of
from tui.deriving.outcomes import outcome_of
from tui.deriving.resources import resources_from, resources_of
from tui.deriving.signals import signal_of
from tui.deriving.tables import PARTS, Needs, rows, table, texts
from tui.deriving.texts import LIMIT
from tui.domain.event import Event

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
WORDS = st.sampled_from(
    [
        *("*", "Allow", "true", "111122223333", "Root", "AssumedRole", "0.0.0.0/0", "{", "Failure"),
        "arn:aws:sts::1:assumed-role/a/b",
        '{"Statement": {"Effect": "Allow", "Principal": "*"}}',
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | ANY_TEXT | WORDS
)


def members(paths: list[str]) -> st.SearchStrategy[str]:
    """Return a strategy of the names that occur in paths."""
    return st.sampled_from(sorted({name for path in paths for name in path.split(".") if name}))


def table_paths() -> Iterator[str]:
    """Yield every path of both tables."""
    for listed in table("resources").values():
        for row in rows(listed):
            yield from texts(row["paths"])
    for row in rows(table("signals")["rule"]):
        yield from texts(row.get("each"))
        for condition in rows(row.get("when")):
            yield from texts(condition["path"])


NAMES = members(list(table_paths())) | ANY_TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5)
)

CALLS = [
    (service, action)
    for row in rows(table("signals")["rule"])
    for service in texts(row.get("services"))
    for action in texts(row.get("actions"))
] + [
    (service, action)
    for service, listed in table("resources").items()
    for row in rows(listed)
    for action in texts(row.get("actions"))
]

IDENTITY_FIELDS = (
    *("type", "userName", "principalId", "arn", "accountId"),
    *("accessKeyId", "invokedBy", "sessionContext", "onBehalfOf"),
)
IDENTITY = st.fixed_dictionaries({}, optional=dict.fromkeys(IDENTITY_FIELDS, JSON))
FIELDS = (
    *("userIdentity", "eventSource", "eventName", "awsRegion"),
    *("sourceIPAddress", "userAgent", "errorCode", "errorMessage"),
    *("requestParameters", "responseElements", "additionalEventData", "eventID"),
    *("eventId", "readOnly", "resources", "eventType"),
    *("recipientAccountId", "vpcEndpointId", "serviceEventDetails", "managementEvent"),
    *("eventCategory", "insightDetails", "insightEventName", "summary"),
    *("timeWindow", "accountId"),
)
TIMED = {"eventTime": st.just("2023-07-10T12:40:00Z")}
WILD = st.fixed_dictionaries(TIMED, optional=dict.fromkeys(FIELDS, JSON))


@st.composite
def likely(draw: st.DrawFn) -> dict[str, object]:
    """Return a record of a call the tables know, with anything in its parts."""
    service, action = draw(st.sampled_from(CALLS))
    record: dict[str, object] = draw(
        st.fixed_dictionaries(
            TIMED | dict.fromkeys(PARTS, JSON) | {"userIdentity": IDENTITY},
            optional={"errorCode": st.just("AccessDenied"), "resources": JSON, "eventType": JSON},
        )
    )
    return record | {"eventSource": f"{service}.amazonaws.com", "eventName": action}


def derived_texts(value: object) -> Iterator[str]:
    """Yield every text of an event but those of its record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from derived_texts(each)


@settings(max_examples=150)
@given(WILD | likely())
def test_any_record_with_a_time_becomes_an_event_of_storable_texts(
    record: dict[str, object],
) -> None:
    event = derive(record)
    assert isinstance(event, Event)
    assert event.actor.caller
    assert event.call.action
    assert event.call.service
    assert event.id
    assert event.record is record
    for text in derived_texts(event[:-1]):
        assert len(text.encode()) <= LIMIT + len("attempted: ")


@given(WILD.map(lambda record: {key: record[key] for key in record if key != "eventTime"}), JSON)
@settings(max_examples=50)
def test_any_time_gives_an_event_or_a_reason(record: dict[str, object], time: object) -> None:
    assert derive(record | {"eventTime": time}) is not None


@given(JSON)
@settings(max_examples=100)
def test_any_identity_names_a_caller(identity: object) -> None:
    assert actor_of(identity).caller


@settings(max_examples=150)
@given(likely())
def test_the_parts_that_are_not_asked_for_make_no_difference(record: dict[str, object]) -> None:
    call, actor, outcome = call_of(record), actor_of(record["userIdentity"]), outcome_of(record)
    parts = [record.get(part) for part in PARTS]

    def only(needs: Needs) -> list[object]:
        return [part if needed else None for part, needed in zip(parts, needs, strict=True)]

    if call.category in ("Insight", "Aggregated"):
        return
    wanted = only(resources.needs_parameters(call.service, call.action))
    found = resources_from(call.service, call.action, record.get("resources"), *wanted)
    assert found == resources_of(record)
    wanted = only(signals.needs_parameters(call.service, call.action))
    assert signal_of(call, actor, outcome, *wanted) == signal_of(call, actor, outcome, *parts)
