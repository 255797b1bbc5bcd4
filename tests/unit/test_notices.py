"""What a message means is told by its shape, in whatever envelope it comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivered import record
from tui.sources.aws.notices import Meaning, Notice, S3Object, recognised

FOLDER = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/"
NAME = "111122223333_CloudTrail_eu-west-1_20261123T0500Z_abcdefghijklmnop.json.gz"
KEY = FOLDER + NAME
OTHER = f"my logs/{KEY}"
DIGEST = KEY.replace("CloudTrail", "CloudTrail-Digest")
CREATED = {
    "eventVersion": "2.1",
    "eventSource": "aws:s3",
    "eventName": "ObjectCreated:Put",
    "s3": {
        "bucket": {"name": "b"},
        "object": {"key": OTHER.replace(" ", "+"), "eTag": "e1", "size": 3},
    },
}
REMOVED = CREATED | {"eventName": "ObjectRemoved:Delete"}
BY_EVENTBRIDGE = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    "source": "aws.s3",
    "detail": {"bucket": {"name": "b"}, "object": {"key": OTHER, "etag": "e1"}},
}
LOGS = Notice(Meaning.OBJECTS, (S3Object("b", OTHER, "e1"),))


def by_sns(message: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "m", "Message": message})


def call(kind: str) -> dict[str, object]:
    return {
        "version": "0",
        "detail-type": kind,
        "source": "aws.s3",
        "account": "111122223333",
        "detail": record(1),
    }


SHAPES = {
    "trail": (
        json.dumps({"s3Bucket": "b", "s3ObjectKey": [KEY, OTHER]}),
        Notice(Meaning.OBJECTS, (S3Object("b", KEY), S3Object("b", OTHER))),
    ),
    "trail's digest": (
        json.dumps({"s3Bucket": "b", "s3ObjectKey": [DIGEST]}),
        Notice(Meaning.NOTHING),
    ),
    "trail set up": ("CloudTrail validation message.", Notice(Meaning.NOTHING)),
    "bucket": (json.dumps({"Records": [CREATED, REMOVED]}), LOGS),
    "bucket, removed": (json.dumps({"Records": [REMOVED]}), Notice(Meaning.NOTHING)),
    "bucket set up": (
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}),
        Notice(Meaning.NOTHING),
    ),
    "bucket by EventBridge": (json.dumps(BY_EVENTBRIDGE), LOGS),
    "bucket by EventBridge, removed": (
        json.dumps(BY_EVENTBRIDGE | {"detail-type": "Object Deleted"}),
        Notice(Meaning.NOTHING),
    ),
    "call": (json.dumps(call("AWS API Call via CloudTrail")), Notice(Meaning.RECORD)),
    "sign-in": (json.dumps(call("AWS Console Signin via CloudTrail")), Notice(Meaning.RECORD)),
    "older sign-in": (
        json.dumps(call("AWS Console Sign In via CloudTrail")),
        Notice(Meaning.RECORD),
    ),
    "insight": (json.dumps(call("AWS Insight via CloudTrail")), Notice(Meaning.RECORD)),
    "bare record": (json.dumps(record(1)), Notice(Meaning.RECORD)),
    "other JSON": ('{"hello": "world"}', Notice(Meaning.UNKNOWN)),
    "text": ("hello", Notice(Meaning.UNKNOWN)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_means_the_same_as_it_is_and_through_sns(name: str) -> None:
    body, meant = SHAPES[name]
    assert recognised(body) == meant
    assert recognised(by_sns(body)) == meant


def test_a_subscription_is_not_confirmed() -> None:
    body = json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://example.com"})
    assert recognised(body) == Notice(Meaning.NOTHING)


def test_envelopes_without_end_are_not_followed() -> None:
    body = "hello"
    for _ in range(8):
        body = by_sns(body)
    assert recognised(body) == Notice(Meaning.UNKNOWN)


_NAMES = (
    *("Records", "s3", "bucket", "object", "key", "name", "s3Bucket", "s3ObjectKey"),
    *("detail", "detail-type", "source", "Type", "Message", "eventName", "Event"),
)
shape = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner
            | st.sampled_from(["Notification", "aws.s3", "ObjectCreated:Put", "Object Created"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(shape)
def test_no_message_is_too_odd(content: object) -> None:
    assert recognised(json.dumps(content)).meaning in Meaning
