"""The filter on one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from tui.domain.event import (
    Actor,
    Call,
    Event,
    Origin,
    Outcome,
    Place,
    Resource,
    Severity,
    Signal,
)
from tui.domain.filter import Compare, OneOf, Path
from tui.language.grammar import parse
from tui.language.match import is_present_at, known_values, matches, shown_at, values_at

NOW = 1_795_183_510_000

RECORD: Mapping[str, object] = {
    "eventName": "PutObject",
    "requestID": "REQ",
    "errorMessage": "",
    "apiVersion": None,
    "managementEvent": False,
    "userIdentity": {"inScopeOf": {}, "sessionContext": {"attributes": {"mfa": "true"}}},
    "requestParameters": {
        "bucketName": "Prod-Logs",
        "size": 10,
        "ratio": 1.5,
        "tags": [{"key": "team"}, {"key": "cost"}, [{"key": "deep"}]],
        "tag.owner": {"x y": "Ops"},
    },
}

EVENT = Event(
    id="0b1c",
    time=NOW,
    actor=Actor("deploy", type="AssumedRole", role="ci-role"),
    call=Call("PutObject", "s3", "s3.amazonaws.com"),
    resources=(Resource("arn:aws:s3:::Prod-Logs/x", "AWS::S3::Object"), Resource("other")),
    place=Place("111122223333", "us-east-1"),
    origin=Origin("10.1.2.3", agent=""),
    outcome=Outcome(),
    signal=Signal(Severity.HIGH),
    record=RECORD,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "caller:DEPLOY",
        "caller:dep*",
        "caller:d?ploy",
        "caller:x,deploy",
        "caller:=deploy",
        "resource:other",
        "resource:*prod-logs*",
        "resource_type:aws::s3::*",
        "error:none",
        "agent:none",
        "ip:10.0.0.0/8",
        "severity:>=high",
        "severity:high",
        "severity:any",
        "time:2026-11-20",
        "time:<=2026-11-20T14:05:10Z",
        "id:0B1C",
        "account:>=111122223333",
        "account:<111122223334",
        "PUTOBJ",
        "ci-ROLE",
        "arn:aws:s3:::prod-logs/x",
        "record:PROD-logs",
        "record:bucketname",
        "record:1.5",
        "requestID:req",
        "requestid:any",
        "managementEvent:false",
        "requestParameters.BUCKETNAME:prod-*",
        "requestParameters.size:>=10",
        "requestParameters.tags.key:cost",
        "requestParameters.tags.key:deep",
        "requestParameters.tags:any",
        '"requestParameters.tag.owner.x y":ops',
        "userIdentity.sessionContext:any",
    ],
)
def test_the_event_passes_and_its_negation_does_not(text: str) -> None:
    assert matches(parse(text, NOW), EVENT)
    assert not matches(parse(f"-({text or '*'})", NOW), EVENT)


@pytest.mark.parametrize(
    "text",
    [
        "caller:deplo",
        "caller:=Deploy",
        "error:AccessDenied",
        "error:*",
        "error:any",
        "agent:any",
        'ip:"10.1.2.?3"',
        "ip:11.0.0.0/8,2001:db8::/32",
        "caller:>=0",
        "severity:none",
        "severity:<3",
        "time:yesterday",
        "amazonaws",
        "REQ",
        "0b1c",
        "record:deploy",
        "apiVersion:any",
        "errorMessage:any",
        "requestParameters:*",
        "requestParameters.nothing:any",
        "userIdentity.inScopeOf:any",
        "userIdentity.sessionContext:>=0",
        "requestParameters.bucket:any",
    ],
)
def test_the_event_does_not_pass_and_the_negation_keeps_it(text: str) -> None:
    assert not matches(parse(text, NOW), EVENT)
    assert matches(parse(f"-({text})", NOW), EVENT)


def test_an_absent_error_survives_negation() -> None:
    denied = EVENT._replace(outcome=Outcome("AccessDenied"))
    tree = parse("-error:AccessDenied", NOW)
    assert matches(tree, EVENT)
    assert not matches(tree, denied)


def test_not_a_resource_means_that_no_resource_is_it() -> None:
    assert not matches(parse("-resource:other", NOW), EVENT)
    assert matches(parse("-resource:other", NOW), EVENT._replace(resources=()))


def test_what_is_shown_of_a_path_is_all_that_is_there() -> None:
    record = {"a": {"b": ["x", 1, {"c": "é", "d": [None]}, {}, None]}}
    assert list(shown_at(record, Path("a.b"))) == ["x", "1", '{"c":"é","d":[null]}']
    assert list(shown_at(record, Path("a"))) == ['{"b":["x",1,{"c":"é","d":[null]},{},null]}']
    assert list(shown_at(record, Path("a.c"))) == []


def test_what_is_shown_of_an_object_nested_beyond_reason_says_so() -> None:
    node: dict[str, object] = {}
    for _ in range(100_000):
        node = {"a": node}
    assert list(shown_at({"x": node}, Path("x"))) == ["{…}"]
    while node:  # else it is taken apart by recursion
        node = cast("dict[str, object]", node.pop("a"))


def test_values_at_a_path_are_scalars_in_the_order_of_the_record() -> None:
    assert list(values_at(RECORD, Path("requestparameters.tags.key"))) == ["team", "cost", "deep"]
    assert list(values_at(RECORD, Path("requestParameters.ratio"))) == ["1.5"]
    assert list(values_at(RECORD, Path("managementEvent"))) == ["false"]


@pytest.mark.parametrize(
    "name", ["apiVersion", "errorMessage", "userIdentity", "x", "requestID.x", ""]
)
def test_null_the_empty_string_and_objects_have_no_text(name: str) -> None:
    assert list(values_at(RECORD, Path(name))) == []


def test_zero_and_false_are_present() -> None:
    record: dict[str, object] = {"a": 0, "b": False, "c": [], "d": [None, ""]}
    assert [is_present_at(record, Path(name)) for name in "abcd"] == [True, True, False, False]


def test_names_that_differ_only_in_case_are_all_looked_at() -> None:
    assert list(values_at({"a": 1, "A": 2}, Path("a"))) == ["1", "2"]


def test_known_values_are_those_of_the_searched_fields() -> None:
    known = list(known_values(EVENT))
    assert {"deploy", "ci-role", "other", "10.1.2.3"} <= set(known)
    assert not {"s3.amazonaws.com", "3", "0b1c", ""} & set(known)


def test_a_record_of_any_depth_is_searched() -> None:
    node: object = "bottom"
    for _ in range(5_000):
        node = [node]
    event = EVENT._replace(record={"requestParameters": node})
    assert matches(parse("record:bottom", NOW), event)
    assert matches(parse("requestParameters:bottom", NOW), event)


@pytest.mark.parametrize("value", ["nan", "Infinity", "1_000", " 1", "", "٣", "1e", "0x1"])
def test_only_json_numbers_compare(value: str) -> None:
    assert not Compare("<=", 1e300).holds(value)
    assert not Compare(">=", -1e300).holds(value)


def test_many_stars_stay_quick_on_a_hostile_value() -> None:
    assert not OneOf(("*a" * 30 + "*b",)).holds("a" * 1_000)
