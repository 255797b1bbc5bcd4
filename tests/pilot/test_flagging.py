"""A flag is set with one key, and shown at the row, in the summary and by the filter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pilot.explored import NARROW, WIDE, Explored, Files, exploring, record
from tui.jobs.ingesting.flagging import flagged
from tui.jobs.ingesting.ingest import ingest
from tui.screens.flagging import KEPT, NOT_KEPT
from tui.storage.cache import Cache
from tui.widgets.glyphs import ASCII, UNICODE


def filled(path: Path) -> Cache:
    cache = Cache(path)
    ingest(cache, Files({"a.json.gz": [record(number) for number in range(9)]}).let_all())
    return cache


def signs(explored: Explored, sign: str) -> list[str]:
    """Return the callers at whose rows a sign stands, before the one for what is vouched for."""
    return re.findall(rf"{re.escape(sign)}\S +(?:[\d-]+ )?[\d:]+ +(user-\d)", explored.text)


async def turned(explored: Explored, told: str) -> None:
    """Press the key and wait until it is said and shown."""
    await explored.press("asterisk")
    await explored.until(lambda: told in {each.message for each in explored.app._notifications})
    await explored.settled()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_flag_is_set_and_shown_and_taken_off(tmp_path: Path, size: tuple[int, int]) -> None:
    cache = filled(tmp_path / "cache.db")
    async with exploring(tmp_path / "cache.db", size=size) as explored:
        await explored.press("down", "down")
        current = explored.table.current
        assert current is not None
        await turned(explored, KEPT)
        assert flagged(cache) == {current.number}
        await explored.until(lambda: signs(explored, UNICODE.flag) == [current.actor.caller])
        await explored.until(lambda: "⚑ flagged" in explored.text)
        assert explored.table.current is not None
        assert explored.table.current.number == current.number
        await turned(explored, NOT_KEPT)
        await explored.until(lambda: UNICODE.flag not in explored.text)
        assert flagged(cache) == set()


async def test_the_flagged_events_can_be_asked_for(tmp_path: Path) -> None:
    filled(tmp_path / "cache.db")
    async with exploring(tmp_path / "cache.db") as explored:
        await turned(explored, KEPT)
        await explored.filter("flagged:yes")
        assert explored.total == 1
        await turned(explored, NOT_KEPT)
        await explored.until(lambda: explored.total == 0)


async def test_a_flag_is_shown_in_ascii_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    filled(tmp_path / "cache.db")
    async with exploring(tmp_path / "cache.db", size=NARROW) as explored:
        await turned(explored, KEPT)
        await explored.until(lambda: signs(explored, ASCII.flag) == ["user-0"])
        await explored.until(lambda: "* flagged" in explored.text)


async def test_the_key_does_nothing_where_there_is_no_event(tmp_path: Path) -> None:
    cache = filled(tmp_path / "cache.db")
    async with exploring(tmp_path / "cache.db") as explored:
        await explored.filter("service:none-such")
        await explored.press("asterisk")
        await explored.settled()
    assert flagged(cache) == set()
