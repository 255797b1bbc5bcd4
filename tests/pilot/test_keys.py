from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.pilot.explored import NARROW, Files, record
from tui.app import TrailhoundApp
from tui.jobs.ingesting.ingest import ingest
from tui.screens.help import HelpScreen, KeyList, here
from tui.screens.syncing.sync import SyncScreen
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.facets import Facets
from tui.widgets.filter_bar import FilterInput


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Give a cache of a few events."""
    cache = Cache(tmp_path / "cache.db")
    ingest(cache, Files({"a.json.gz": [record(number) for number in range(40)]}).let_all())
    return cache


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def titles(app: TrailhoundApp) -> list[str]:
    return [entry.words for entry in here(app.screen) if not entry.keys]


async def test_the_help_says_what_works_where_the_focus_is(cache: Cache) -> None:
    app = TrailhoundApp(cache, None, UTC)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        assert titles(app) == [
            "event table",
            "events screen",
            "every screen",
            "anything with lines",
            "everywhere",
        ]
        entries = {entry.words: entry.keys for entry in here(app.screen)}
        assert entries["one page up"] == "PgUp, Ctrl+u"
        await press(pilot, "b")
        assert app.screen.query_one(Facets).has_focus
        assert titles(app)[0] == "facets"
        await press(pilot, "escape", "enter")
        assert titles(app)[:2] == ["record", "events screen"]
        await press(pilot, "escape", "s", "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, SyncScreen)
        assert titles(app) == ["sync", "every screen", "anything with lines", "everywhere"]


@pytest.mark.parametrize("size", [NARROW, (40, 40)])
async def test_the_help_of_the_filter_names_no_key_that_is_typed_and_is_told_to_its_end(
    cache: Cache, size: tuple[int, int]
) -> None:
    app = TrailhoundApp(cache, None, UTC)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        assert not [entry for entry in here(app.screen) if len(entry.keys) == 1]
        await press(pilot, "escape", "question_mark")
        keys = app.screen.query_one(KeyList)
        lines = (keys.line(index, size[0] - 1, None).text for index in range(keys.count))
        words = " ".join(" ".join(lines).split())
        assert "look for the filter's words in whole records too" in " ".join(
            word for word in words.split() if word != "d"
        )


async def test_a_key_for_an_event_says_so_where_there_is_none(tmp_path: Path) -> None:
    app = TrailhoundApp(Cache(tmp_path / "empty.db"), None, UTC)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for key, does in (("v", "verify"), ("asterisk", "flag"), ("y", "copy")):
            await press(pilot, key)
            said = [each.message for each in app._notifications]
            assert said[-1] == f"There is no event to {does}."


async def test_a_key_put_in_place_of_another_is_the_one_that_works_and_is_shown(
    cache: Cache,
) -> None:
    app = TrailhoundApp(cache, None, UTC, keys={"events.filter": "ctrl+f", "list.down": "e,down"})
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        assert not app.screen.query_one(FilterInput).has_focus
        entries = {entry.words: entry.keys for entry in here(app.screen)}
        assert entries["one line down"] == "e, Down"
        assert "Ctrl+f" in entries["type a filter; Tab completes"]
        await press(pilot, "j", "e", "e")
        assert app.screen.query_one(EventTable).cursor == 2
        await press(pilot, "ctrl+f")
        assert app.screen.query_one(FilterInput).has_focus
