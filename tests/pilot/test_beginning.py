from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.pilot.explored import NARROW, NOW, Explored, Files, record
from tui.app import TrailhoundApp
from tui.domain.answer import Span
from tui.domain.syncing import Wish
from tui.jobs.ingesting.ingest import ingest
from tui.screens.beginning.start import StartScreen
from tui.settings.remembered import Memory
from tui.storage.cache import Cache
from tui.widgets.hints import Hints


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with two profiles and no credentials at all."""
    config = tmp_path / "config"
    config.write_text("[profile audit]\nregion = eu-west-1\n[profile prod]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@asynccontextmanager
async def begun(
    cache: Cache, wish: Wish | None = None, *, hints: bool = False, memory: Memory | None = None
) -> AsyncIterator[Explored]:
    """Run an explorer that may offer ways to begin."""
    app = TrailhoundApp(cache, None, UTC, wish=wish, memory=memory)
    app.begin_with(ways=True, hints=hints)
    async with app.run_test(size=NARROW) as pilot:
        yield Explored(app, pilot)


def full(path: Path) -> Cache:
    cache = Cache(path / "cache.db")
    ingest(cache, Files({"a.json.gz": [record(number) for number in range(9)]}).let_all())
    return cache


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def test_where_nothing_is_cached_files_can_be_opened_at_once(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(json.dumps({"Records": [record(1), record(2)]}))
    async with begun(Cache(tmp_path / "cache.db")) as explored:
        await explored.until(lambda: isinstance(explored.app.screen, StartScreen))
        await settled(explored.pilot)
        assert "Nothing is cached yet" in explored.text
        assert "--offline" in explored.text
        assert "ask AWS again" not in explored.text
        await explored.press("down", "enter")
        await explored.type("nowhere")
        await explored.press("enter")
        await explored.pilot.pause()
        assert "There is no 'nowhere'" in explored.text
        await explored.press(*["backspace"] * 7)
        await explored.pilot.press(*(_key(char) for char in str(tmp_path / "log.json")))
        await explored.press("enter")
        await explored.until(lambda: explored.total == 2)
        assert not isinstance(explored.app.screen, StartScreen)


def _key(char: str) -> str:
    names = {"/": "slash", ".": "full_stop", "-": "minus", "_": "underscore"}
    return names.get(char, char)


async def test_without_credentials_the_reason_stands_with_the_profiles_of_this_machine(
    offline: Path,
) -> None:
    wish = Wish(Span(NOW - 3_600_000, NOW))
    async with begun(Cache(offline / "cache.db"), wish) as explored:
        await explored.until(lambda: isinstance(explored.app.screen, StartScreen))
        await explored.until(lambda: "profile prod" in explored.text)
        assert "profile audit" in explored.text
        assert "ask AWS again" in explored.text
        assert "redentials" in explored.text
        await explored.press("escape")
        await explored.pilot.pause()
        assert not isinstance(explored.app.screen, StartScreen)
        await settled(explored.pilot)
        assert not isinstance(explored.app.screen, StartScreen)


async def test_the_demo_is_one_way(tmp_path: Path) -> None:
    async with begun(Cache(tmp_path / "cache.db")) as explored:
        await explored.until(lambda: isinstance(explored.app.screen, StartScreen))
        await explored.press("enter")
        await explored.until(lambda: explored.app.demo_wanted)


async def test_whoever_has_events_is_not_asked(tmp_path: Path) -> None:
    async with begun(full(tmp_path)) as explored:
        await explored.until(lambda: explored.total == 9)
        await settled(explored.pilot)
        assert not isinstance(explored.app.screen, StartScreen)


async def test_each_hint_stays_until_its_key_and_all_are_told_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "remembered.json")
    async with begun(full(tmp_path), hints=True, memory=memory) as explored:
        await explored.until(lambda: explored.total == 9)
        assert "1/5 / type error:any" in explored.text
        await explored.press("j", "k")
        assert "1/5" in explored.text
        for number, keys in enumerate(
            (("slash", "escape"), ("b", "space", "escape"), ("enter", "escape"), ("t", "escape")), 2
        ):
            await explored.press(*keys)
            await settled(explored.pilot)
            assert f"{number}/5" in explored.text
        assert not memory.known.toured
        await explored.press("question_mark", "escape")
        await settled(explored.pilot)
        assert not explored.screen.query_one(Hints).display
        assert Memory(tmp_path / "remembered.json").known.toured
    async with begun(full(tmp_path), hints=True, memory=memory) as explored:
        await explored.until(lambda: explored.total == 9)
        assert not explored.screen.query(Hints)


async def test_each_hint_is_told_to_its_end_at_80_columns(tmp_path: Path) -> None:
    async with begun(full(tmp_path), hints=True, memory=Memory()) as explored:
        await explored.until(lambda: explored.total == 9)
        hints = explored.screen.query_one(Hints)
        await explored.pilot.resize_terminal(80, 24)
        while hint := hints.current:
            line = hints.render_line(0).text
            assert "…" not in line
            assert hint.words in line
            hints.pressed(hint.keys.partition(",")[0])


async def test_hints_can_be_sent_away(tmp_path: Path) -> None:
    memory = Memory()
    async with begun(full(tmp_path), hints=True, memory=memory) as explored:
        await explored.until(lambda: explored.total == 9)
        await explored.press("backspace")
        await settled(explored.pilot)
        assert not explored.screen.query_one(Hints).display
        assert memory.known.toured
