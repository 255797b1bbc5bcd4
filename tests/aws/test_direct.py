"""The shortcut to an object brings what botocore brings, and leaves to botocore what is harder."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tui.sources.aws.s3 import Bucket, Got, version
from tui.sources.aws.sessions import Account

__all__ = ["aws", "loopback"]
NAME = "direct-logs"
FIRST = "AWSLogs/first"
KEYS = st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1, max_size=40)


@pytest.fixture
def bucket(aws: LoopbackAws) -> Iterator[Bucket]:
    """Yield a bucket whose first object was read."""
    boto3.client("s3", endpoint_url=aws.url).create_bucket(Bucket=NAME)
    account = Account(None, ("us-east-1",))
    made = Bucket(NAME, lambda region: account.client("s3", region), sleep=lambda _: None)
    put(aws, FIRST, b"first")
    assert made.read(FIRST) == b"first"
    yield made
    account.close()


def put(aws: LoopbackAws, key: str, body: bytes, **metadata: str) -> None:
    client = boto3.client("s3", endpoint_url=aws.url)
    client.put_object(Bucket=NAME, Key=key, Body=body, Metadata=metadata)


def by_botocore(aws: LoopbackAws, key: str) -> Got:
    answer = boto3.client("s3", endpoint_url=aws.url).get_object(Bucket=NAME, Key=key)
    stored = version(answer["ETag"], answer["LastModified"])
    return Got(answer["Body"].read(), answer["Metadata"], stored)


def asked_for(aws: LoopbackAws) -> list[str]:
    """Return the paths of the objects that were asked for, in order."""
    return [each.path for each in aws.asked if each.method == "GET" and NAME in each.path]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=KEYS, body=st.binary(max_size=2000))
def test_an_object_is_what_botocore_says_and_asked_for_where_botocore_asks(
    aws: LoopbackAws, bucket: Bucket, key: str, body: bytes
) -> None:
    name = f"AWSLogs/{key}"
    put(aws, name, body, signature="aa11")
    aws.asked.clear()
    ours, theirs = bucket.get(name), by_botocore(aws, name)
    assert ours == theirs
    assert ours.metadata == {"signature": "aa11"}
    assert len(asked_for(aws)) == 2
    assert len(set(asked_for(aws))) == 1


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.INTERNAL, Fault.SLOW_DOWN, Fault.TRUNCATED, Fault.ACCESS_DENIED]
)
def test_what_fails_once_is_asked_of_botocore_and_counted(
    aws: LoopbackAws, bucket: Bucket, fault: Fault
) -> None:
    before = bucket.usage.requests["get"]
    aws.asked.clear()
    rule = aws.faults.add(Rule(fault, method="GET", nth=(1,)))
    assert bucket.read(FIRST) == b"first"
    assert rule.spoiled == 1
    assert bucket.usage.requests["get"] - before == len(asked_for(aws)) == 2


def test_a_bucket_that_refuses_is_not_asked_twice_for_each_object(
    aws: LoopbackAws, bucket: Bucket
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET"))
    aws.asked.clear()
    for _ in range(6):
        with pytest.raises(OSError, match="s3:GetObject"):
            bucket.read(FIRST)
    assert len(asked_for(aws)) == 3 * 2 + 3


def test_an_object_that_is_not_there_is_said_to_be_missing(
    aws: LoopbackAws, bucket: Bucket
) -> None:
    for _ in range(4):
        with pytest.raises(FileNotFoundError):
            bucket.read("AWSLogs/none")
    aws.asked.clear()
    assert bucket.read(FIRST) == b"first"
    assert len(asked_for(aws)) == 1
