"""The newest events stand on the terminal before Textual does, as it will draw them itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pyte
import pytest

from tests.pilot.explored import simulated
from tests.terminal.terminal import Terminal, assert_restored
from tui.first_paint.frame import Look, frame
from tui.jobs.exploring.preview import newest
from tui.jobs.ingesting.ingest import ingest
from tui.paths import theme_folders
from tui.screens.places import of_events
from tui.storage.cache import Cache
from tui.theming import load
from tui.widgets.columns import Setting

pytestmark = pytest.mark.slow

THEMES = load(theme_folders()).found
ALONE = """
import sys, time
from contextlib import closing
from tui.first_paint.stage import Stage
with closing(Stage(sys.__stderr__, sys.__stdin__)) as stage:
    stage.show("the frame")
    time.sleep(60)
"""
"""A frame, and a start that takes its time."""
SLOW = """
import sys, time
import tui.app
explore = tui.app.explore
def slow(*given, **more):
    time.sleep(0.5)
    return explore(*given, **more)
tui.app.explore = slow
from tui.__main__ import main
main()
"""
"""The program, with time to press keys before Textual is there."""
FAULT = """
import tui.app
def broken(*_, **__):
    raise KeyError("something")
tui.app.explore = broken
from tui.__main__ import main
main()
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A cache with a small organization, of which nothing is said to be covered."""
    made = Cache(tmp_path / "cache.db")
    ingest(made, simulated(800))
    return made


def offline(cache: Cache, *more: str) -> tuple[str, ...]:
    return ("--offline", "--cache", str(cache.path), *more)


def cells(screen: pyte.Screen, size: tuple[int, int]) -> Iterator[tuple[str, str, str]]:
    """Yield what is in each cell of the table: a space has no colour but that behind it."""
    place = of_events(*size)
    for y in range(place.top, place.top + place.height):
        for x in range(place.left, place.left + place.width):
            cell = screen.buffer[y][x]
            yield cell.data, cell.bg, "" if cell.data == " " else cell.fg


@pytest.mark.parametrize("theme", ["trailhound", "solarized-light"])
@pytest.mark.parametrize(("depth", "colours"), [("truecolor", 1 << 24), ("", 256)])
@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_what_is_drawn_first_is_what_the_explorer_draws_then(
    environment: dict[str, str],
    cache: Cache,
    theme: str,
    depth: str,
    colours: int,
    size: tuple[int, int],
) -> None:
    rows, total = newest(cache, 100)
    first = pyte.Screen(*size)
    look = Look(THEMES[theme], Setting(UTC), colours)
    pyte.Stream(first).feed(frame(rows, total, *size, look))
    with Terminal(
        offline(cache, "--theme", theme),
        environment | {"COLORTERM": depth},
        columns=size[0],
        lines=size[1],
    ) as terminal:
        terminal.shows("everything read")
        terminal.quiet()
        assert list(cells(terminal.screen, size)) == list(cells(first, size))
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_the_screen_is_entered_once_and_drawn_before_the_mouse_is_asked_for(
    environment: dict[str, str], cache: Cache
) -> None:
    with Terminal(offline(cache), environment) as terminal:
        terminal.shows("CALLER", "quit")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.sent.count(b"\x1b[?1049h") == 1
        assert terminal.sent.find(b"CALLER") < terminal.sent.find(b"\x1b[?1000h")


@pytest.mark.parametrize(
    "other",
    [
        {"NO_COLOR": "1"},
        {"NO_COLOR": ""},
        {"TEXTUAL_COLOR_SYSTEM": "truecolor"},
        {"LANG": "C"},
        {"LC_ALL": "POSIX"},
        {"TERM": "dumb"},
    ],
)
def test_what_textual_draws_in_its_own_way_is_left_to_it(
    environment: dict[str, str], cache: Cache, other: dict[str, str]
) -> None:
    with Terminal(offline(cache), environment | other) as terminal:
        terminal.shows("CALLER", "quit")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.sent.find(b"CALLER") > terminal.sent.find(b"\x1b[?1000h")


def test_a_key_pressed_before_anything_takes_it_is_not_lost(
    environment: dict[str, str], cache: Cache
) -> None:
    with Terminal(offline(cache), environment) as terminal:
        terminal.shows("CALLER")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_keys_are_not_echoed_into_the_first_frame(environment: dict[str, str]) -> None:
    with Terminal((), environment, program=("-c", ALONE)) as terminal:
        terminal.shows("the frame")
        terminal.type("pressed\r")
        assert "pressed" not in terminal.quiet()


def test_the_enter_key_pressed_in_the_first_frame_opens_the_event(
    environment: dict[str, str], cache: Cache
) -> None:
    with Terminal(offline(cache), environment, program=("-c", SLOW)) as terminal:
        terminal.shows("CALLER")
        terminal.type("jj\r")
        terminal.shows("eventVersion")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_what_is_stopped_in_the_first_frame_gives_the_terminal_back_and_goes_on(
    environment: dict[str, str], cache: Cache
) -> None:
    with Terminal(offline(cache), environment, program=("-c", SLOW)) as terminal:
        terminal.shows("CALLER")
        terminal.type("\x1a")
        terminal.until(lambda _: b"\x1b[?1049l" in terminal.sent)
        for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
            assert terminal.sent.count(on) == terminal.sent.count(off) == 1
        terminal.shows("CALLER", "everything read")
        assert terminal.sent.count(b"\x1b[?1049h") == 2
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


ENDINGS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", ENDINGS)
def test_a_start_that_is_ended_gives_the_terminal_back(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with Terminal((), environment, program=("-c", ALONE)) as terminal:
        terminal.shows("the frame")
        terminal.kill(number)
        assert terminal.exit_code() == -number
        for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
            assert terminal.sent.count(on) == terminal.sent.count(off) == 1


def test_a_crash_before_the_explorer_runs_is_told_on_the_ordinary_screen(
    environment: dict[str, str], cache: Cache
) -> None:
    with Terminal(offline(cache), environment, program=("-c", FAULT)) as terminal:
        assert terminal.exit_code() == 2
        shown, left, told = terminal.sent.partition(b"\x1b[?1049l")
        assert b"CALLER" in shown
        assert left
        assert b"This should not have happened: KeyError" in told
