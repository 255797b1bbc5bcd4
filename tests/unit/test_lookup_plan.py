"""What of a filter goes to event history, and that nothing is lost by asking there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.property.records import ordinary
from tests.property.strategies import NOW, WORDS, events, filters
from tui.deriving.derive import derive
from tui.deriving.texts import object_of
from tui.domain.answer import Span
from tui.domain.event import Event, Place
from tui.domain.fields import BY_NAME
from tui.domain.filter import And, Everything, Exactly, Filter, OneOf, Term
from tui.jobs.asking.lookup import (
    ATTRIBUTES,
    CASE,
    ELSEWHERE,
    EXTENT,
    Asking,
    Estimate,
    LookupPlan,
    global_services,
    misses_home,
    plan_lookup,
)
from tui.language.grammar import parse
from tui.language.match import field_values, matches

DAY = 86_400_000
HOME = Place("111122223333", "us-east-1")
EUROPE = Place("111122223333", "eu-west-1")
OTHER = Place("444455556666", "eu-west-1")
LATER = NOW + 2 * DAY
WINDOW = Span(NOW - DAY, NOW)
ONLY_WORDS = [attribute.field for attribute in ATTRIBUTES if attribute.field != "readonly"]


def read(text: str) -> Filter:
    return parse(text, NOW, UTC)


def plan(text: str, *places: Place) -> LookupPlan | None:
    return plan_lookup(read(text), dict.fromkeys(places or (HOME,), ()), WINDOW, NOW)


@pytest.mark.parametrize(
    ("text", "attribute", "value", "local"),
    [
        ("id:=abc-1", "EventId", "abc-1", ""),
        ("action:=DeleteBucket", "EventName", "DeleteBucket", ""),
        ("eventName:DeleteBucket ip:10.0.0.0/8", "EventName", "DeleteBucket", "ip:10.0.0.0/8"),
        ("key:=AKIA1 action:=GetObject", "AccessKeyId", "AKIA1", "action:=GetObject"),
        ("action:=GetObject session:=jo", "Username", "jo", "action:=GetObject"),
        ("caller:root error:any", "Username", "root", "error:any"),
        ("service:S3", "EventSource", "s3.amazonaws.com", ""),
        ("eventsource:=s3.amazonaws.com", "EventSource", "s3.amazonaws.com", ""),
        ("readonly:FALSE", "ReadOnly", "false", ""),
        ("resource:=my-bucket readonly:false", "ResourceName", "my-bucket", "readonly:false"),
        ("resource_type:=AWS::S3::Bucket", "ResourceType", "AWS::S3::Bucket", ""),
        ("action:Get* service:s3", "EventSource", "s3.amazonaws.com", "action:Get*"),
        ("(service:s3) -action:x", "EventSource", "s3.amazonaws.com", "-action:x"),
        ('action:="Get*"', "EventName", "Get*", ""),
    ],
)
def test_the_most_selective_exact_value_is_asked_and_the_rest_stays(
    text: str, attribute: str, value: str, local: str
) -> None:
    found = plan(text)
    assert found
    assert (found.attribute, found.value, found.local) == (attribute, value, read(local))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "action:Get*",
        "action:a,b",
        "action:=a,b",
        "-action:GetObject",
        "action:any",
        "action:a OR service:s3",
        "error:AccessDenied ip:10.0.0.1",
        "requestParameters.bucketName:=x",
        "category:Data action:=GetObject",
        "-category:Management action:=GetObject",
        "region:eu-west-1 action:=GetObject",
        "account:444455556666 action:=GetObject",
        "action:=unknown",
        "service:unknown",
        "action:=" + "x" * 2001,
        "action:=" + "_" * 1001,
        "id:=sha256:00",
        "action:=GetObject time:<2020-01-01",
    ],
)
def test_what_aws_cannot_answer_has_no_plan(text: str) -> None:
    assert plan(text, HOME) is None


def test_a_value_of_the_greatest_length_is_asked() -> None:
    assert plan("action:=" + "_" * 1000)
    assert plan("action:=" + "x" * 2000)


def test_only_what_the_cache_lacks_is_asked_for() -> None:
    tree = read("action:=GetObject region:eu-west-1")
    hole = Span(NOW - 7_200_000, NOW - 3_600_000)
    covered = {
        HOME: (),
        EUROPE: (Span(WINDOW.start, hole.start), Span(hole.end, NOW)),
        OTHER: (WINDOW,),
    }
    found = plan_lookup(tree, covered, WINDOW, NOW)
    assert found
    assert found.askings == (Asking(EUROPE, hole),)
    assert plan_lookup(tree, {**covered, EUROPE: (WINDOW,)}, WINDOW, NOW) is None


def test_nothing_older_than_event_history_and_nothing_outside_of_the_filter_is_asked_for() -> None:
    everything = Span(0, NOW + DAY)
    found = plan_lookup(read("action:=a"), {HOME: ()}, everything, NOW)
    assert found
    assert found.askings == (Asking(HOME, Span(NOW - 90 * DAY, NOW)),)
    found = plan_lookup(read("action:=a time:>=-2h time:<-1h"), {HOME: ()}, everything, NOW)
    assert found
    start, end = found.askings[0].span
    assert start == NOW - 7_200_000
    assert end - (NOW - 3_600_000) in {0, 1}


def test_requests_are_estimated_for_places_side_by_side() -> None:
    found = plan("action:=GetObject", HOME, EUROPE)
    assert found
    assert found.estimate() == Estimate(2, 0.5)
    assert found.estimate(1_001) == Estimate(42, 10.5)


def test_a_plan_says_what_aws_does_otherwise() -> None:
    typed, exact = plan("action:deletebucket"), plan("action:=DeleteBucket")
    assert typed
    assert exact
    assert typed.warnings == (CASE.format(value="deletebucket"), EXTENT)
    assert exact.warnings == (EXTENT,)
    assert (typed.certain, exact.certain) == (False, True)
    caller = plan("caller:=jo")
    assert caller
    assert not caller.certain
    assert "role session" in caller.warnings[0]


def test_a_plan_says_what_goes_to_aws_and_what_stays() -> None:
    found, whole = plan("action:=DeleteBucket error:any"), plan("action:=DeleteBucket")
    assert found
    assert whole
    assert found.sentence() == (
        "AWS is asked for EventName DeleteBucket; filtered here: error is present."
    )
    assert whole.sentence().endswith("nothing is left to filter here.")


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("service:iam", ("IAM",)),
        ("service:=sts error:any", ("STS",)),
        ("service:iam,s3", ("IAM",)),
        ("service:s*", ("STS", "sign-in")),
        ("eventsource:signin.amazonaws.com", ("sign-in",)),
        ("action:ConsoleLogin", ("sign-in",)),
        ("action:=CreateAccessKey", ("IAM",)),
        ("-service:iam service:i*", ()),
        ("service:s3", ()),
        ("action:GetObject,ConsoleLogin", ()),
        ("caller:root", ()),
        ("", ()),
    ],
)
def test_filters_on_global_services_are_known(text: str, services: tuple[str, ...]) -> None:
    assert global_services(read(text)) == services


def test_a_filter_on_a_global_service_asks_for_its_region() -> None:
    found = plan("service:iam", EUROPE)
    assert found
    assert ELSEWHERE.format(services="IAM") in found.warnings
    tree = read("service:iam")
    assert misses_home(tree, [EUROPE])
    assert misses_home(tree, [EUROPE, HOME]) is None
    assert misses_home(tree, [Place("1", "cn-north-1")]) is None
    assert misses_home(read("service:s3"), [EUROPE]) is None


def username(record: Mapping[str, object]) -> object:
    """Return what LookupEvents calls the caller."""
    who = object_of(record.get("userIdentity"))
    arn = str(who.get("arn") or "")
    if who.get("type") == "Root":
        return "root"
    if who.get("type") != "AssumedRole":
        return who.get("userName")
    principal = str(who.get("principalId") or "").partition(":")[2]
    return arn.split("/")[2] if arn.count("/") > 1 else principal


def known_as(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return the attributes of a record as LookupEvents has them."""
    read_only = record.get("readOnly")
    return {
        "EventId": record.get("eventID"),
        "EventName": record.get("eventName"),
        "EventSource": record.get("eventSource"),
        "AccessKeyId": object_of(record.get("userIdentity")).get("accessKeyId"),
        "ReadOnly": str(read_only).lower() if isinstance(read_only, bool) else read_only,
        "Username": username(record),
    }


def impossible(record: Mapping[str, object]) -> bool:
    """Return whether AWS never writes such an identity."""
    who = object_of(record.get("userIdentity"))
    assumed = ":assumed-role/" in str(who.get("arn"))
    return who.get("type") in ("IAMUser", "Root") and (assumed or not who.get("userName"))


def values(event: Event) -> Iterator[tuple[str, str | None]]:
    yield from (("id", event.id), ("key", event.actor.key), ("session", event.actor.session))
    yield from (("caller", event.actor.caller), ("action", event.call.action))
    yield from (("eventsource", event.call.source), ("service", event.call.service))
    yield ("readonly", event.call.read_only)


@settings(max_examples=300)
@given(st.data(), ordinary(), st.lists(filters(), max_size=2))
def test_what_a_filter_finds_is_among_what_aws_answers(
    data: st.DataObject, record: dict[str, object], others: list[Filter]
) -> None:
    event = derive(record)
    assert isinstance(event, Event)
    assume(event.call.category in (None, "Management") and not impossible(record))
    own = [(name, value) for name, value in values(event) if value]
    name, value = data.draw(
        st.sampled_from(own) | st.tuples(st.sampled_from(ONLY_WORDS), st.sampled_from(WORDS))
    )
    exact, spelt = Exactly((value,)), OneOf((value.swapcase(),))
    test = exact if data.draw(st.booleans()) else spelt
    tree = And((*others, Term(BY_NAME[name], test)))
    found = plan_lookup(tree, {event.place: ()}, Span(0, LATER), LATER)
    if found is None or found.attribute.startswith("Resource") or not matches(tree, event):
        return
    answered = known_as(record).get(found.attribute) == found.value
    assert answered or not (found.certain or matches(found.answered, event))
    assert any(span.start <= event.time < span.end for _, span in found.askings)


@given(filters(), st.sampled_from([each.field for each in ATTRIBUTES]), events())
def test_what_stays_here_only_widens_the_filter(other: Filter, name: str, event: Event) -> None:
    value = next(map(str, field_values(event, BY_NAME[name])), "a")
    tree = And((other, Term(BY_NAME[name], Exactly((value,)))))
    found = plan_lookup(tree, {HOME: ()}, Span(0, NOW), NOW)
    if found and matches(tree, event):
        assert matches(found.local, event)


def test_no_filter_and_no_place_have_no_plan() -> None:
    assert plan_lookup(Everything(), {HOME: ()}, WINDOW, NOW) is None
    assert plan_lookup(read("action:=a"), {}, WINDOW, NOW) is None
