"""`trailhound tail`: every event on one line, once, whatever ends it and starts it again."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import IO

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file, record
from tui.cli.main import run

__all__ = ["aws", "loopback"]
REGION = "us-east-1"
MINUTE = 60_000


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: LoopbackAws) -> Path:
    """Where the cache of the commands is."""
    aws.cloudtrail.limit = None
    path = tmp_path / "cache.db"
    monkeypatch.setenv("TRAILHOUND_CACHE", str(path))
    return path


def now_ms() -> int:
    return int(time.time() * 1000)


def happened(number: int, ms: int, **changes: object) -> Mapping[str, object]:
    stamp = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {"eventTime": stamp, "recipientAccountId": ACCOUNT, "awsRegion": REGION}
    return {**record(number), **own, **changes}


def tailing(*options: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tui", "tail", "--region", REGION, *options]
    return subprocess.Popen(
        command, env=os.environ, stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def ids(lines: str) -> list[str]:
    return [json.loads(line)["eventID"] for line in lines.splitlines()]


def stream(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def test_records_come_as_delivered_oldest_first_and_count_ends_it(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [happened(n, now_ms() - 60_000 + n * 1000, annotation={"x": [n]}) for n in range(30)]
    aws.cloudtrail.plant(events)
    assert run(["tail", "--region", REGION, "--count", "30"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line) for line in out.splitlines()] == events
    assert "30 lines printed" in err
    assert path.exists()


def test_until_ends_it_and_later_events_are_not_printed(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = now_ms()
    aws.cloudtrail.plant([happened(n, now - n * MINUTE) for n in range(1, 61)])
    assert run(["tail", "--region", REGION, "--since", "-50m", "--until", "-10m"]) == 0
    out, err = capsys.readouterr()
    assert set(ids(out)) <= {guid(n) for n in range(10, 51)}
    assert len(ids(out)) >= 39
    assert "events of other times were stored and not printed" in err
    assert path.exists()


def test_the_filter_is_the_same_everywhere_and_the_rest_is_not_printed(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.cloudtrail.plant([happened(n, now_ms() - n * 1000) for n in range(1, 31)])
    asked = ["tail", "action:DeleteBucket", "--region", REGION, "--count", "10"]
    assert run([*asked, "--format", "table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["TIME", "CALLER", "SERVICE", "ACTION"]
    assert len(lines) == 11
    assert all("DeleteBucket" in line for line in lines[1:])
    assert path.exists()


def test_what_is_cached_already_is_not_printed(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.cloudtrail.plant([happened(n, now_ms() - n * 1000) for n in range(1, 11)])
    assert run(["sync", "--region", REGION, "--no-s3", "--since", "-1h"]) == 0
    aws.cloudtrail.plant([happened(99, now_ms() - 500)])
    capsys.readouterr()
    assert run(["tail", "--region", REGION, "--since", "-1h", "--count", "1"]) == 0
    out, err = capsys.readouterr()
    assert ids(out) == [guid(99)]
    assert "10 events of that time are in the cache already and not printed again" in err
    assert path.exists()


def test_an_interrupt_ends_it_with_130_and_a_polite_request_with_0(
    aws: LoopbackAws, path: Path
) -> None:
    aws.cloudtrail.plant([happened(1, now_ms() - 1000)])
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0)):
        with tailing("--cache", f"{path}-{number}") as process:
            assert guid(1) in stream(process).readline()
            process.send_signal(number)
            _, err = process.communicate(timeout=20)
        assert process.returncode == code, err
        assert "Traceback" not in err
        assert "1 line printed" in err


def test_it_ends_when_nobody_reads_any_more_even_in_a_lull(aws: LoopbackAws, path: Path) -> None:
    aws.cloudtrail.plant([happened(1, now_ms() - 1000)])
    with tailing() as process:
        assert guid(1) in stream(process).readline()
        stream(process).close()
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert path.exists()


def test_a_source_that_never_answered_ends_it_with_the_reason(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))
    assert run(["tail", "--region", REGION]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "failed: Event history of" in err
    assert "cloudtrail:LookupEvents" in err
    assert path.exists()


def test_kills_and_restarts_print_everything_and_double_little(
    aws: LoopbackAws, path: Path, tmp_path: Path
) -> None:
    """A kill loses no line; it may repeat those of the portion that was being printed."""
    chance = random.Random(3)
    planted = 0
    done = False
    begin = now_ms() - 10 * MINUTE

    def plant() -> None:
        nonlocal planted
        while not done:
            aws.cloudtrail.plant([happened(planted + n, begin + planted * 100) for n in range(5)])
            planted += 5
            time.sleep(0.1)

    feeder = Thread(target=plant)
    feeder.start()
    lines = tmp_path / "lines"
    runs = 0
    with lines.open("wb") as out:
        try:
            for _ in range(5):
                with tailing(stdout=out.fileno()) as process:
                    time.sleep(chance.uniform(0.6, 1.8))
                    process.kill()
                runs += 1
        finally:
            done = True
            feeder.join()
        with tailing(stdout=out.fileno()) as process:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                if len(set(ids(lines.read_text()))) == planted:
                    break
                time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            process.wait(20)
    count = Counter(ids(lines.read_text()))
    assert {guid(n) for n in range(planted)} == set(count)
    assert max(count.values()) <= 2
    assert sum(times - 1 for times in count.values()) <= runs * 500
    assert path.exists()


def test_sources_are_merged_and_an_event_of_two_is_one_line(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [happened(n, now_ms() - n * 1000) for n in range(1, 21)]
    aws.cloudtrail.plant(events[:15])
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="trail")
    logs.create_log_stream(logGroupName="trail", logStreamName="s")
    logs.put_log_events(
        logGroupName="trail",
        logStreamName="s",
        logEvents=[{"timestamp": now_ms(), "message": json.dumps(each)} for each in events[10:]],
    )
    asked = ["tail", "--region", REGION, "--source", "history", "--log-group", "trail"]
    assert run([*asked, "--count", "20"]) == 0
    printed = ids(capsys.readouterr().out)
    assert sorted(printed) == sorted(guid(n) for n in range(1, 21))
    assert path.exists()


def test_better_sources_of_a_trail_are_offered(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").create_bucket(Bucket="trail-logs")
    topic = boto3.client("sns").create_topic(Name="told")["TopicArn"]
    boto3.client("cloudtrail").create_trail(
        Name="main",
        S3BucketName="trail-logs",
        SnsTopicName="told",
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:all:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/to-logs",
    )
    aws.cloudtrail.plant([happened(1, now_ms() - 1000)])
    assert run(["tail", "--region", REGION, "--count", "1"]) == 0
    err = capsys.readouterr().err
    assert "Trail main also writes to the log group all" in err
    assert "--source logs" in err
    assert topic in err
    assert path.exists()


def test_log_files_of_trails_are_followed(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws.url
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="trail-logs")
    boto3.client("cloudtrail").create_trail(Name="main", S3BucketName="trail-logs")
    moment = datetime.now(UTC)
    key = (
        f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{moment:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_{REGION}_{moment:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    events = [happened(n, now_ms() - n * 1000) for n in range(1, 4)]
    body = log_file(*(json.dumps(each).encode() for each in events))
    s3.put_object(Bucket="trail-logs", Key=key, Body=body)
    assert run(["tail", "--region", REGION, "--source", "s3", "--count", "3"]) == 0
    assert sorted(ids(capsys.readouterr().out)) == [guid(n) for n in (1, 2, 3)]
    assert path.exists()


def test_a_queue_has_to_be_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tail", "--source", "sqs"]) == 3
    assert "--queue URL" in capsys.readouterr().err
    assert run(["tail", "--queue", "my-queue"]) == 3
    assert "no address of a queue" in capsys.readouterr().err
    assert run(["tail", "--until", "-1h"]) == 3
    assert "--since" in capsys.readouterr().err
    assert path.parent.exists()


def test_the_simulated_accounts_are_followed_without_aws_and_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAILHOUND_CACHE", str(tmp_path / "cache.db"))
    assert run(["tail", "--demo", "--rate", "200", "--count", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({json.loads(each)["eventID"] for each in lines}) == 20
    assert not (tmp_path / "cache.db").exists()


@pytest.fixture
def logs(aws: LoopbackAws) -> None:
    """A bucket with a log file of each of two regions, and a trail that logs only data events."""
    assert aws.url
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="trail-logs")
    boto3.client("cloudtrail").create_trail(Name="data", S3BucketName="trail-logs")
    data = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": False, "DataResources": data}]
    boto3.client("cloudtrail").put_event_selectors(TrailName="data", EventSelectors=selectors)
    moment = datetime.fromtimestamp((now_ms() - 3_600_000) / 1000, UTC)
    for number, region in enumerate((REGION, "eu-west-1"), 1):
        key = (
            f"AWSLogs/{ACCOUNT}/CloudTrail/{region}/{moment:%Y/%m/%d}/"
            f"{ACCOUNT}_CloudTrail_{region}_{moment:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
        )
        record = happened(number, now_ms() - 3_600_000, awsRegion=region)
        s3.put_object(Bucket="trail-logs", Key=key, Body=log_file(json.dumps(record).encode()))


@pytest.mark.usefixtures("logs")
def test_log_files_of_other_regions_are_not_followed(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["tail", "--s3", "s3://trail-logs", "--since", "-2h"]
    assert run([*asked, "--region", REGION, "--count", "1"]) == 0
    assert ids(capsys.readouterr().out) == [guid(1)]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM fact").fetchone() == (1,)


@pytest.mark.usefixtures("logs")
def test_following_a_trail_covers_no_management_events_that_it_does_not_log(path: Path) -> None:
    asked = ["tail", "--region", REGION, "--source", "s3", "--since", "-2h", "--until", "-30m"]
    assert run(asked) == 0
    with closing(sqlite3.connect(path)) as connection:
        kinds = connection.execute("SELECT DISTINCT kind FROM covered").fetchall()
    assert kinds == [("CloudTrail without management events",)]


@pytest.mark.usefixtures("logs")
def test_until_ends_it_though_a_log_file_cannot_be_read(aws: LoopbackAws, path: Path) -> None:
    denied = aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET", path=r"us-east-1.*\.json\.gz"))
    options = ("--region", "eu-west-1", "--s3", "s3://trail-logs", "--since", "-2h")
    with tailing(*options, "--until", "-30m") as process:
        out, err = process.communicate(timeout=20)
    assert ids(out) == [guid(2)]
    assert denied.spoiled
    assert process.returncode == 2, err
    assert "access is denied" in err
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM feed").fetchone() == (0,)


@pytest.mark.usefixtures("logs")
def test_a_source_that_fails_at_once_does_not_end_those_that_have_yet_to_answer(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.faults.add(Rule(Fault.SLOW, path="trail-logs.*list-type", seconds=1.0))
    places = ("--s3", "s3://trail-logs", "--s3", "s3://no-such-bucket")
    assert run(["tail", "--since", "-2h", *places, "--count", "2"]) == 2
    out, err = capsys.readouterr()
    assert sorted(ids(out)) == [guid(1), guid(2)]
    assert "There is no bucket no-such-bucket" in err
    assert path.exists()


@pytest.mark.parametrize("seconds", [-1_800, 2])
def test_until_ends_it_though_credentials_stay_expired(
    aws: LoopbackAws, path: Path, seconds: int
) -> None:
    aws.cloudtrail.plant([happened(1, now_ms() - 60 * MINUTE)])
    expired = aws.faults.add(Rule(Fault.EXPIRED_TOKEN, target="LookupEvents", nth=range(2, 99)))
    end = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
    with tailing("--since", "-2h", "--until", end) as process:
        _, err = process.communicate(timeout=20)
    assert expired.spoiled
    assert process.returncode == 2, err
    assert "the credentials have expired" in err.splitlines()[-2]
    assert path.exists()
