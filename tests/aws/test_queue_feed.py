"""Queues: what their messages tell of arrives once, ours are emptied, those of others are not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.following import Notes
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, line, log_file, record
from tui.domain.tailing import FeedPhase, FeedState
from tui.errors import UsageError
from tui.jobs.syncing.bucket_stream import Known
from tui.jobs.syncing.pausing import Patience
from tui.jobs.tailing.queue_feed import QueueFeed
from tui.jobs.tailing.tail import tail
from tui.sources.aws.queue import parse_queue
from tui.sources.aws.sessions import Account
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

__all__ = ["aws", "loopback"]
BUCKET = "trail-logs"
FOLDER = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/11/23/"
QUICK = Patience(first=0.01, longest=0.01)
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


@pytest.fixture
def queue(aws: LoopbackAws) -> str:
    """The address of a queue, and a bucket beside it."""
    assert aws.url
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    url: str = boto3.client("sqs").create_queue(QueueName="tail")["QueueUrl"]
    return url


@pytest.fixture
def send(queue: str) -> Callable[[object], None]:
    def sending(content: object) -> None:
        body = content if isinstance(content, str) else json.dumps(content)
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=body)

    return sending


def key(name: str) -> str:
    return f"{FOLDER}{ACCOUNT}_CloudTrail_us-east-1_20261123T0500Z_{name}.json.gz"


def deliver(name: str, *numbers: int) -> str:
    """Put a log file into the bucket and return its key."""
    body = log_file(*(line(number) for number in numbers))
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key(name), Body=body)
    return key(name)


def by_eventbridge(number: int) -> dict[str, object]:
    return {
        "version": "0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "detail": record(number),
    }


def following(queue: str, *, own: bool) -> QueueFeed:
    return QueueFeed(Account(), parse_queue(queue), Known(), own=own, rest=0.01, wait=1)


def stored(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return sorted(row.id for row in reader.rows(connection, numbers))


def left(queue: str) -> int:
    """Return how many messages are in a queue, hidden or not."""
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=list(COUNTS))
    return sum(int(answer["Attributes"][each]) for each in COUNTS)


def test_a_queue_of_ours_is_emptied_once_everything_is_stored(
    cache: Cache, queue: str, send: Callable[[object], None]
) -> None:
    send({"s3Bucket": BUCKET, "s3ObjectKey": [deliver("aaaa", 1, 2), deliver("bbbb", 3)]})
    send({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET})
    send("CloudTrail validation message.")
    send(by_eventbridge(4))
    send("what is this?")
    notes = Notes(lambda notes: notes.new == 4 and left(queue) == 0)
    (state,) = tail(cache, [following(queue, own=True)], notes)
    assert stored(cache) == [guid(n) for n in (1, 2, 3, 4)]
    assert state.ignored == 2
    assert sum(each.skipped for each in notes.batches) == 1
    with cache.connection() as connection:
        (skip,) = reader.skips(connection)
    assert "what is this?" in skip.skipped.detail


def test_topics_and_buckets_send_what_is_understood(cache: Cache, queue: str) -> None:
    """Through moto's own SNS and its own bucket notifications."""
    topic = boto3.client("sns").create_topic(Name="trail")["TopicArn"]
    sqs = boto3.client("sqs")
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    by_trail = {"s3Bucket": BUCKET, "s3ObjectKey": [deliver("aaaa", 1)]}
    boto3.client("sns").publish(TopicArn=topic, Message=json.dumps(by_trail))
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    deliver("bbbb", 2)
    assert left(queue) >= 2
    tail(cache, [following(queue, own=True)], Notes(lambda notes: notes.new == 2))
    assert stored(cache) == [guid(1), guid(2)]
    with cache.connection() as connection:
        uris = {reader.sightings(connection, number)[0].uri for number in (1, 2)}
    assert uris == {f"s3://{BUCKET}/{key(name)}" for name in ("aaaa", "bbbb")}


def test_a_queue_of_others_is_only_looked_at(
    cache: Cache, queue: str, send: Callable[[object], None]
) -> None:
    send({"s3Bucket": BUCKET, "s3ObjectKey": [deliver("aaaa", 1)]})
    for number in range(2, 20):
        send(by_eventbridge(number))
    feed = following(queue, own=False)
    notes = Notes(lambda notes: notes.new == 19 and bool(notes.latest(feed.feed).asked))
    (state,) = tail(cache, [feed], notes)
    assert len(stored(cache)) == 19
    assert left(queue) == 19
    assert state.complete_to is None
    assert "only looked at" in state.note
    assert sum(each.seen_again for each in notes.batches) == 0


def test_a_queue_that_gives_up_on_messages_is_not_looked_at(
    aws: LoopbackAws, cache: Cache, queue: str, send: Callable[[object], None]
) -> None:
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": asked["Attributes"]["QueueArn"], "maxReceiveCount": 3}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
    send(by_eventbridge(1))
    aws.asked.clear()
    notes = Notes(lambda notes: any(each.phase is FeedPhase.FAILED for each in notes.states))
    (state,) = tail(cache, [following(queue, own=False)], notes, patience=QUICK)
    assert "dead-letter queue" in state.problem
    assert not any("ReceiveMessage" in each.target for each in aws.asked)


def test_a_message_whose_file_cannot_be_had_stays_in_the_queue(
    aws: LoopbackAws, cache: Cache, queue: str, send: Callable[[object], None]
) -> None:
    send({"s3Bucket": BUCKET, "s3ObjectKey": [deliver("aaaa", 1)]})
    send({"s3Bucket": BUCKET, "s3ObjectKey": [deliver("bbbb", 2)]})
    denied = aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET", path="bbbb"))
    problems: list[FeedState] = []

    def goes_on(notes: Notes) -> bool:
        problems[:] = [each for each in notes.states if "s3:GetObject" in each.problem]
        return notes.new == 1 and bool(problems) and left(queue) == 1

    tail(cache, [following(queue, own=True)], Notes(goes_on))
    assert denied.spoiled
    assert stored(cache) == [guid(1)]


def test_messages_that_were_stored_but_not_deleted_come_again_and_double_nothing(
    aws: LoopbackAws, cache: Cache, queue: str, send: Callable[[object], None]
) -> None:
    send(by_eventbridge(1))
    kept = aws.faults.add(Rule(Fault.ACCESS_DENIED, target="DeleteMessageBatch"))
    feed = following(queue, own=True)
    notes = Notes(lambda notes: "sqs:DeleteMessage" in notes.latest(feed.feed).problem)
    tail(cache, [feed], notes)
    assert (notes.new, left(queue)) == (1, 1)
    assert kept.spoiled
    aws.faults.rules.clear()
    boto3.client("sqs").purge_queue(QueueUrl=queue)
    send(by_eventbridge(1))  # as it comes again when its time is over
    again = Notes(lambda _: left(queue) == 0)
    tail(cache, [following(queue, own=True)], again)
    assert again.new == 0
    assert stored(cache) == [guid(1)]


def test_nothing_is_waited_for_at_the_end(cache: Cache, queue: str) -> None:
    began = time.monotonic()
    tail(cache, [following(queue, own=True)], Notes(lambda notes: notes.beats > 3))
    assert time.monotonic() - began < 5


def test_addresses_of_queues() -> None:
    url = f"https://sqs.eu-central-1.amazonaws.com/{ACCOUNT}/a.fifo"
    assert parse_queue(url)[1:] == (ACCOUNT, "eu-central-1", "a.fifo")
    assert (
        parse_queue(f"https://sqs.cn-north-1.amazonaws.com.cn/{ACCOUNT}/a").region == "cn-north-1"
    )
    assert parse_queue(f"http://127.0.0.1:5000/{ACCOUNT}/a")[1:] == (ACCOUNT, None, "a")
    for wrong in ("tail", "arn:aws:sqs:eu-west-1:1:x", "https://example.com/", "ftp://x/1/a"):
        with pytest.raises(UsageError):
            parse_queue(wrong)
