"""What one profile of an account may not ask is asked with the next one of the same account."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import KEY, aws, loopback, path, profiles
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, record
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.event import Place
from tui.domain.filter import Everything
from tui.domain.syncing import Unwatched
from tui.jobs.asking.ask import ask
from tui.jobs.asking.lookup import Asking, LookupPlan
from tui.sources.aws.pacing import Pacers
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "path"]
REGION = "us-east-1"
HOUR = 3_600_000
DENIED = "AKIAIOSFODNN7OTHER00"
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
