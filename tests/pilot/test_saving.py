"""Filters are saved by a key, chosen from a list, and what they do changes there at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.pilot.explored import NARROW, WIDE, Explored, Files, exploring, record
from tests.pilot.live import Handed
from tui.domain.saved import BUILT_IN, SavedFilter
from tui.jobs.ingesting.ingest import ingest
from tui.screens.following import cadence
from tui.screens.saving.saved_screen import SavedList, SavedScreen
from tui.settings.filters import load
from tui.storage.cache import Cache
from tui.widgets.filter_bar import FilterBar, FilterInput
from tui.widgets.glyphs import UNICODE

FIVES = '[fives]\nfilter = "caller:user-*5"\n'
BOTH = f'# mine\n{FIVES}[not-five]\nfilter = "-@fives"\nhighlight = "low"\n'


def filled(folder: Path, events: int = 12) -> Path:
    path = folder / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(n) for n in range(events)]}).let_all())
    return path


def saved_in(folder: Path) -> list[SavedFilter]:
    return [each._replace(line=0) for each in load(folder / "filters.toml").filters]


def said(explored: Explored) -> str:
    return " ".join(each.message for each in explored.app._notifications)


def row(explored: Explored, name: str) -> str:
    """Return the line of a saved filter, its spaces made one."""
    line = next(each for each in explored.text.splitlines() if f"@{name} " in each[:30])
    return re.sub(" +", " ", line).strip()


async def chosen(explored: Explored, name: str) -> None:
    """Open the list and go to a filter."""
    await explored.press("at")
    await explored.until(lambda: isinstance(explored.app.screen, SavedScreen))
    await explored.settled()
    names = [each.name for each in explored.screen.saved.filters]
    await explored.press("g", *["down"] * names.index(name))
    await explored.settled()
    current = explored.app.screen.query_one(SavedList).current
    assert current is not None
    assert current.name == name


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_filter_is_saved_and_stands_for_itself(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with exploring(filled(tmp_path), size=size) as explored:
        await explored.filter("caller:user-*5")
        await explored.press("S")
        await explored.until(lambda: "Save this filter as" in explored.text)
        await explored.type("fives")
        await explored.press("enter")
        await explored.until(lambda: "Saved as @fives." in said(explored))
        assert saved_in(tmp_path) == [SavedFilter("fives", "caller:user-*5"), *BUILT_IN]
        await explored.press("u")
        await explored.filter("-@fives")
        assert explored.total == 11


async def test_a_name_that_is_taken_is_taken_over_when_told_twice(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), filters=FIVES) as explored:
        await explored.filter("error:any")
        await explored.press("S")
        await explored.type("fives")
        await explored.press("enter")
        await explored.until(lambda: "There is @fives already: caller:user-*5" in explored.text)
        assert saved_in(tmp_path)[0].text == "caller:user-*5"
        await explored.type("x")
        await explored.press("backspace", "enter")
        await explored.until(lambda: "There is @fives already" in explored.text)
        await explored.press("enter")
        await explored.until(lambda: "Saved as @fives." in said(explored))
        assert saved_in(tmp_path)[0].text == "error:any"


@pytest.mark.parametrize(
    ("name", "why"),
    [("Fives", "small letters"), ("", "small letters"), ("fives", "A filter cannot contain")],
)
async def test_a_name_that_cannot_be_is_refused_and_nothing_is_saved(
    tmp_path: Path, name: str, why: str
) -> None:
    async with exploring(filled(tmp_path), filters=FIVES) as explored:
        await explored.filter("@fives")
        await explored.press("S")
        await explored.type(name)
        await explored.press("enter")
        await explored.until(lambda: why in explored.text)
        await explored.press("escape")
        await explored.settled()
        assert (tmp_path / "filters.toml").read_text() == FIVES


async def test_nothing_and_what_cannot_be_read_is_not_saved(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path)) as explored:
        await explored.press("S")
        await explored.until(lambda: "There is no filter to save" in said(explored))
        explored.screen.query_one(FilterBar).set_text("severity:>")
        await explored.press("S")
        await explored.until(lambda: "A value is missing here" in said(explored))
        assert explored.app.screen is explored.screen
        assert not (tmp_path / "filters.toml").exists()


async def test_the_list_tells_what_each_finds_and_does_and_enter_asks_with_it(
    tmp_path: Path,
) -> None:
    broken = '[oops]\nfilter = "severity:>"\nalert = true\n[odd]\nfilter = 3\n'
    async with exploring(filled(tmp_path), size=NARROW, filters=BOTH + broken) as explored:
        explored.app.clear_notifications()
        await chosen(explored, "not-five")
        await explored.until(lambda: row(explored, "fives") == "@fives 1 no no caller:user-*5")
        assert row(explored, "not-five") == f"@not-five 11 no {UNICODE.highlight} low -@fives"
        assert row(explored, "oops").endswith("@oops cannot no severity:>")
        assert row(explored, "severe") == f"@severe 0 {UNICODE.notable} yes no severity:>=high"
        assert "@not-five: caller is anything but user-*5" in explored.text
        assert "Left out, line 11: odd needs its filter" in explored.text
        await explored.press("down")
        await explored.until(lambda: "line 8: the filter of oops cannot be" in explored.text)
        await explored.press("up", "enter")
        await explored.settled()
        assert explored.screen.question.text == "@not-five"
        assert explored.total == 11
        assert explored.table.has_focus


async def test_what_was_written_meanwhile_is_in_the_list_and_works(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), filters=FIVES) as explored:
        (tmp_path / "filters.toml").write_text(BOTH)
        await explored.press("at")
        await explored.until(lambda: "@not-five" in explored.text)
        await explored.press("escape")
        await explored.settled()
        assert explored.text.count(f"{UNICODE.highlight} ·") == 11


async def test_a_filter_can_be_changed_where_it_is_typed(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), filters=BOTH) as explored:
        await chosen(explored, "fives")
        await explored.press("e")
        await explored.until(lambda: isinstance(explored.app.focused, FilterInput))
        assert explored.screen.query_one(FilterBar).text == "caller:user-*5"


async def test_a_highlight_is_chosen_and_seen_at_once(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), size=NARROW, filters=FIVES) as explored:
        await chosen(explored, "fives")
        await explored.press("h")
        await explored.until(lambda: saved_in(tmp_path)[0].highlight == "accent")
        await explored.press("H", "H")
        await explored.until(lambda: saved_in(tmp_path)[0].highlight == "failed")
        assert "3 filters" not in explored.text
        await explored.press("escape")
        await explored.settled()
        line = next(each for each in explored.text.splitlines() if "user-5 " in each)
        assert UNICODE.highlight in line


async def test_a_deleted_filter_is_gone_when_told_twice_and_who_names_it_is_told(
    tmp_path: Path,
) -> None:
    async with exploring(filled(tmp_path), filters=BOTH) as explored:
        await explored.filter("@fives")
        await chosen(explored, "fives")
        await explored.press("x")
        await explored.until(
            lambda: "Once more deletes @fives, named by @not-five." in explored.text
        )
        await explored.press("down", "up", "x")
        await explored.settled()
        assert len(saved_in(tmp_path)) == 3
        await explored.press("x")
        await explored.until(lambda: len(saved_in(tmp_path)) == 2)
        await explored.until(lambda: "cannot" in row(explored, "not-five"))
        await explored.press("escape")
        await explored.settled()
        assert 'There is no saved filter "fives"' in explored.text
        assert explored.total == 1  # what is shown is what was asked for
        assert "# mine" in (tmp_path / "filters.toml").read_text()


async def test_what_is_built_in_stays_and_can_be_silent(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path)) as explored:
        await chosen(explored, "severe")
        await explored.press("x")
        await explored.until(lambda: "@severe is built in and stays" in explored.text)
        await explored.press("a")
        await explored.until(lambda: saved_in(tmp_path) == [BUILT_IN[0]._replace(alert=False)])
        await explored.until(lambda: "@severe 0 no no" in row(explored, "severe"))
        await explored.press("x")
        await explored.until(lambda: "sets @severe back to what is built in" in explored.text)
        await explored.press("x")
        await explored.until(lambda: saved_in(tmp_path) == [*BUILT_IN])


async def test_a_file_that_has_to_be_mended_is_told_and_left(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), filters=FIVES) as explored:
        await chosen(explored, "fives")
        (tmp_path / "filters.toml").write_text("[a\n")
        await explored.press("a")
        await explored.until(lambda: "Mend the file first" in explored.text)
        assert (tmp_path / "filters.toml").read_text() == "[a\n"


async def test_a_saved_filter_alerts_while_following_as_soon_as_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(cadence, "FOLLOWING", 0.02)
    monkeypatch.setattr(HeadlessDriver, "write", lambda _self, data: sent.append(data))
    monkeypatch.setenv("TERM", "xterm")
    feed, path = Handed(), filled(tmp_path)
    async with exploring(path, filters=FIVES, follower=feed.follow) as explored:
        await explored.press("f")
        await explored.until(lambda: explored.screen.following)
        feed.give(record(15))
        await explored.until(lambda: explored.total == 13)
        assert "alert" not in explored.text
        await explored.press("at")
        await explored.until(lambda: isinstance(explored.app.screen, SavedScreen))
        await explored.press("a")
        await explored.until(lambda: saved_in(tmp_path)[0].alert)
        await explored.press("escape")
        await explored.until(lambda: explored.screen.saved.filters[0].alert)
        feed.give(record(25), record(26))
        await explored.until(lambda: "1 alert" in explored.text)
        await explored.until(lambda: any("\x1b]9;" in each for each in sent))
        told = [each for each in sent if "\x1b]9;" in each]
        assert len(told) == 1
        assert "@fives: user-25, s3 ListBuckets" in told[0]
