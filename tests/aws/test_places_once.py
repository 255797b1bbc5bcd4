"""A place in S3 is read once, however often and by whomever it is named, and none is left out."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
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
from tui.domain.syncing import Wish
from tui.jobs.syncing.added import keep
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "path"]
HOUR = 3_600_000
OTHER = "222233334444"
OTHER_KEY = "AKIAIOSFODNN7OTHER00"
BUCKET = "central-logs"
ONLY = ("--region", "us-east-1", "--since", "-1d", "--no-history", "--format", "json")


@pytest.fixture
def bucket(aws: LoopbackAws, tmp_path: Path) -> None:
    """A bucket with a log file of each of two accounts, and a profile for each of them."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for number, account in enumerate((ACCOUNT, OTHER), 1):
        put(number, account)
    aws.accounts[OTHER_KEY] = OTHER
    profiles(tmp_path, {"one": KEY, "other": OTHER_KEY, "again": KEY})


def put(number: int, account: str) -> None:
    now = int(time.time() * 1000)
    stamp = datetime.fromtimestamp((now - HOUR) / 1000, UTC)
    key = (
        f"AWSLogs/{account}/CloudTrail/us-east-1/{stamp:%Y/%m/%d}/"
        f"{account}_CloudTrail_us-east-1_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    said = record(number, eventTime=f"{stamp:%Y-%m-%dT%H:%M:%SZ}", recipientAccountId=account)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log_file(json.dumps(said).encode()))


def trail(profile: str, name: str = "main") -> None:
    client = boto3.Session(profile_name=profile).client("cloudtrail")
    client.create_trail(Name=name, S3BucketName=BUCKET, IsMultiRegionTrail=True)


def sync(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """Sync; return the places that were read."""
    assert run(["sync", *ONLY, *options]) == 0
    summary = json.loads(capsys.readouterr().out)
    return [each["scope"]["account"] for each in summary["sources"]]


def stored(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {text for (text,) in connection.execute("SELECT id FROM event")}


def repeated(aws: LoopbackAws) -> list[str]:
    """Return the folders of days and the log files that were asked for more than once."""
    asked = Counter(each.path for each in aws.asked if each.method == "GET")
    days = f"{datetime.now(UTC):%Y}"
    return [path for path, times in asked.items() if times > 1 and days in path]


@pytest.mark.usefixtures("bucket")
def test_two_accounts_that_deliver_to_one_bucket_are_both_read(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trail("one")
    trail("other")
    keep(Cache(path), "other", Wish(Span(0, HOUR)))
    places = sync(capsys)
    assert places == [f"s3://{BUCKET}/AWSLogs/{account}/" for account in (ACCOUNT, OTHER)]
    assert stored(path) == {guid(1), guid(2)}


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    "places",
    [
        ("", "/"),
        ("/AWSLogs", "/AWSLogs/", "/AWSLogs"),
        ("", f"/AWSLogs/{ACCOUNT}"),
        (f"/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1", "/AWSLogs/", f"/AWSLogs/{OTHER}"),
        ("", f"/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{datetime.now(UTC):%Y}"),
    ],
)
def test_places_that_lie_within_one_another_are_listed_and_fetched_once(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str], places: Sequence[str]
) -> None:
    named = [option for each in places for option in ("--s3", f"s3://{BUCKET}{each}")]
    sync(capsys, *named)
    assert stored(path) == {guid(1), guid(2)}
    assert not repeated(aws)


@pytest.mark.usefixtures("bucket")
def test_an_added_place_leaves_to_the_trail_what_that_delivers(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trail("one")
    keep(Cache(path), f"s3://{BUCKET}", Wish(Span(0, HOUR)))
    assert sync(capsys) == [f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/", f"s3://{BUCKET}/"]
    assert stored(path) == {guid(1), guid(2)}
    assert not repeated(aws)
    assert sync(capsys, "--s3", f"s3://{BUCKET}") == [f"s3://{BUCKET}/"]


@pytest.mark.usefixtures("bucket")
def test_a_place_that_is_all_left_to_others_is_no_failure(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [f"s3://{BUCKET}", f"s3://{BUCKET}/AWSLogs"]
    assert len(sync(capsys, "--s3", named[0], "--s3", named[1])) == 2
    assert stored(path) == {guid(1), guid(2)}


@pytest.mark.usefixtures("bucket")
def test_a_place_is_read_once_with_the_first_profile_that_can_list_it(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [option for name in ("one", "again", "other") for option in ("--profile", name)]
    assert len(sync(capsys, *every, "--s3", f"s3://{BUCKET}")) == 1
    assert not repeated(aws)
    put(3, ACCOUNT)
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="s3", key=KEY))
    sync(capsys, *every, "--s3", f"s3://{BUCKET}")
    assert stored(path) == {guid(number) for number in (1, 2, 3)}


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    "named",
    [
        ("--profile", "one", "--profile", "other", "--source", "s3"),
        ("--s3", f"s3://{BUCKET}", "--s3", f"s3://{BUCKET}/AWSLogs/{OTHER}/"),
        ("--s3", f"s3://{BUCKET}/AWSLogs", "--s3", f"s3://{BUCKET}/AWSLogs/"),
    ],
)
def test_what_several_feeds_could_follow_is_followed_by_one_of_them(
    aws: LoopbackAws,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    named: Sequence[str],
) -> None:
    trail("one")
    trail("other")
    options = ("--region", "us-east-1", "--since", "-2h", "--count", "2")
    assert run(["tail", *options, *named]) == 0
    printed = [json.loads(each)["eventID"] for each in capsys.readouterr().out.splitlines()]
    assert sorted(printed) == [guid(1), guid(2)]
    assert not repeated(aws)
    assert path.exists()


@pytest.mark.usefixtures("bucket")
def test_a_trail_is_missed_only_if_no_profile_has_it(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trail("one")
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
    both = ("--profile", "one", "--profile", "other")
    assert sync(capsys, *both, "--trail", arn) == [f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/"]
    assert stored(path) == {guid(1)}
    assert run(["sync", *ONLY, *both, "--trail", arn.replace("main", "gone")]) == 2
    assert capsys.readouterr().err.count("There is no trail") == 1
