"""A sentence that names a key names the one that is bound, and every place tells its keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from importlib import import_module
from inspect import getsource
from itertools import product
from pathlib import Path
from pkgutil import walk_packages
from string import ascii_lowercase

import pytest
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from tests.pilot.explored import NARROW, NOW, WIDE, Explored, Files, record
from tui import screens
from tui.app import TrailhoundApp
from tui.domain.answer import Span
from tui.domain.syncing import Wish
from tui.jobs.ingesting.ingest import ingest
from tui.keymap import DELIVERED, Keys, keymap
from tui.screens.beginning.start import StartScreen
from tui.screens.help import HelpScreen
from tui.storage.cache import Cache

_KEYS = product(("alt", "alt+shift", "ctrl+alt", "ctrl+shift"), ascii_lowercase)
OTHERS = keymap({action: "+".join(next(_KEYS)) for action in DELIVERED})
"""A key that nothing is delivered with, for every action."""
BOUND = Keys(OTHERS)
PLACES = (
    *("columns", "theme", "mark", "sync", "feeds", "coverage", "integrity", "skipped", "saved"),
    *("filter", "facets", "histogram"),
)
DIALOGS = {"columns": "columns.leave", "theme": "themes.restore", "mark": "mark.leave"}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Give a cache of a few events, and one file that is none."""
    cache = Cache(tmp_path / "cache.db")
    records = [record(number) for number in range(9)]
    ingest(cache, Files({"a.json.gz": records, "b.json.gz": b"no gzip"}).let_all())
    return cache


@asynccontextmanager
async def remapped(
    cache: Cache, wish: Wish | None = None, *, begins: bool = False
) -> AsyncIterator[Explored]:
    """Run an explorer in which every action has another key."""
    app = TrailhoundApp(cache, None, UTC, wish=wish, keys=OTHERS)
    app.begin_with(ways=begins, hints=not begins)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        explored = Explored(app, pilot)
        await explored.until(lambda: explored.total >= 0)
        await explored.settled()
        yield explored


def footer(explored: Explored) -> str:
    """Return the line of keys."""
    return explored.text.splitlines()[-1].strip()


def names_only_what_is_bound(explored: Explored) -> None:
    """Check every key that the screen names."""
    bound = {BOUND[action] for action in OTHERS}
    for named in re.findall(r"[Pp]ress (\S+)", explored.text):
        assert named.rstrip(".:") in bound, explored.text
    hints = [hint.split(" ", 1)[0] for hint in re.split(r" {2,}", footer(explored))]
    assert hints
    assert set(hints) <= bound, explored.text


@pytest.mark.parametrize("place", PLACES)
async def test_every_place_names_the_keys_that_are_bound_there(cache: Cache, place: str) -> None:
    async with remapped(cache) as explored:
        names_only_what_is_bound(explored)
        await explored.press(BOUND.all(f"events.{place}"))
        await explored.settled()
        names_only_what_is_bound(explored)
        assert BOUND["anywhere.help"] in footer(explored)
        if place in DIALOGS:
            assert BOUND[DIALOGS[place]] in footer(explored)


async def test_what_is_missing_is_said_with_the_key_that_shows_it(cache: Cache) -> None:
    async with remapped(cache) as explored:
        assert f"1 could not be read: press {BOUND['events.skipped']}" in explored.text
        await explored.press(BOUND.all("events.filter"))
        await explored.type("nobody")
        await explored.press(BOUND.all("line.submit"))
        await explored.settled()
        await explored.until(lambda: "events match" in explored.text)
        assert f"Press {BOUND['events.clear']} to drop the filter" in explored.text
        assert f"Press {BOUND['events.deep']} to look into whole records" in explored.text


async def test_the_hints_of_a_first_run_name_the_keys_that_are_bound(cache: Cache) -> None:
    async with remapped(cache) as explored:
        for action in ("events.filter", "facets.include", "table.open", "events.histogram"):
            line = next(each for each in explored.text.splitlines() if "no hints" in each)
            assert BOUND[action] in line
            assert BOUND["events.no_hints"] in line
            assert not re.search(r"\b(Enter|Left|Right|Shift)\b(?!\+)", line), line
            if action == "facets.include":
                await explored.press(BOUND.all("events.facets"))
            await explored.press(BOUND.all(action))
            await explored.press(BOUND.all("events.back"))
            await explored.settled()


def test_no_dialog_is_without_the_key_that_lists_its_keys() -> None:
    for dialog in dialogs():
        ids = {each.id for each in dialog.BINDINGS if isinstance(each, Binding)}
        assert ids & {"anywhere.help", "help.close"} or [*descendants(dialog)], dialog
        ours = [each for each in dialog.__mro__ if each.__module__.startswith("tui.")]
        assert any("KeyLine()" in getsource(each) for each in ours), dialog


def dialogs() -> list[type[Screen[object]]]:
    """Return every dialog there is."""
    for found in walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(found.name)
    found_all = [*descendants(ModalScreen)]
    assert len(found_all) >= 6
    return found_all


def descendants(kind: type[Screen[object]]) -> Iterator[type[Screen[object]]]:
    """Yield our own classes below one, nearest first."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("tui."):
            yield each
        yield from descendants(each)


async def test_in_every_dialog_its_keys_are_one_key_away(cache: Cache) -> None:
    wish = Wish(Span(NOW - 1, NOW))
    app = TrailhoundApp(cache, None, UTC, wish=wish)
    async with app.run_test(size=NARROW) as pilot:
        explored = Explored(app, pilot)
        await explored.until(lambda: explored.total >= 0)
        for keys, title in ((["o"], "COLUMNS"), (["T"], "THEMES"), (["m"], "SETTING A MARK")):
            await explored.press(*keys)
            await pilot.pause()
            assert "Esc" in footer(explored)
            typing = isinstance(app.focused, Input)
            await explored.press("question_mark")
            await pilot.pause()
            assert isinstance(app.screen, HelpScreen) is not typing
            if typing:
                assert isinstance(app.focused, Input)
                assert app.focused.value.endswith("?")
                assert "Ctrl+g keys" in footer(explored)
                await explored.press("ctrl+g")
                await pilot.pause()
            assert title in explored.text
            assert "the keys that work here" in explored.text
            await explored.press("ctrl+g")
            await pilot.pause()
            assert not isinstance(app.screen, HelpScreen)
            await explored.press("escape")
            await pilot.pause()


async def test_the_ways_to_begin_tell_their_keys(tmp_path: Path) -> None:
    async with remapped(Cache(tmp_path / "cache.db"), begins=True) as explored:
        await explored.until(lambda: isinstance(explored.app.screen, StartScreen))
        await explored.pilot.pause()
        names_only_what_is_bound(explored)
        await explored.press(BOUND.all("list.down"), BOUND.all("start.choose"))
        await explored.pilot.pause()
        assert isinstance(explored.app.focused, Input)
        names_only_what_is_bound(explored)
        assert f"{BOUND['line.submit']} done" in footer(explored)


async def test_while_a_filter_is_typed_the_line_of_keys_tells_how_to_end(cache: Cache) -> None:
    app = TrailhoundApp(cache, None, UTC)
    async with app.run_test(size=NARROW) as pilot:
        explored = Explored(app, pilot)
        await explored.until(lambda: explored.total >= 0)
        await explored.press("slash")
        await pilot.pause()
        assert footer(explored) == "Enter done  Esc leave  Ctrl+g keys"
        await explored.press("question_mark", "ctrl+g")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert explored.screen.query_one(Input).value == "?"


async def test_a_key_that_is_typed_is_not_told_of_as_one_that_does_something(cache: Cache) -> None:
    app = TrailhoundApp(cache, None, UTC, keys={"anywhere.help": "Z,ctrl+t"})
    async with app.run_test(size=NARROW) as pilot:
        explored = Explored(app, pilot)
        await explored.until(lambda: explored.total >= 0)
        assert "Z keys" in footer(explored)
        await explored.press("slash", "Z")
        await pilot.pause()
        assert explored.screen.query_one(Input).value == "Z"
        assert footer(explored) == "Enter done  Esc leave  Ctrl+t keys"
        await explored.press("ctrl+t")
        await pilot.pause()
        line = next(each for each in explored.text.splitlines() if "the keys that" in each)
        assert line.split()[0] == "Ctrl+t"


@pytest.mark.parametrize("place", [*DIALOGS, "help"])
async def test_who_interrupts_a_dialog_is_told_what_comes_first(cache: Cache, place: str) -> None:
    async with remapped(cache) as explored:
        await explored.press(OTHERS["anywhere.help" if place == "help" else f"events.{place}"])
        await explored.pilot.pause()
        assert explored.app.screen.is_modal
        await explored.press("ctrl+c")
        await explored.pilot.pause()
        said = [each.message for each in explored.app._notifications]
        assert said[-1].endswith(f"; then {BOUND['app.quit']} leaves.")


def test_every_dialog_hears_who_interrupts() -> None:
    for dialog in dialogs():
        acts = {each.action for each in dialog.BINDINGS if isinstance(each, Binding)}
        assert "app.help_quit" in acts or [*descendants(dialog)], dialog


@pytest.mark.parametrize("place", ["events", "filter", "integrity"])
async def test_who_interrupts_is_told_the_key_that_leaves(cache: Cache, place: str) -> None:
    async with remapped(cache) as explored:
        if place != "events":
            await explored.press(OTHERS[f"events.{place}"])
        await explored.press("ctrl+c")
        await explored.until(lambda: f"Press {BOUND['app.quit']} to leave." in explored.text)
        names_only_what_is_bound(explored)
