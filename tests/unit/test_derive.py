"""From a record to an event."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from tui.deriving.derive import derive, id_of
from tui.deriving.texts import LIMIT
from tui.domain.event import Event, Origin, Place, Resource, Result, Severity
from tui.domain.skipped import Skipped, Why

NOON = 1_688_992_800_000
RECORD: dict[str, object] = {
    "eventVersion": "1.09",
    "userIdentity": {"type": "IAMUser", "userName": "jo", "accountId": "111122223333"},
    "eventTime": "2023-07-10T12:40:00Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.7",
    "userAgent": "aws-cli",
    "requestParameters": {"name": "main"},
    "responseElements": None,
    "eventID": "id-1",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "444455556666",
    "eventCategory": "Management",
    "somethingNew": {"kept": [1]},
}


def event(**changes: object) -> Event:
    """Return the event of the record with these fields changed."""
    derived = derive(RECORD | changes)
    assert isinstance(derived, Event)
    return derived


def test_a_whole_record() -> None:
    derived = event()
    assert (derived.id, derived.time) == ("id-1", NOON)
    assert derived.actor.caller == "jo"
    assert (derived.call.service, derived.call.action) == ("cloudtrail", "StopLogging")
    assert derived.resources == (Resource("main", "AWS::CloudTrail::Trail"),)
    assert derived.place == Place("444455556666", "eu-west-1")
    assert derived.origin == Origin("203.0.113.7", "aws-cli", None)
    assert derived.outcome.result == Result.OK
    assert derived.signal.severity == Severity.CRITICAL
    assert derived.record == RECORD


def test_the_outcome_reaches_the_signal() -> None:
    assert event(errorCode="AccessDenied").signal.reason == "attempted: CloudTrail logging stopped"


@pytest.mark.parametrize("value", [None, "", "soon", 17, {}])
def test_a_record_without_a_time_is_skipped_and_says_so(value: object) -> None:
    skipped = derive(RECORD | {"eventTime": value})
    assert isinstance(skipped, Skipped)
    assert skipped.why is Why.NO_TIME
    assert "eventTime" in skipped.detail


def test_the_time_of_an_aggregated_event_is_the_start_of_its_window() -> None:
    window = {"windowStart": "2023-07-10T12:40:00Z", "windowEnd": "2023-07-10T12:45:00Z"}
    record = {"eventId": "id-2", "timeWindow": window, "accountId": 111122223333}
    derived = derive(record)
    assert isinstance(derived, Event)
    assert (derived.time, derived.id, derived.place.account) == (NOON, "id-2", "111122223333")


def test_a_wrong_time_is_not_replaced_by_another() -> None:
    window = {"windowStart": "2023-07-10T12:40:00Z"}
    assert isinstance(derive(RECORD | {"eventTime": "soon", "timeWindow": window}), Skipped)


def test_a_record_without_an_id_is_known_by_its_content() -> None:
    record = {key: value for key, value in RECORD.items() if key != "eventID"}
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"))
    assert id_of(record) == "sha256:" + sha256(canonical.encode()).hexdigest()
    assert id_of(dict(reversed(record.items()))) == id_of(record)
    assert id_of(record | {"awsRegion": "eu-west-2"}) != id_of(record)


def test_the_account_falls_back_to_that_of_the_caller() -> None:
    assert event(recipientAccountId=None).place.account == "111122223333"


def test_no_nesting_is_too_deep_for_a_record_with_an_id() -> None:
    nested: object = "x"
    for _ in range(100_000):
        nested = [nested]
    derived = event(requestParameters={"name": nested}, resources=nested)
    assert [each.name for each in derived.resources] == ["x"]
    skipped = derive({key: value for key, value in derived.record.items() if key != "eventID"})
    assert isinstance(skipped, Skipped)
    assert skipped.why is Why.NOT_A_RECORD


def test_long_texts_are_cut_between_characters() -> None:
    agent = event(userAgent="é" * LIMIT).origin.agent
    assert agent == "é" * (LIMIT // 2)
    assert event(userAgent="a" + "é" * LIMIT).origin.agent == "a" + "é" * (LIMIT // 2 - 1)


def test_lone_surrogates_are_replaced_and_control_characters_kept() -> None:
    assert event(userAgent="a\ud800\x00\x1b[31m").origin.agent == "a\ufffd\x00\x1b[31m"
