"""What was refused is asked for again however old it is, until it is read or gone."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback, path
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file, record
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.syncing import Wish
from tui.jobs.syncing import bucket_stream
from tui.screens.syncing.board import SyncBoard
from tui.screens.syncing.filling import fill
from tui.sources.aws.keys import Folder, Kind, day_of
from tui.storage import covering
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "path"]
HOUR = 3_600_000
BUCKET = "refusing-logs"
REGION = "us-east-1"
FOLDER = Folder("", None, ACCOUNT, Kind.EVENTS, REGION)
SYNC = ("sync", "--s3", f"s3://{BUCKET}", "--no-history", "--format", "json")


@pytest.fixture
def now(aws: LoopbackAws) -> int:
    """The time, with a bucket of a log file of 40 hours ago and one of two hours ago."""
    assert aws.url
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    now = int(time.time() * 1000)
    put(1, now - 40 * HOUR)
    put(2, now - 2 * HOUR)
    return now


def put(number: int, ms: int) -> str:
    said = record(number, eventTime=f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}")
    key = FOLDER.log_key(ms, f"{number:016}")
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log_file(json.dumps(said).encode()))
    return key


def sync(capsys: pytest.CaptureFixture[str], since: str) -> tuple[int, dict[str, Any]]:
    code = run([*SYNC, "--since", since])
    return code, json.loads(capsys.readouterr().out)


def denied(aws: LoopbackAws, number: int = 1) -> Rule:
    return aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET", path=f"/.*{number:016}.json.gz"))


def stored(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(text for (text,) in connection.execute("SELECT id FROM event"))


def skipped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT detail FROM skipped")]


def lacks(path: Path, ms: int) -> bool:
    """Return whether a moment is not covered by log files."""
    with Cache(path).connection() as connection:
        spans = covering.spans(connection, Scope("s3", ACCOUNT, REGION, "CloudTrail"))
    return not any(span.start <= ms < span.end for span in spans)


def test_a_later_run_of_a_shorter_time_asks_for_it_again(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = denied(aws)
    for since in ("-3d", "-4h"):
        rule.spoiled = 0
        code, said = sync(capsys, since)
        assert (code, said["unread"], bool(rule.spoiled)) == (2, 1, True)
        assert "1 could not be read" in said["sources"][0]["reason"]
        assert lacks(path, now - 40 * HOUR)
        assert not lacks(path, now - 20 * HOUR)
    aws.faults.rules.clear()
    assert sync(capsys, "-4h")[0] == 0
    assert stored(path) == [guid(1), guid(2)]
    assert skipped(path) == []
    assert not lacks(path, now - 40 * HOUR)


def test_what_is_gone_is_asked_for_no_more(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    denied(aws)
    sync(capsys, "-3d")
    key = FOLDER.log_key(now - 40 * HOUR, f"{1:016}")
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=key)
    assert sync(capsys, "-4h")[0] == 0
    assert skipped(path) == []
    assert not lacks(path, now - 40 * HOUR)
    aws.asked.clear()
    assert sync(capsys, "-4h")[0] == 0
    old = FOLDER.day_prefix(day_of(now - 40 * HOUR))
    assert not [each for each in aws.asked if old.replace("/", "%2F") in each.path]


def test_a_day_that_was_not_listed_is_listed_whole(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = FOLDER.day_prefix(day_of(now - 40 * HOUR)).replace("/", "%2F")
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path=f"prefix={day}"))
    assert sync(capsys, "-3d")[1]["unread"] == 1
    assert sync(capsys, "-4h")[1]["unread"] == 1
    assert lacks(path, now - 40 * HOUR)
    aws.faults.rules.clear()
    assert sync(capsys, "-4h")[0] == 0
    assert stored(path) == [guid(1), guid(2)]
    assert skipped(path) == []
    assert not lacks(path, now - 40 * HOUR)


@pytest.mark.parametrize("level", [FOLDER.path(), f"AWSLogs/{ACCOUNT}/CloudTrail/"])
def test_a_folder_that_was_not_listed_is_listed_for_the_time_it_was_wanted_for(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path=f"prefix={level.replace('/', '%2F')}(20|&|$)"))
    assert sync(capsys, "-9d")[1]["unread"] == 1
    put(3, now - 8 * 24 * HOUR)
    assert sync(capsys, "-4h")[1]["unread"]
    aws.faults.rules.clear()
    assert sync(capsys, "-4h")[0] == 0
    assert stored(path) == [guid(1), guid(2), guid(3)]
    assert skipped(path) == []
    assert not lacks(path, now - 8 * 24 * HOUR)


def test_the_reason_is_that_of_the_last_time(
    aws: LoopbackAws,
    now: int,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert now
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    rule = denied(aws)
    sync(capsys, "-3d")
    assert "s3:GetObject" in skipped(path)[0]
    rule.fault = Fault.SLOW_DOWN
    sync(capsys, "-4h")
    (reason,) = skipped(path)
    assert "slow down" in reason


def test_what_is_refused_again_and_again_is_counted_though_not_all_of_it_is_asked_for(
    aws: LoopbackAws,
    now: int,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(10, 14):
        put(number, now - (50 + 40 * (number - 10)) * HOUR)
    aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET", path="/.*00000000001.*gz"))
    sync(capsys, "-30d")
    monkeypatch.setattr(bucket_stream, "_IN_VAIN", 2)
    aws.asked.clear()
    assert sync(capsys, "-4h")[1]["unread"] == 5
    assert len({each.path for each in aws.asked if "00000000001" in each.path}) == 2
    aws.faults.rules.clear()
    assert sync(capsys, "-4h")[0] == 0
    assert len(stored(path)) == 6


@pytest.mark.parametrize("above", [False, True], ids=["a log file", "a folder"])
def test_the_explorer_asks_for_it_again_whenever_it_looks(
    aws: LoopbackAws, now: int, path: Path, *, above: bool
) -> None:
    wish = Wish(Span(now - 72 * HOUR, now), locations=(f"s3://{BUCKET}",), history=False)
    board = SyncBoard(wish)
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail/".replace("/", "%2F")
    if above:
        aws.faults.add(Rule(Fault.ACCESS_DENIED, path=f"prefix={folder}&"))
    else:
        denied(aws)
    runs = board.wishes.runs()
    for _ in range(2):
        board.begin(runs[0])
        fill(Cache(path), runs[0], board)
        (source,) = board.sources()
        assert source.standing.unread == 1
        assert lacks(path, now - 40 * HOUR)
        runs = board.wishes.repeated()
    aws.faults.rules.clear()
    board.begin(runs[0])
    fill(Cache(path), runs[0], board)
    assert stored(path) == [guid(1), guid(2)]
    assert skipped(path) == []
    assert not lacks(path, now - 40 * HOUR)
