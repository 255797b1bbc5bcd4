"""The events screen gives room to what matters most at each size, and says why it is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pilot.explored import NOW, Explored, exploring, simulated
from tests.pilot.test_sync_screen import wish
from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tui.jobs.ingesting.ingest import ingest
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.histogram import HistogramView
from tui.widgets.key_line import KeyLine

__all__ = ["aws", "loopback"]


@pytest.mark.parametrize(
    ("size", "columns", "bars"),
    [
        ((80, 24), ("time", "caller", "action", "result"), 3),
        ((120, 40), ("time", "caller", "action", "resource", "result"), 3),
        ((200, 50), ("caller", "action", "resource", "region", "account", "ip", "result"), 4),
    ],
)
async def test_each_size_shows_what_it_has_room_for(
    tmp_path: Path, size: tuple[int, int], columns: tuple[str, ...], bars: int
) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), simulated())
    async with exploring(path, size=size) as explored:
        assert set(columns) <= set(explored.screen.query_one(EventTable).shown_ids)
        assert explored.screen.query_one(HistogramView).size.height == bars


async def test_keys_stand_apart_and_a_click_presses_them(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), simulated())
    async with exploring(path) as explored:
        line = explored.text.splitlines()[-1]
        assert line.startswith(" Enter open  / filter  b facets  ")
        await explored.pilot.click(KeyLine, offset=(line.index("t time"), 0))
        await explored.until(lambda: isinstance(explored.app.focused, HistogramView))


async def said(explored: Explored, text: str) -> None:
    await explored.until(lambda: text in explored.text)


async def test_an_empty_cache_says_that_every_source_failed(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    aws.faults.rules.append(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await said(explored, "No events are cached: 2 of 2 sources failed. Press s to see why.")


@pytest.mark.usefixtures("aws")
async def test_an_empty_cache_says_that_aws_has_nothing(tmp_path: Path) -> None:
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await said(explored, "AWS has no events of the time that was synced.")


@pytest.mark.usefixtures("aws")
async def test_an_empty_cache_says_that_aws_could_not_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with exploring(tmp_path / "cache.db", wish=wish()) as explored:
        await said(explored, "No events are cached, and AWS could not be asked.")


async def test_a_sentence_for_no_events_is_told_to_its_end_in_a_narrow_window(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), simulated())
    async with exploring(path, size=(40, 20)) as explored:
        await explored.filter("nobody-has-this-word")
        text = " ".join(line.strip() for line in explored.text.splitlines())
        assert "match. Press u to drop the filter. Press d to look into whole records." in text


SCREENS = (
    (), ("enter",), ("b",), ("t",), ("slash", "a"), ("i",), ("c",), ("s",), ("o",), ("at",), ("T",),
    ("question_mark",), ("F",), ("m",), ("exclamation_mark",), ("ctrl+p",),
)  # fmt: skip


async def test_every_screen_outlives_a_window_without_room(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), SimulatedAccounts(7, NOW, events=1_500))
    async with exploring(path, size=(80, 24)) as explored:
        await explored.until(lambda: "gap" in explored.text)
        for keys in SCREENS:
            await explored.press(*keys)
            for size in ((1, 1), (2, 24), (80, 24)):
                await explored.pilot.resize_terminal(*size)
            await explored.press("escape", "escape")
        await explored.until(lambda: explored.text.startswith(" trailhound 3 accounts"))
