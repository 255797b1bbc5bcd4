"""What one profile of an account may not ask is asked with the next one of the same account."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import KEY, aws, loopback, path, profiles
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file, record
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.event import Place
from tui.domain.filter import Everything
from tui.domain.syncing import Unwatched
from tui.jobs.asking.ask import ask
from tui.jobs.asking.lookup import Asking, LookupPlan
from tui.sources.aws.keys import Folder, Kind
from tui.sources.aws.pacing import Pacers
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "path"]
REGION = "us-east-1"
HOUR = 3_600_000
BUCKET, GROUP = "audited-logs", "cloudtrail/all"
DENIED = "AKIAIOSFODNN7OTHER00"
SINCE = ("--since", "-2h", "--count", "1")
BOTH = ("--profile", "denied", "--profile", "audit", "--region", REGION)


@pytest.fixture
def refused(aws: LoopbackAws, tmp_path: Path) -> Rule:
    """An account with one event and two profiles, of which the first may not ask for it."""
    aws.cloudtrail.limit = None
    aws.accounts[DENIED] = ACCOUNT
    profiles(tmp_path, {"denied": DENIED, "audit": KEY})
    stamp = datetime.fromtimestamp(time.time() - 3_600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {"eventTime": stamp, "recipientAccountId": ACCOUNT, "awsRegion": REGION}
    aws.cloudtrail.plant([{**record(1), **own}])
    return aws.faults.add(Rule(Fault.ACCESS_DENIED, target="LookupEvents", key=DENIED))


def events(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT id FROM event")]


def test_event_history_is_synced_with_the_first_that_may(
    refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync = ["sync", *BOTH, "--no-s3", "--since", "-1d", "--format", "json"]
    assert run(sync) == 0
    sources = json.loads(capsys.readouterr().out)["sources"]
    assert {each["scope"]["kind"] for each in sources} == {"management", "insight"}
    assert events(path) == [guid(1)]
    assert refused.spoiled == len(sources)


def test_where_none_may_that_is_the_reason(
    aws: LoopbackAws, refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused.key = ""
    assert run(["sync", *BOTH, "--no-s3", "--since", "-1d"]) == 2
    assert "cloudtrail:LookupEvents" in capsys.readouterr().out
    assert {each.key for each in aws.asked if "LookupEvents" in each.target} == {DENIED, KEY}
    assert events(path) == []


def test_event_history_is_followed_with_the_first_that_may(
    refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["tail", *BOTH, "--since", "-2h", "--count", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["eventID"] == guid(1)
    assert refused.spoiled
    assert events(path) == [guid(1)]


def test_one_attribute_is_asked_for_with_the_first_that_may(refused: Rule, path: Path) -> None:
    place = Place(ACCOUNT, REGION)
    now = int(time.time() * 1000)
    askings = (Asking(place, Span(now - 2 * HOUR, now)),)
    plan = LookupPlan("EventId", guid(1), Everything(), Everything(), True, askings, ())
    answers = ask(Cache(path), ["denied", "audit"], plan, Unwatched(), Pacers())
    assert (answers.problems, answers.new) == ([], 1)
    assert refused.spoiled


def own(number: int) -> str:
    stamp = datetime.fromtimestamp(time.time() - 3_600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    where = {"eventTime": stamp, "recipientAccountId": ACCOUNT, "awsRegion": REGION}
    return json.dumps({**record(number), **where})


def deliver(number: int) -> str:
    """Put a log file into a bucket; return its key."""
    folder = Folder("", None, ACCOUNT, Kind.EVENTS, REGION)
    key = folder.log_key(int(time.time() * 1000) - HOUR, f"{number:016}")
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log_file(own(number).encode()))
    return key


@pytest.mark.parametrize(
    "command",
    [("sync", "--no-history"), ("tail", "--count", "2")],
    ids=lambda command: command[0],
)
def test_what_one_may_list_and_not_read_is_read_with_the_next(
    aws: LoopbackAws, refused: Rule, path: Path, command: tuple[str, ...]
) -> None:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    deliver(1)
    refused.target, refused.path = "", f"{1:016}.*gz"
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path=deliver(2), key=KEY))
    assert run([*command, *BOTH, "--s3", f"s3://{BUCKET}", "--since", "-2h"]) == 0
    assert sorted(events(path)) == [guid(1), guid(2)]
    assert refused.spoiled
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM skipped").fetchone() == (0,)


def test_what_none_may_read_is_refused_with_the_reason_of_the_first(
    aws: LoopbackAws, refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    deliver(1)
    refused.target, refused.path, refused.key = "", "gz", ""
    assert run(["sync", *BOTH, "--no-history", "--s3", f"s3://{BUCKET}", "--since", "-2h"]) == 2
    assert "s3:GetObject" in capsys.readouterr().out
    assert {each.key for each in aws.asked if "json.gz" in each.path} == {DENIED, KEY}
    refused.key = DENIED
    assert run(["sync", *BOTH, "--no-history", "--s3", f"s3://{BUCKET}", "--since", "-2h"]) == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT profile FROM bucket").fetchall() == [("audit",)]


def test_a_log_group_is_followed_with_the_first_that_may(
    refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client, stream = boto3.client("logs"), f"{ACCOUNT}_CloudTrail_{REGION}"
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    message = {"timestamp": int(time.time() * 1000) - 60_000, "message": own(1)}
    client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=[message])
    refused.target = "FilterLogEvents|StartLiveTail"
    assert run(["tail", *BOTH, "--log-group", GROUP, "--since", "-2h", "--count", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["eventID"] == guid(1)
    assert refused.spoiled
    assert events(path) == [guid(1)]


def test_a_queue_is_emptied_with_the_first_that_may(
    refused: Rule, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    url = boto3.client("sqs").create_queue(QueueName="tail")["QueueUrl"]
    told = {"s3Bucket": BUCKET, "s3ObjectKey": [deliver(1)]}
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(told))
    refused.target, refused.path = "", "gz"
    assert run(["tail", *BOTH, "--queue", url, "--own-queue", *SINCE]) == 0
    assert json.loads(capsys.readouterr().out)["eventID"] == guid(1)
    assert refused.spoiled
    assert events(path) == [guid(1)]
