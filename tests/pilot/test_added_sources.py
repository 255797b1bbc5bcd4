"""A source that was added is there the next time, says why it cannot be synced, and can go."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.pilot.explored import NARROW, Explored, exploring
from tests.pilot.test_sync_screen import ended, happened, now_ms, plant, stored, wish
from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback
from tui.domain.coverage import Scope
from tui.domain.syncing import AddedSource, Phase
from tui.jobs.syncing.added import keep
from tui.keymap import Keys
from tui.screens.syncing.add_source import AddSourceScreen
from tui.screens.syncing.added import ADDED, AddedSources
from tui.screens.syncing.board import Stage
from tui.screens.syncing.sync import SyncList, SyncScreen
from tui.storage.cache import Cache

__all__ = ["aws", "loopback"]
PLACE = "s3://trail-logs"


async def add(explored: Explored, text: str) -> None:
    """Add a source by the form of the sync screen."""
    await explored.press("a")
    await explored.until(lambda: isinstance(explored.app.screen, AddSourceScreen))
    explored.app.screen.query_one(Input).value = text
    await explored.press("enter")
    await explored.until(lambda: isinstance(explored.app.screen, SyncScreen))


async def choose(explored: Explored, text: str) -> None:
    """Put the cursor of the sync screen on what was added as a text."""
    listed = explored.app.screen.query_one(SyncList)
    for _ in explored.screen.board.sources():
        if listed.current and listed.current.added == text:
            return
        await explored.press("down")
    assert listed.current
    assert listed.current.added == text


def kept(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT source FROM added ORDER BY source")]


@pytest.mark.parametrize("size", [NARROW, (160, 45)])
async def test_an_added_bucket_is_synced_again_the_next_time(
    aws: LoopbackAws, tmp_path: Path, size: tuple[int, int]
) -> None:
    plant(aws, 10)
    stored(20)
    path = tmp_path / "cache.db"
    async with exploring(path, size=size, wish=wish(24)) as explored:
        await ended(explored)
        await explored.press("s")
        await add(explored, f"{PLACE}/")
        await explored.until(lambda: explored.total == 30)
        await ended(explored)
        await explored.until(lambda: f"{PLACE}/ (added)" in explored.text)
    assert kept(path) == [f"{PLACE}/"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM covered WHERE source = 's3'")
    async with exploring(path, size=size, wish=wish(24)) as explored:
        explored.screen.keys = Keys({"sync.remove": "delete"})
        await explored.until(lambda: len(explored.screen.board.sources()) == 3)
        await ended(explored)
        await explored.press("s")
        await explored.until(lambda: f"{PLACE}/ (added)" in explored.text)
        await choose(explored, f"{PLACE}/")
        await explored.until(lambda: f"Added as {PLACE}/: Delete removes it" in explored.text)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM covered WHERE source = 's3'").fetchone()[0]


async def test_what_is_removed_stops_and_leaves_what_it_brought(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 10)
    stored(20)
    path = tmp_path / "cache.db"
    keep(Cache(path), PLACE, wish(24))
    async with exploring(path, size=NARROW, wish=wish(24)) as explored:
        await explored.until(lambda: explored.total == 30)
        await ended(explored)
        await explored.press("s")
        await choose(explored, PLACE)
        await explored.press("x")
        await explored.until(lambda: f"{PLACE} is synced no longer." in explored.text)
        await explored.until(lambda: kept(path) == [])
        assert {each.added for each in explored.screen.board.sources()} == {""}
        assert explored.total == 30
        await explored.press("x")
        await explored.until(lambda: "Only a source that was added" in explored.text)
    async with exploring(path, wish=wish(24)) as explored:
        await ended(explored)
        assert len(explored.screen.board.sources()) == 2
        assert explored.total == 30


async def test_what_is_removed_while_it_runs_is_asked_no_more(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    key, account = "AKIAIOSFODNN7ANOTHER", "444455556666"
    aws.accounts[key] = account
    planted = (happened(n, now_ms() - n * 20_000) for n in range(1, 2_000))
    aws.cloudtrail.plant([{**each, "recipientAccountId": account} for each in planted], account)
    (tmp_path / "aws-config").write_text(
        f"[profile audit]\naws_access_key_id = {key}\n"
        "aws_secret_access_key = fake\nregion = us-east-1\n"
    )
    path = tmp_path / "cache.db"
    keep(Cache(path), "audit", wish(24))
    async with exploring(path, wish=wish(24)) as explored:
        await explored.until(lambda: explored.total > 0)
        await explored.press("s")
        await choose(explored, "audit")
        await explored.press("x")
        await ended(explored)
        assert len(explored.screen.board.sources()) == 2
        assert 0 < explored.total < 1_999, "it was stopped"
        assert explored.screen.board.overview().stopped == 0


async def test_a_profile_that_is_gone_is_a_failed_line_until_it_is_back(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 10)
    path = tmp_path / "cache.db"
    keep(Cache(path), "audit", wish())
    async with exploring(path, size=NARROW, wish=wish()) as explored:
        await ended(explored)
        await explored.until(lambda: "1 failed: press s" in explored.text)
        await explored.press("s")
        await choose(explored, "audit")
        await explored.until(lambda: 'There is no profile "audit" on this' in explored.text)
        assert "audit (added)" in explored.text
        (tmp_path / "aws-config").write_text(
            "[profile audit]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
            "aws_secret_access_key = fake\nregion = us-east-1\n"
        )
        await explored.press("r")
        sources = explored.screen.board.sources
        await explored.until(lambda: all(s.standing.phase is Phase.DONE for s in sources()))
        assert len(sources()) == 2, "it is the same account"


async def test_a_failing_source_of_its_own_does_not_count_as_an_answer(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cache.db"
    keep(Cache(path), "audit", wish())
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with exploring(path, wish=wish()) as explored:
        await explored.until(lambda: explored.screen.board.overview().failed == 1)
        await explored.until(lambda: explored.screen.board.overview().stage is Stage.OFFLINE)
        assert not aws.asked


def test_what_leads_to_nothing_says_so_and_is_asked_again() -> None:
    added, wished = AddedSources(), wish()
    assert added.take(AddedSource("audit", wished)) == wished
    ((_, standing),) = added.alone()
    assert (standing.scope, standing.phase) == (Scope(ADDED, "*", "*", "audit"), Phase.WAITING)
    assert added.planned(wished, frozenset(), ["It was refused."])
    ((_, standing),) = added.alone()
    assert (standing.phase, standing.reason) == (Phase.FAILED, "It was refused.")
    assert added.take(AddedSource("audit", wished)) == wished
    scope = Scope("history", "1" * 12, "us-east-1", "management")
    assert not added.planned(wished, frozenset({scope}), ["One region was refused."])
    assert not list(added.alone())
    assert added.take(AddedSource("audit", wished)) is None, "it is looked after"
    assert (added.text_of(scope), added.text_of(scope._replace(region="x"))) == ("audit", "")
    assert not added.planned(wish(7), frozenset(), [])
    assert added.drop("audit") == wished
    assert added.drop("audit") is None
