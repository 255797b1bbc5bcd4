"""The AWS that tests talk to answers as AWS does, and every fault it can make does happen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ResponseStreamingError,
)

from tests.servers.aws import LoopbackAws
from tests.servers.clock import Clock
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT, Place, PublicKey
from tests.unit.delivered import record
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client

__all__ = ["aws", "loopback"]
HERE = "us-east-1"


@pytest.fixture
def client(aws: LoopbackAws) -> Iterator[Client]:
    assert aws.url.startswith("http://127.0.0.1:")
    account = Account()
    yield account.client("cloudtrail", HERE, paced=True)
    account.close()


def plant(aws: LoopbackAws, number: int) -> None:
    aws.cloudtrail.limit = None
    aws.cloudtrail.plant((record(each) for each in range(number)), region=HERE)


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_events_come_newest_first_at_most_fifty_a_page(aws: LoopbackAws, client: Client) -> None:
    plant(aws, 120)
    first = client.lookup_events()
    second = client.lookup_events(NextToken=first["NextToken"])
    last = client.lookup_events(NextToken=second["NextToken"])
    pages = [first["Events"], second["Events"], last["Events"]]
    assert [len(page) for page in pages] == [50, 50, 20]
    times = [event["EventTime"] for page in pages for event in page]
    assert times == sorted(times, reverse=True)
    assert "NextToken" not in last


def test_start_and_end_are_inclusive(aws: LoopbackAws, client: Client) -> None:
    plant(aws, 10)
    times = [event["EventTime"] for event in client.lookup_events()["Events"]]
    found = client.lookup_events(StartTime=times[6], EndTime=times[3])["Events"]
    assert [event["EventTime"] for event in found] == times[3:7]


def test_a_token_is_bound_to_its_parameters(aws: LoopbackAws, client: Client) -> None:
    plant(aws, 60)
    token = client.lookup_events(MaxResults=20)["NextToken"]
    with pytest.raises(ClientError) as error:
        client.lookup_events(MaxResults=30, NextToken=token)
    assert code(error) == "InvalidNextTokenException"
    assert client.lookup_events(MaxResults=20, NextToken=token)["Events"]


def test_tokens_expire_after_their_uses(aws: LoopbackAws, client: Client) -> None:
    plant(aws, 200)
    aws.cloudtrail.token_uses = 1
    second = client.lookup_events(NextToken=client.lookup_events()["NextToken"])
    with pytest.raises(ClientError) as error:
        client.lookup_events(NextToken=second["NextToken"])
    assert code(error) == "InvalidNextTokenException"


def test_a_third_request_in_a_second_is_throttled_and_counted(
    aws: LoopbackAws, client: Client
) -> None:
    clock = Clock()
    aws.cloudtrail.clock = clock
    for _ in range(2):
        client.lookup_events()
    with pytest.raises(ClientError) as error:
        client.lookup_events()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert code(error) == "ThrottlingException"
    assert aws.cloudtrail.throttled == {Place(ACCOUNT, HERE): 1}
    clock.sleep(1)
    client.lookup_events()


def test_another_region_has_its_own_limit_and_events(aws: LoopbackAws) -> None:
    aws.cloudtrail.clock = Clock()
    aws.cloudtrail.plant([record(1)], region="eu-west-1")
    account = Account()
    found = {}
    for region in (HERE, "eu-west-1"):
        client = account.client("cloudtrail", region, paced=True)
        for _ in range(2):
            found[region] = len(client.lookup_events()["Events"])
    account.close()
    assert found == {HERE: 0, "eu-west-1": 1}
    assert not aws.cloudtrail.throttled


def test_one_attribute_matches_exactly_and_two_are_refused(
    aws: LoopbackAws, client: Client
) -> None:
    plant(aws, 3)
    wanted = {"AttributeKey": "EventId", "AttributeValue": str(record(1)["eventID"])}
    found = client.lookup_events(LookupAttributes=[wanted])["Events"]
    assert [event["EventId"] for event in found] == [wanted["AttributeValue"]]
    wrong = {"AttributeKey": "EventId", "AttributeValue": wanted["AttributeValue"][:-1]}
    assert not client.lookup_events(LookupAttributes=[wrong])["Events"]
    with pytest.raises(ClientError) as error:
        client.lookup_events(LookupAttributes=[wanted, wrong])
    assert code(error) == "InvalidLookupAttributesException"


def test_public_keys_are_found_by_the_time_they_are_valid(aws: LoopbackAws, client: Client) -> None:
    aws.cloudtrail.plant_key(PublicKey("old", b"\x30\x01", 1_000, 2_000), HERE)
    aws.cloudtrail.plant_key(PublicKey("new", b"\x30\x02", 2_001, 3_000), HERE)
    found = client.list_public_keys(StartTime=1_500, EndTime=2_000)["PublicKeyList"]
    assert [(key["Fingerprint"], key["Value"]) for key in found] == [("old", b"\x30\x01")]
    assert len(client.list_public_keys(StartTime=0, EndTime=9_999)["PublicKeyList"]) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.INTERNAL, "InternalFailure"),
        (Fault.SLOW_DOWN, "ServiceUnavailable"),
        (Fault.EXPIRED_TOKEN, "ExpiredTokenException"),
        (Fault.ACCESS_DENIED, "AccessDeniedException"),
        (Fault.THROTTLED, "ThrottlingException"),
    ],
)
def test_a_fault_answers_with_its_error(
    aws: LoopbackAws, client: Client, fault: Fault, expected: str
) -> None:
    rule = aws.faults.add(Rule(fault, target="LookupEvents"))
    with pytest.raises(ClientError) as error:
        client.lookup_events()
    assert code(error) == expected
    client.list_public_keys()
    assert (rule.met, rule.spoiled) == (1, 1)


def test_a_reset_breaks_the_connection_once(aws: LoopbackAws, client: Client) -> None:
    rule = aws.faults.add(Rule(Fault.RESET, nth={2}))
    client.lookup_events()
    with pytest.raises(ConnectionClosedError):
        client.lookup_events()
    client.list_public_keys()
    assert (rule.met, rule.spoiled) == (3, 1)


def test_an_object_is_cut_short_or_late(aws: LoopbackAws) -> None:
    account = Account()
    s3 = account.client("s3")
    s3.create_bucket(Bucket="logs")
    s3.put_object(Bucket="logs", Key="AWSLogs/one", Body=b"x" * 10_000)
    rule = aws.faults.add(Rule(Fault.TRUNCATED, method="GET", path="/logs/AWSLogs/"))
    with pytest.raises(ResponseStreamingError):
        s3.get_object(Bucket="logs", Key="AWSLogs/one")["Body"].read()
    assert rule.spoiled == 1
    aws.faults.rules[:] = [Rule(Fault.SLOW, seconds=0.01)]
    assert len(s3.get_object(Bucket="logs", Key="AWSLogs/one")["Body"].read()) == 10_000
    account.close()


def test_denial_can_be_of_one_prefix(aws: LoopbackAws) -> None:
    account = Account()
    s3 = account.client("s3")
    s3.create_bucket(Bucket="logs")
    for key in ("a/1", "b/1"):
        s3.put_object(Bucket="logs", Key=key, Body=b"x")
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path="/logs/a/"))
    assert s3.get_object(Bucket="logs", Key="b/1")["Body"].read() == b"x"
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="logs", Key="a/1")
    account.close()
    assert code(error) == "AccessDenied"


def test_chance_strikes_as_often_as_it_is_told(aws: LoopbackAws, client: Client) -> None:
    aws.cloudtrail.limit = None
    rule = aws.faults.add(Rule(Fault.INTERNAL, probability=0.5))
    failed = 0
    for _ in range(40):
        try:
            client.lookup_events()
        except ClientError:
            failed += 1
    assert failed == rule.spoiled
    assert rule.met == 40
    assert 10 <= rule.spoiled <= 30


def test_every_request_is_on_record_with_our_name(aws: LoopbackAws, client: Client) -> None:
    client.lookup_events()
    asked = aws.asked[-1]
    assert asked.service == "cloudtrail"
    assert asked.target.endswith("CloudTrail_20131101.LookupEvents")
    assert asked.agent.split()[-1].startswith("trailhound/")
