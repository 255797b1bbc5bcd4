"""Following AWS in the explorer: event history, polled, with the account's own credentials."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.pilot.explored import exploring
from tests.pilot.test_added_sources import PLACE
from tests.pilot.test_sync_screen import stored
from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import record
from tui.cli.commands.explorer import follow
from tui.domain.answer import Span
from tui.domain.syncing import Wish
from tui.jobs.syncing.added import keep
from tui.screens.following import cadence
from tui.storage.cache import Cache

__all__ = ["aws", "loopback"]
REGION = "us-east-1"
WISH = Wish(Span(0, 0), regions=(REGION,))


def happened(number: int, ago: float) -> Mapping[str, object]:
    stamp = datetime.fromtimestamp(time.time() - ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {"eventTime": stamp, "recipientAccountId": ACCOUNT, "awsRegion": REGION}
    return {**record(number), **own}


async def test_f_shows_what_event_history_has_and_then_what_it_gets(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cadence, "FOLLOWING", 0.1)
    aws.cloudtrail.limit = None
    aws.cloudtrail.plant([happened(n, 60 + n) for n in range(5)])
    follower = partial(follow, WISH)
    async with exploring(tmp_path / "cache.db", follower=follower) as explored:
        await explored.press("f")
        await explored.until(lambda: explored.total == 5)
        aws.cloudtrail.plant([happened(9, 1)])
        await explored.until(lambda: explored.total == 6)
        assert explored.table.position == 0
        shared = explored.screen.board.pacers.at(ACCOUNT, REGION)
        assert shared.requests >= 2, "following and syncing would exceed AWS's limit together"
        await explored.press("F")
        await explored.until(lambda: f"{ACCOUNT} {REGION} history" in explored.text)
        assert "complete to" in explored.text


async def test_what_was_added_to_the_sync_is_followed_too(aws: LoopbackAws, tmp_path: Path) -> None:
    aws.cloudtrail.limit = None
    aws.cloudtrail.plant([happened(n, 60 + n) for n in range(5)])
    stored(20, ago=60)
    path = tmp_path / "cache.db"
    for text in (PLACE, "gone"):
        keep(Cache(path), text, WISH)
    async with exploring(path, follower=partial(follow, WISH)) as explored:
        await explored.press("f")
        await explored.until(lambda: explored.total == 25)
        await explored.press("F")
        await explored.until(lambda: PLACE in explored.text)
        await explored.until(lambda: 'gone: There is no profile "gone"' in explored.text)


async def test_without_an_answer_from_aws_following_ends_with_the_reason(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert aws.url
    follower = partial(follow, WISH)
    async with exploring(tmp_path / "cache.db", follower=follower) as explored:
        await explored.press("f")
        await explored.until(lambda: "There is nothing to follow." in explored.text)
        await explored.until(lambda: not explored.screen.following)
