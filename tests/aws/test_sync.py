"""A sync fills the cache from AWS, whole or saying what is missing, however often it is run."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file, record
from tui.cli.main import run
from tui.domain.coverage import HISTORY_SETTLES, RECENTLY
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

__all__ = ["aws", "loopback"]
HOUR = 3_600_000


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache of the commands is."""
    path = tmp_path / "cache.db"
    monkeypatch.setenv("TRAILHOUND_CACHE", str(path))
    return path


def at(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_before(ms: int) -> str:
    """Return the day that it was so long before now: yesterday, just after midnight."""
    return at(int(time.time() * 1000) - ms)[:10]


def happened(number: int, ms: int) -> Mapping[str, object]:
    return {
        **record(number),
        "eventTime": at(ms),
        "recipientAccountId": ACCOUNT,
        "awsRegion": "us-east-1",
    }


def stored(path: Path) -> set[str]:
    with Cache(path).connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return {row.id for row in reader.rows(connection, numbers)}


def sync(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, object]]:
    code = run(["sync", "--region", "us-east-1", "--format", "json", *options])
    return code, json.loads(capsys.readouterr().out)


def printed_events(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    assert run(["events", "--format", "jsonl", "--limit", "0", *options]) == 0
    return [json.loads(each) for each in capsys.readouterr().out.splitlines()]


def test_event_history_comes_whole_and_a_second_run_adds_nothing(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = int(time.time() * 1000)
    aws.cloudtrail.plant([happened(n, now - n * HOUR // 40) for n in range(1, 131)])
    code, summary = sync(capsys, "--no-s3", "--since", "-6h")
    assert (code, summary["events"], summary["problems"]) == (0, 130, [])
    assert stored(path) == {guid(n) for n in range(1, 131)}
    code, summary = sync(capsys, "--no-s3", "--since", "-6h")
    assert (code, summary["events"]) == (0, 0)


def test_a_second_run_asks_only_for_what_was_not_settled(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = int(time.time() * 1000)
    aws.cloudtrail.plant([happened(n, now - HOUR - n * 1000) for n in range(200)])
    sync(capsys, "--no-s3", "--since", "-3h")
    late = happened(900, now - 60_000)
    aws.cloudtrail.plant([late])
    code, summary = sync(capsys, "--no-s3", "--since", "-3h")
    assert (code, summary["events"]) == (0, 1)
    sources = summary["sources"]
    assert isinstance(sources, list)
    assert [source["requests"] for source in sources] == [1, 1]
    assert guid(900) in stored(path)


def test_log_files_of_a_bucket_and_history_are_one_timeline(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = int(time.time() * 1000)
    events = [happened(n, now - HOUR - n * 1000) for n in range(20)]
    aws.cloudtrail.plant(events[:10])
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket="trail-logs")
    stamp = datetime.fromtimestamp((now - HOUR) / 1000, UTC)
    key = (
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{stamp:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_us-east-1_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    body = log_file(*(json.dumps(each).encode() for each in events))
    bucket.put_object(Bucket="trail-logs", Key=key, Body=body)
    code, summary = sync(capsys, "--s3", "s3://trail-logs", "--since", "-1d")
    assert (code, summary["events"], summary["seen_again"]) == (0, 20, 10)
    uri = f"s3://trail-logs/{key}"
    printed = printed_events(capsys, "--fields", "id,source,sources,file,sightings")
    both = {guid(n) for n in range(10)}
    for event in printed:
        wanted = ["s3", "history"] if event["id"] in both else ["s3"]
        assert (event["source"], event["sources"], event["file"]) == ("s3", wanted, uri)
        seen = event["sightings"]
        assert isinstance(seen, list)
        assert seen[0]["file"] == uri
        assert [each["source"] for each in seen] == wanted
    assert len(printed) == 20
    assert path.exists()
    code, summary = sync(capsys, "--s3", "s3://trail-logs", "--since", "-1d")
    assert (code, summary["events"]) == (0, 0)


def test_a_source_that_fails_is_said_and_kept_in_the_coverage(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.faults.rules.append(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))
    code, summary = sync(capsys, "--no-s3", "--since", "-1d")
    assert code == 2
    sources = summary["sources"]
    assert isinstance(sources, list)
    assert {source["phase"] for source in sources} == {"failed"}
    assert all("cloudtrail:LookupEvents" in source["reason"] for source in sources)
    assert run(["coverage", "--since", "-1d", "--format", "json"]) == 0
    days = json.loads(capsys.readouterr().out)
    settled = day_before(RECENTLY)
    assert [day["state"] for day in days if day["day"] <= settled]
    assert all(day["state"] == ("failed" if day["day"] <= settled else "recent") for day in days)
    assert path.exists()


def test_what_was_synced_is_covered_but_for_the_newest_minutes(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(capsys, "--no-s3", "--since", "-3d")
    run(["coverage", "--since", "-2d", "--format", "json"])
    days = json.loads(capsys.readouterr().out)
    settled = day_before(HISTORY_SETTLES)
    assert [day["state"] for day in days] == [
        "synced" if day["day"] < settled else "recent" for day in days
    ]
    assert {day["state"] for day in days} == {"recent", "synced"}
    assert aws.url
    assert path.exists()


def test_the_command_fails_at_once_when_credentials_expire_unless_it_may_wait(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = aws.faults.add(Rule(Fault.EXPIRED_TOKEN, target="LookupEvents"))
    code, summary = sync(capsys, "--no-s3", "--since", "-1d")
    assert code == 2
    sources = summary["sources"]
    assert isinstance(sources, list)
    assert {source["phase"] for source in sources} == {"failed"}
    rule.nth = range(rule.met + 1, rule.met + 3)
    code, summary = sync(capsys, "--no-s3", "--since", "-1d", "--wait", "1")
    assert code == 0
    assert path.exists()


def test_no_share_of_the_time_is_less_than_nothing(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws.url
    moment = datetime.now(UTC)
    key = (
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{moment:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_us-east-1_{moment:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    boto3.client("s3").create_bucket(Bucket="trail-logs")
    boto3.client("s3").put_object(Bucket="trail-logs", Key=key, Body=b"")
    aws.faults.add(Rule(Fault.EXPIRED_TOKEN, method="GET", path=r"\.json\.gz"))
    code, summary = sync(
        capsys, "--no-history", "--s3", "s3://trail-logs", "--since", "-6h", "--wait", "0"
    )
    (source,) = summary["sources"] if isinstance(summary["sources"], list) else [{}]
    assert (code, source["phase"]) == (2, "failed")
    assert source["share"] == 0
    assert path.exists()
