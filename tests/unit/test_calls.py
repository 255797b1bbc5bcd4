"""What was called, for every shape of record, and what kind of change it makes."""

from __future__ import annotations

import pytest

from tui.deriving.calls import call_from, call_of, service_of
from tui.deriving.tables import bare
from tui.deriving.verbs import verb_of
from tui.domain.event import Verb

INSIGHT = {
    "eventType": "AwsCloudTrailInsight",
    "eventCategory": "Insight",
    "insightDetails": {
        "state": "Start",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "insightType": "ApiCallRateInsight",
    },
}


def aggregated(dimension: str, *names: str) -> dict[str, object]:
    """Return an aggregated event that counts these."""
    statistics = [{"name": name, "value": 7} for name in names]
    return {
        "eventType": "AwsAggregatedEvent",
        "eventCategory": "Aggregated",
        "eventSource": "s3.amazonaws.com",
        "summary": {"primaryDimension": {"dimension": dimension, "statistics": statistics}},
    }


def test_a_management_event_is_read_as_delivered() -> None:
    call = call_of(
        {
            "eventSource": "s3.amazonaws.com",
            "eventName": "DeleteBucket",
            "eventType": "AwsApiCall",
            "eventCategory": "Management",
            "readOnly": False,
        }
    )
    assert call == (
        "DeleteBucket",
        "s3",
        "s3.amazonaws.com",
        "AwsApiCall",
        "Management",
        "false",
        Verb.DESTRUCTIVE,
    )


def test_the_pieces_give_the_same_call_as_the_record() -> None:
    record: dict[str, object] = {
        "eventSource": "kms.amazonaws.com",
        "eventName": "Decrypt",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "readOnly": True,
    }
    pieces = call_from("kms.amazonaws.com", "Decrypt", "AwsApiCall", None, True, True)
    assert call_of(record) == pieces


@pytest.mark.parametrize(
    ("source", "service"),
    [
        ("monitoring.amazonaws.com", "monitoring"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("custom", "custom"),
        (".amazonaws.com", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
        ({"a": 1}, "unknown"),
    ],
)
def test_a_service_is_the_source_without_its_domain_and_never_empty(
    source: object, service: str
) -> None:
    assert service_of(source) == service


def test_a_record_without_a_name_is_an_unknown_action() -> None:
    assert call_of({}).action == "unknown"
    assert call_of({"eventName": ""}).action == "unknown"


@pytest.mark.parametrize(
    ("record", "category"),
    [
        ({"eventType": "AwsVpceEvent"}, "NetworkActivity"),
        ({"eventType": "awsvpceevents"}, "NetworkActivity"),
        ({"eventType": "AwsCloudTrailInsight"}, "Insight"),
        ({"managementEvent": True}, "Management"),
        ({"managementEvent": "false"}, "Data"),
        ({"eventType": "AwsApiCall"}, None),
        ({"eventCategory": "Data", "managementEvent": True}, "Data"),
    ],
)
def test_a_missing_category_is_told_only_where_it_is_safe(
    record: dict[str, object], category: str | None
) -> None:
    assert call_of(record).category == category


def test_an_insight_is_named_after_the_call_it_is_about() -> None:
    call = call_of(INSIGHT)
    assert (call.action, call.service, call.category) == ("CreateUser", "iam", "Insight")


@pytest.mark.parametrize("inside", [True, False])
def test_an_insight_flattened_by_lake_is_named_the_same(inside: bool) -> None:
    flattened = {"insightEventSource": "iam.amazonaws.com", "insightEventName": "CreateUser"}
    record = {"insightDetails": flattened} if inside else flattened
    call = call_of({"eventCategory": "Insight", **record})
    assert (call.action, call.service) == ("CreateUser", "iam")


def test_an_aggregated_event_is_named_after_what_it_counts() -> None:
    call = call_of(aggregated("eventName", "GetObject", "DeleteObject"))
    assert (call.action, call.service) == ("Aggregated eventName", "s3")
    assert call.category == "Aggregated"


def test_the_verb_of_an_aggregated_event_is_the_strongest_it_counts() -> None:
    assert call_of(aggregated("eventName", "GetObject")).verb == Verb.READ
    assert call_of(aggregated("eventName", "GetObject", "DeleteObject")).verb == Verb.DESTRUCTIVE
    assert call_of(aggregated("resourceARN", "arn:aws:s3:::a")).verb == Verb.WRITE


@pytest.mark.parametrize(
    ("service", "action", "read_only", "verb"),
    [
        ("ec2", "DescribeInstances", None, Verb.READ),
        ("ec2", "DescribeInstances", "true", Verb.READ),
        ("s3", "DeleteObject", "false", Verb.DESTRUCTIVE),
        ("s3", "DeleteObject", "true", Verb.READ),
        ("custom", "GetAndForget", "false", Verb.WRITE),
        ("custom", "Frobnicate", None, Verb.WRITE),
        ("iam", "AttachRolePolicy", "false", Verb.PERMISSION),
        ("iam", "DeleteRolePolicy", "false", Verb.PERMISSION),
        ("iam", "DeleteUser", "false", Verb.DESTRUCTIVE),
        ("iam", "GetPolicy", None, Verb.READ),
        ("cloudtrail", "StopLogging", "false", Verb.DESTRUCTIVE),
        ("lambda", "AddPermission20150331v2", "false", Verb.PERMISSION),
        ("lambda", "DeleteFunction20150331", "false", Verb.DESTRUCTIVE),
        ("ec2", "DeleteTags", "false", Verb.WRITE),
        ("s3", "DeleteBucketTagging", "false", Verb.WRITE),
        ("ec2", "StopInstances", "false", Verb.WRITE),
        ("sts", "AssumeRole", None, Verb.READ),
    ],
)
def test_verbs(service: str, action: str, read_only: str | None, verb: Verb) -> None:
    assert verb_of(service, action, read_only) == verb


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("AddPermission20150331v2", "AddPermission"),
        ("DeleteFunction20150331", "DeleteFunction"),
        ("CreateDistribution2020_05_31", "CreateDistribution"),
        ("GetObject", "GetObject"),
        ("20150331", "20150331"),
        ("Route53", "Route53"),
    ],
)
def test_an_api_date_is_no_part_of_the_action(action: str, name: str) -> None:
    assert bare(action) == name
