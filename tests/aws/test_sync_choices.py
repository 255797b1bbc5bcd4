"""What a sync reads is what was chosen, and what it cannot know by that is said."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto.cloudtrail import models

from tests.aws.test_sync import HOUR, happened, stored
from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback, path
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file
from tui.cli.main import run

__all__ = ["aws", "loopback", "path"]
BUCKET = "trail-logs"
OTHER = "444455556666"
REGIONS = ("us-east-1", "eu-west-1")


@pytest.fixture
def now(aws: LoopbackAws) -> int:
    """Make the bucket; return the time."""
    assert aws.url
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return int(time.time() * 1000)


def put(
    number: int,
    ms: int,
    account: str = ACCOUNT,
    kind: str = "CloudTrail",
    region: str = "us-east-1",
) -> None:
    """Deliver a log file of one event."""
    stamp = datetime.fromtimestamp(ms / 1000, UTC)
    key = (
        f"AWSLogs/{account}/{kind}/{region}/{stamp:%Y/%m/%d}/"
        f"{account}_{kind}_{region}_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    body = log_file(json.dumps({**happened(number, ms), "recipientAccountId": account}).encode())
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def trail(name: str, selectors: Sequence[dict[str, object]], region: str = "us-east-1") -> str:
    """Make a trail to the bucket; return its ARN."""
    client = boto3.client("cloudtrail", region_name=region)
    made = client.create_trail(Name=name, S3BucketName=BUCKET, IsMultiRegionTrail=True)
    client.put_event_selectors(TrailName=name, EventSelectors=list(selectors))
    return str(made["TrailARN"])


def sync(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    assert run(["sync", "--since", "-1d", "--format", "json", *options]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert isinstance(summary, dict)
    return summary


def scopes(summary: dict[str, object]) -> list[dict[str, str]]:
    sources = summary["sources"]
    assert isinstance(sources, list)
    return [each["scope"] for each in sources]


def notes(summary: dict[str, object]) -> list[str]:
    found = summary["notes"]
    assert isinstance(found, list)
    return found


def test_accounts_regions_and_kinds_are_those_that_were_chosen(
    now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(1, now - HOUR)
    put(2, now - HOUR, OTHER)
    put(3, now - HOUR, kind="CloudTrail-Insight")
    put(4, now - HOUR, region="eu-west-1")
    chosen = ("--s3", f"s3://{BUCKET}", "--region", "us-east-1")
    sync(capsys, *chosen, "--account", OTHER)
    assert stored(path) == {guid(2)}
    summary = sync(capsys, *chosen, "--account", ACCOUNT, "--kind", "insights")
    assert stored(path) == {guid(2), guid(3)}
    assert {each["kind"] for each in scopes(summary)} == {"insight", "*"}
    summary = sync(capsys, *chosen, "--kind", "CloudTrail")
    assert stored(path) == {guid(1), guid(2), guid(3)}
    assert {each["kind"] for each in scopes(summary)} == {"management", "*"}
    sync(capsys, "--s3", f"s3://{BUCKET}", "--region", "eu-west-1")
    assert stored(path) == {guid(number) for number in (1, 2, 3, 4)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--account", "12345"), "12 digits"),
        (("--trail", "main"), "no ARN of a trail"),
        (("--kind", "insight"), "Did you mean insights?"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sync", *options]) == 3
    assert said in capsys.readouterr().err


def test_trails_that_deliver_to_one_place_are_read_once(
    now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    trail("one", every)
    trail("two", every)
    put(1, now - HOUR)
    summary = sync(capsys, "--no-history", "--region", "us-east-1")
    assert len(scopes(summary)) == 1
    assert (summary["files"], summary["notes"]) == (1, [])
    assert stored(path) == {guid(1)}
    cost = summary["cost"]
    assert isinstance(cost, float)
    assert cost > 0


DATA = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": False,
    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
}


def test_what_no_trail_logs_is_said_and_is_no_gap(
    now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trail("data-only", [DATA])
    for day in range(4):
        put(day, now - HOUR - day * 24 * HOUR)
    options = ("--no-history", "--region", "us-east-1", "--since", "-3d")
    (note,) = notes(sync(capsys, *options))
    assert note == "data-only: by the event selectors, management events are not logged."
    run(["coverage", "--since", "-1d", "--format", "json"])
    days = json.loads(capsys.readouterr().out)
    assert "unlogged" in {day["state"] for day in days}
    assert {day["state"] for day in days} <= {"unlogged", "recent"}
    sync(capsys, "--no-s3", "--region", "us-east-1", "--since", "-3d")
    run(["coverage", "--since", "-1d", "--format", "json"])
    days = json.loads(capsys.readouterr().out)
    assert {day["state"] for day in days} <= {"synced", "recent"}
    assert path.exists()


@pytest.mark.parametrize("command", [("sync", "--no-s3"), ("tail", "--until", "-1m")])
def test_regions_that_could_not_be_found_out_are_told_of(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str], command: Sequence[str]
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="ec2"))
    assert run([*command, "--since", "-1h"]) == 0
    assert f"{ACCOUNT}: Only the profile's own Region: neither" in capsys.readouterr().err
    assert path.exists()


def test_a_run_that_cannot_read_a_log_file_says_so_and_so_does_the_next(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(1, now - HOUR)
    put(2, now - HOUR, OTHER)
    denied = aws.faults.add(Rule(Fault.ACCESS_DENIED, path=f"/{OTHER}/.*gz"))
    command = ["sync", "--s3", f"s3://{BUCKET}", "--no-history", "--since", "-1d"]
    for added in (1, 0):
        denied.spoiled = 0
        assert run(command) == 2
        assert denied.spoiled
        said = capsys.readouterr()
        assert f"added {added} event" in said.out
        assert "not complete" in said.out
        assert "1 could not be read; the first is s3://" in said.out
        assert "s3:GetObject" in said.out
    aws.faults.rules.clear()
    assert sync(capsys, *command[1:4])["unread"] == 0
    assert stored(path) == {guid(1), guid(2)}


def test_a_source_is_said_to_be_done_with_all_that_it_brought(
    now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(1, now - HOUR)
    put(2, now - HOUR, OTHER)
    assert run(["sync", "--s3", f"s3://{BUCKET}", "--no-history", "--since", "-1d"]) == 0
    (done,) = [each for each in capsys.readouterr().err.splitlines() if ": done" in each]
    assert ", 2 events, " in done
    assert path.exists()


def test_what_is_left_out_in_part_is_said(
    now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kms = {
        "ReadWriteType": "WriteOnly",
        "IncludeManagementEvents": True,
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    }
    trail("writes", [kms])
    put(1, now - HOUR)
    (note,) = notes(sync(capsys, "--no-history", "--region", "us-east-1"))
    assert "only read, management events of kms.amazonaws.com" in note
    assert path.exists()


@pytest.fixture
def truthful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have moto's trails tell whether they have Insights: it always says no."""
    told = models.Trail.description

    def description(trail: models.Trail, **asked: bool) -> dict[str, object]:
        return told(trail, **asked) | {"HasInsightSelectors": bool(trail.insight_selectors)}

    monkeypatch.setattr(models.Trail, "description", description)


@pytest.mark.usefixtures("truthful")
def test_insights_on_data_events_are_read_where_a_trail_makes_them(
    aws: LoopbackAws, now: int, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = trail("data-only", [DATA])
    selectors = [{"InsightType": "ApiCallRateInsight", "EventCategories": ["Data"]}]
    boto3.client("cloudtrail").put_insight_selectors(
        TrailName="data-only", InsightSelectors=selectors
    )
    insight = {
        **happened(7, now - HOUR),
        "eventCategory": "Insight",
        "eventType": "AwsCloudTrailInsight",
        "insightDetails": {"eventName": "GetObject", "eventSource": "s3.amazonaws.com"},
    }
    aws.cloudtrail.plant_data_insights([insight], arn)
    put(1, now - HOUR)
    summary = sync(capsys, "--region", "us-east-1")
    assert {each["kind"] for each in scopes(summary)} >= {"insight of data-only"}
    assert stored(path) == {guid(1), guid(7)}
    again = sync(capsys, "--region", "us-east-1", "--kind", "events")
    assert {each["kind"] for each in scopes(again)} == {"management", "*"}


def test_accounts_are_called_by_their_names(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("iam").create_account_alias(AccountAlias="production")
    options = ("--no-s3", "--region", "us-east-1")
    sources = sync(capsys, *options)["sources"]
    assert isinstance(sources, list)
    assert {each["name"] for each in sources} == {"production"}
    aws.asked.clear()
    assert run(["sync", "--since", "-1h", *options]) == 0
    assert f"{ACCOUNT} (production) us-east-1 management: done" in capsys.readouterr().err
    assert not [each for each in aws.asked if each.service in ("iam", "organizations")]
    run(["coverage", "--since", "-1d"])
    assert f"{ACCOUNT} (production)" in capsys.readouterr().out
    assert path.exists()


def test_a_management_account_knows_the_names_of_all(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = boto3.client("organizations")
    client.create_organization()
    made = client.create_account(AccountName="audit", Email="audit@example.com")
    member = made["CreateAccountStatus"]["AccountId"]
    client.create_account(AccountName="build", Email="build@example.com")
    sync(capsys, "--no-s3", "--region", "us-east-1")
    put_bucket = boto3.client("s3")
    put_bucket.create_bucket(Bucket=BUCKET)
    put(1, int(time.time() * 1000) - HOUR, member)
    sync(capsys, "--no-history", "--s3", f"s3://{BUCKET}")
    run(["coverage", "--since", "-1d", "--format", "json"])
    named = {day["account"]: day["name"] for day in json.loads(capsys.readouterr().out)}
    assert named[member] == "audit"
    assert aws.url
    assert path.exists()


def test_regions_that_were_never_asked_are_counted(
    aws: LoopbackAws, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.enabled = REGIONS
    first = sync(capsys, "--no-s3", "--region", "us-east-1")
    assert first["never_asked"] == {ACCOUNT: ["eu-west-1"]}
    assert run(["sync", "--no-s3", "--region", "us-east-1", "--since", "-1h"]) == 0
    said = capsys.readouterr()
    assert "nothing is known of 1 of 2 regions enabled for" in said.out
    assert "(1 request," in said.err
    assert sync(capsys, "--no-s3")["never_asked"] == {}
    assert sync(capsys, "--no-s3", "--region", "us-east-1")["never_asked"] == {}
    assert path.exists()
