"""The background sync fills the screen from a loopback AWS, and says so when there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from textual.widgets import Input

from tests.pilot.explored import NARROW, Explored, exploring, record
from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import log_file
from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.limits import Limits
from tui.domain.syncing import Phase, Wish
from tui.screens.syncing.add_source import AddSourceScreen
from tui.screens.syncing.board import Stage, SyncBoard
from tui.screens.syncing.sync import SyncList, SyncScreen

__all__ = ["aws", "loopback"]
HOUR = 3_600_000


def now_ms() -> int:
    return int(time.time() * 1000)


def wish(hours: int = 6, *locations: str) -> Wish:
    """Wish for the log files of some locations, or for event history if there are none."""
    now = now_ms()
    window = Span(now - hours * HOUR, now)
    return Wish(
        window, regions=("us-east-1",), locations=locations, history=not locations, s3=False
    )


def happened(number: int, ms: int) -> Mapping[str, object]:
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return record(
        number,
        eventTime=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        awsRegion="us-east-1",
        recipientAccountId=ACCOUNT,
    )


def plant(aws: LoopbackAws, count: int) -> None:
    now = now_ms()
    aws.cloudtrail.plant([happened(n, now - n * 60_000) for n in range(1, count + 1)])


def stored(count: int, ago: int = 3600) -> None:
    """Put a log file of some seconds ago into a bucket."""
    then = now_ms() - ago * 1000
    stamp = datetime.fromtimestamp(then / 1000, UTC)
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket="trail-logs")
    key = (
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{stamp:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_us-east-1_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )
    body = log_file(*(json.dumps(happened(n, then)).encode() for n in range(1_000, 1_000 + count)))
    bucket.put_object(Bucket="trail-logs", Key=key, Body=body)


async def ended(explored: Explored) -> None:
    await explored.until(lambda: explored.screen.board.overview().stage is Stage.ENDED)
    await explored.settled()


async def test_the_events_screen_fills_by_itself(aws: LoopbackAws, tmp_path: Path) -> None:
    plant(aws, 300)
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await explored.until(lambda: "syncing" in explored.text)
        await explored.until(lambda: explored.total == 300)
        await ended(explored)
        assert "synced 2 of 2 sources" in explored.text
        await explored.press("s")
        await explored.until(lambda: "requests" in explored.text)
        assert f"{ACCOUNT} us-east-1 history" in explored.text
        assert f"{ACCOUNT} us-east-1 insights" in explored.text
        assert "300 events" in explored.text
        await explored.press("escape")
        assert not isinstance(explored.app.screen, SyncScreen)


async def test_without_credentials_the_cache_is_shown_and_the_reason_is_there(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await explored.until(lambda: "offline: showing what is cached" in explored.text)
        await explored.settled()
        assert not explored.app._notifications
        assert not aws.asked
        await explored.press("s")
        await explored.until(lambda: "Not synced: " in explored.text)
        assert "credentials" in explored.text


async def test_nothing_is_asked_of_aws_unless_a_sync_is_wished(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    async with exploring(tmp_path / "cache.db") as explored:
        await explored.press("s")
        await explored.until(lambda: "Nothing is synced here:" in explored.text)
        await explored.press("r", "p")
        await explored.settled()
        assert not aws.asked


async def test_a_failed_source_is_listed_first_with_its_reason_and_can_be_retried(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 10)
    denied = Rule(Fault.ACCESS_DENIED, target="LookupEvents")
    aws.faults.rules.append(denied)
    async with exploring(tmp_path / "cache.db", size=NARROW, wish=wish()) as explored:
        await ended(explored)
        assert "2 failed: press s" in explored.text
        await explored.press("s")
        await explored.until(lambda: "cloudtrail:LookupEvents" in explored.text)
        aws.faults.rules.clear()
        await explored.press("R")
        await explored.until(lambda: explored.total == 10)
        await ended(explored)
        phases = {each.standing.phase for each in explored.screen.board.sources()}
        assert phases == {Phase.DONE}
        await explored.until(lambda: "synced 2 of 2 sources" in explored.text)


async def test_a_paused_sync_asks_for_nothing_and_goes_on_when_let(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 2_800)
    async with exploring(tmp_path / "cache.db", wish=wish(48)) as explored:
        await explored.until(lambda: explored.total > 0)
        await explored.press("s")
        await explored.until(lambda: isinstance(explored.app.screen, SyncScreen))
        await explored.press("p")
        board = explored.screen.board
        await explored.until(
            lambda: {s.standing.phase for s in board.sources()} <= {Phase.PAUSED, Phase.DONE}
        )
        await explored.until(lambda: "paused, syncing" in explored.text)
        asked = len(aws.asked)
        await explored.pilot.pause(1.2)
        assert len(aws.asked) == asked
        await explored.press("p")
        await explored.until(lambda: len(aws.asked) > asked)
        board.stop()


async def test_escape_stops_the_sync_and_what_came_is_kept(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 2_800)
    async with exploring(tmp_path / "cache.db", wish=wish(48)) as explored:
        await explored.until(lambda: explored.total > 0)
        await explored.press("escape")
        await ended(explored)
        assert "sync stopped" in explored.text, explored.text
        assert 0 < explored.total < 2_800


@pytest.mark.usefixtures("aws")
async def test_the_price_of_a_bucket_is_told(tmp_path: Path) -> None:
    stored(20)
    asked = wish(24, "s3://trail-logs")
    async with exploring(tmp_path / "cache.db", wish=asked) as explored:
        await ended(explored)
        await explored.until(lambda: explored.total == 20)
        await explored.press("s")
        await explored.until(lambda: "S3 requests about $0.00" in explored.text)
        current = explored.app.screen.query_one(SyncList).current
        assert current is not None
        assert (current.standing.events, current.standing.share) == (20, 1.0)


@pytest.mark.usefixtures("aws")
async def test_what_the_limits_took_away_is_said(tmp_path: Path) -> None:
    stored(20)
    asked = wish(24, "s3://trail-logs")._replace(limits=Limits(most_bytes=1))
    async with exploring(tmp_path / "cache.db", wish=asked) as explored:
        await ended(explored)
        await explored.press("s")
        await explored.until(lambda: "Let go of the bytes of 1 S3 log file" in explored.text)
        await explored.until(lambda: "over its size limit" in explored.text)


async def test_what_is_new_comes_by_itself_after_a_while(aws: LoopbackAws, tmp_path: Path) -> None:
    plant(aws, 10)
    wished = wish()._replace(every=2.0)
    async with exploring(tmp_path / "cache.db", wish=wished) as explored:
        await explored.until(lambda: explored.total == 10)
        await explored.until(lambda: "next in 1 m" in explored.text)
        aws.cloudtrail.plant([happened(900, now_ms() - 5_000)])
        await explored.until(lambda: explored.total == 11)
        board = explored.screen.board
        await explored.until(lambda: board.overview().stage is Stage.ENDED)
        assert {each.standing.phase for each in board.sources()} == {Phase.DONE}
        history = next(s for s in board.sources() if s.standing.scope.kind == "management")
        assert history.standing.requests >= 2, "the requests of all runs are counted together"
        board.stop()


async def test_one_source_is_retried_alone(aws: LoopbackAws, tmp_path: Path) -> None:
    plant(aws, 10)
    aws.faults.rules.append(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await ended(explored)
        aws.faults.rules.clear()
        await explored.press("s")
        await explored.until(lambda: isinstance(explored.app.screen, SyncScreen))
        current = explored.app.screen.query_one(SyncList).current
        assert current is not None
        scope = current.standing.scope
        await explored.press("r")
        board = explored.screen.board
        await explored.until(lambda: phases(board)[scope] is Phase.DONE)
        await ended(explored)
        assert sorted(phases(board).values()) == [Phase.DONE, Phase.FAILED]


def phases(board: SyncBoard) -> dict[Scope, Phase]:
    return {each.standing.scope: each.standing.phase for each in board.sources()}


@pytest.mark.parametrize("size", [NARROW, (160, 45)])
async def test_a_bucket_is_added_by_a_form_that_says_what_is_wrong(
    aws: LoopbackAws, tmp_path: Path, size: tuple[int, int]
) -> None:
    plant(aws, 10)
    stored(20)
    async with exploring(tmp_path / "cache.db", size=size, wish=wish(24)) as explored:
        await ended(explored)
        await explored.press("s", "a")
        await explored.until(lambda: isinstance(explored.app.screen, AddSourceScreen))
        await explored.type("nobody")
        await explored.press("enter")
        await explored.until(lambda: 'There is no profile "nobody"' in explored.text)
        explored.app.screen.query_one(Input).value = "s3://trail-logs"
        await explored.pilot.pause()
        assert "nobody" not in explored.text
        await explored.press("enter")
        await explored.until(lambda: "s3://trail-logs" in explored.text)
        await explored.until(lambda: explored.total == 30)
        await ended(explored)
        assert len(explored.screen.board.sources()) == 3
        await explored.press("a")
        await explored.until(lambda: isinstance(explored.app.screen, AddSourceScreen))
        explored.app.screen.query_one(Input).value = "s3://trail-logs/"
        await explored.press("enter")
        await explored.until(lambda: "synced already" in explored.text)


async def test_without_a_sync_there_is_nothing_to_add_a_source_to(tmp_path: Path) -> None:
    async with exploring(tmp_path / "cache.db") as explored:
        await explored.press("s", "a")
        await explored.until(lambda: "--offline do without AWS" in explored.text)
        assert isinstance(explored.app.screen, SyncScreen)
