"""What was added in the explorer is synced by the command too, unless it is told what to sync."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import KEY, aws, loopback, path, profiles
from tests.servers.history import ACCOUNT
from tests.unit.delivered import line, log_file
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.coverage import Failure, Scope
from tui.domain.syncing import Wish
from tui.jobs.syncing.added import added_sources, forget, keep
from tui.storage import covering
from tui.storage.cache import Cache, transaction

__all__ = ["aws", "loopback", "path"]
HOUR = 3_600_000
BASE = Wish(Span(0, HOUR))
PLACE = "s3://more-logs/audit"


class Seen(NamedTuple):
    code: int
    places: list[str]
    """The buckets' places that were synced."""
    history: int
    """Streams of event history."""
    err: str


@pytest.fixture
def bucket(aws: LoopbackAws) -> str:
    """A bucket with one log file of one event, an hour old."""
    assert aws.url
    stamp = datetime.fromtimestamp(time.time() - 3_600, UTC)
    client = boto3.client("s3")
    client.create_bucket(Bucket="more-logs")
    key = (
        f"audit/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{stamp:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_us-east-1_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    client.put_object(Bucket="more-logs", Key=key, Body=log_file(line(1)))
    return "more-logs"


def sync(capsys: pytest.CaptureFixture[str], *options: str) -> Seen:
    command = ("sync", "--region", "us-east-1", "--since", "-1d", "--format", "json")
    code = run([*command, *options])
    said = capsys.readouterr()
    scopes = [each["scope"] for each in json.loads(said.out)["sources"]]
    places = [each["kind"] for each in scopes if each["source"] == "s3"]
    history = sum(each["source"] == "history" for each in scopes)
    return Seen(code, places, history, said.err)


def events(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM fact").fetchone()
        return int(count)


def texts(path: Path, base: Wish = BASE) -> Sequence[str]:
    return [each.text for each in added_sources(Cache(path), base)]


@pytest.mark.usefixtures("bucket")
def test_an_added_bucket_is_synced_without_being_named(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not sync(capsys).places
    keep(Cache(path), PLACE, BASE)
    seen = sync(capsys)
    assert (seen.code, len(seen.places), seen.history) == (0, 1, 2)
    assert f"trailhound: Also syncs 1 source added in the explorer: {PLACE}." in seen.err
    assert events(path) == 1


@pytest.mark.usefixtures("bucket")
def test_who_names_what_to_sync_gets_that_alone(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles(tmp_path, {"audit": KEY})
    keep(Cache(path), PLACE, BASE)
    boto3.client("s3").create_bucket(Bucket="another")
    for options in (("--profile", "audit"), ("--s3", "s3://another")):
        seen = sync(capsys, *options)
        assert not [place for place in seen.places if "more-logs" in place]
        assert "added" not in seen.err
    assert not sync(capsys, "--no-s3").places


def test_a_profile_that_is_gone_is_a_reason_and_the_rest_is_synced(
    aws: LoopbackAws, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws.url
    keep(Cache(path), "audit", BASE)
    profiles(tmp_path, {"audits": KEY})
    seen = sync(capsys)
    assert (seen.code, seen.history) == (2, 2)
    assert 'audit: There is no profile "audit" on this machine. Did you mean audits?' in seen.err
    profiles(tmp_path, {"audit": KEY})
    seen = sync(capsys)
    assert (seen.code, seen.history) == (0, 2), "it is the same account: asked once"


@pytest.mark.usefixtures("bucket")
def test_an_added_bucket_is_read_with_the_profile_it_was_added_under(
    aws: LoopbackAws, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles(tmp_path, {"audit": KEY})
    keep(Cache(path), PLACE, Wish(Span(0, HOUR), profiles=("audit",)))
    (found,) = added_sources(Cache(path), BASE)
    assert found.wish
    assert found.wish.profiles == ("audit",)
    assert sync(capsys).code == 0
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="s3"))
    assert sync(capsys).code == 2


def test_what_is_removed_is_no_source_and_no_failure_any_more(path: Path) -> None:
    cache = Cache(path)
    scope = Scope("s3", ACCOUNT, "*", PLACE)
    other = scope._replace(kind="s3://another")
    with cache.connection() as connection, transaction(connection):
        for each in (scope, other):
            covering.failed(connection, Failure(each, "It was refused.", 5))
    for text in (PLACE, "audit", PLACE):
        keep(cache, text, BASE)
    assert sorted(texts(path)) == ["audit", PLACE]
    forget(cache, PLACE, [scope])
    assert texts(path) == ["audit"]
    with cache.connection() as connection:
        assert [each.scope for each in covering.failures(connection)] == [other]
