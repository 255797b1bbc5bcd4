from __future__ import annotations

from pathlib import Path

from tests.pilot.explored import Files, exploring, record
from tui.actions import EVENTS, TABLE, shown
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache


def one_event(tmp_path: Path) -> Path:
    """Make a cache with one event."""
    path = tmp_path / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(1)]}).let_all())
    return path


async def test_columns_are_chosen_ordered_and_given_back(tmp_path: Path) -> None:
    async with exploring(one_event(tmp_path), size=(120, 30)) as explored:
        before = explored.table.shown_ids
        await explored.press("o")
        await explored.press("space", "j", "greater_than_sign", "enter")
        await explored.settled()
        sign, first, second, *rest = before
        assert explored.table.shown_ids == (second, first, *rest)
        assert sign not in explored.table.shown_ids
        await explored.press("o", "escape")
        assert explored.table.shown_ids == (second, first, *rest)
        await explored.press("o", "r")
        await explored.settled()
        assert explored.table.shown_ids == before


async def test_the_last_column_cannot_be_hidden(tmp_path: Path) -> None:
    async with exploring(one_event(tmp_path), size=(120, 30)) as explored:
        explored.table.show_columns(["caller"])
        await explored.press("o", "space", "enter")
        await explored.settled()
        assert explored.table.shown_ids == ("caller",)


async def test_the_palette_offers_every_action_of_the_screen(tmp_path: Path) -> None:
    async with exploring(one_event(tmp_path), size=(120, 30)) as explored:
        offered = [command.help for command in explored.app.get_system_commands(explored.screen)]
        for action in (*EVENTS, *TABLE):
            keyed = f"{action.help} ({shown(action.keys.partition(',')[0])})"
            assert offered.count(keyed) == 1


async def test_an_action_runs_from_the_palette(tmp_path: Path) -> None:
    async with exploring(one_event(tmp_path), size=(120, 30)) as explored:
        assert not explored.screen.has_class("-no-facets")
        await explored.press("ctrl+p")
        await explored.until(lambda: "Esc leaves" in explored.text)
        await explored.type("facets")
        await explored.pilot.pause(0.5)
        await explored.press("enter")
        await explored.until(lambda: explored.screen.has_class("-no-facets"))
