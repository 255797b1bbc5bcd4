from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.pilot.explored import NARROW, NOW, Files, record
from tui.app import TrailhoundApp
from tui.jobs.ingesting.ingest import ingest
from tui.screens.themes import ThemeList, ThemeScreen
from tui.storage.cache import Cache


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrailhoundApp:
    """Give the explorer of one event, with an empty folder for settings."""
    monkeypatch.setenv("TRAILHOUND_CONFIG", str(tmp_path / "config"))
    cache = Cache(tmp_path / "cache.db")
    ingest(cache, Files({"a.json.gz": [record(NOW % 7)]}).let_all())
    return TrailhoundApp(cache, None, UTC)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no worker works and everything is drawn."""
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def test_the_screen_wears_the_theme_under_the_cursor_until_escape(
    app: TrailhoundApp,
) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("T")
        await settled(pilot)
        assert app.screen.query_one(ThemeList).current.name == "trailhound"
        for key in ("g", "down", "down"):
            await pilot.press(key)
        await settled(pilot)
        name = app.screen.query_one(ThemeList).current.name
        assert app.theme == name != "trailhound"
        await pilot.press("escape")
        await settled(pilot)
        assert app.theme == "trailhound"
        assert not isinstance(app.screen, ThemeScreen)


async def test_enter_keeps_the_theme(app: TrailhoundApp) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for key in ("T", "g", "enter"):
            await pilot.press(key)
            await settled(pilot)
        assert app.theme == "catppuccin-latte"
        assert not isinstance(app.screen, ThemeScreen)


async def test_a_bad_theme_of_the_users_is_named_with_its_reason(
    app: TrailhoundApp, tmp_path: Path
) -> None:
    themes = tmp_path / "config" / "themes"
    themes.mkdir(parents=True)
    (themes / "odd.toml").write_text('name = "odd"\n[colors]\nacent = "[red]"')
    (themes / "mine.toml").write_text('name = "mine"')
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        said = [str(notice.message) for notice in app._notifications]
        assert [line for line in said if "odd.toml is left out: 'acent' is not a role" in line]
        await pilot.press("T")
        await settled(pilot)
        assert "Left out odd.toml" in str(app.screen.query_one(Static).content)
        assert "mine" in app.available_themes


@pytest.mark.parametrize("name", ["terminal", "contrast-light", "sixteen"])
async def test_every_kind_of_theme_can_be_drawn(app: TrailhoundApp, name: str) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.theme = name
        await settled(pilot)
        assert "ListBuckets" in app.export_screenshot()
