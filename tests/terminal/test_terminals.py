"""Terminals of every kind, sizes at any moment, and ends that nobody planned."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal, assert_restored

pytestmark = pytest.mark.slow

SMALL = ("demo", "--seed", "7", "--events", "300")
FAULT = """
import sys
from tui.screens.events import EventsScreen
def broken(self):
    access_key = "AKIASECRETSECRET1234"
    raise KeyError(access_key)
EventsScreen.action_columns = broken
from tui.__main__ import main
main()
"""
"""The program with a fault planted in it, in a function that holds what nobody may see."""


@pytest.mark.parametrize("term", ["linux", "screen", "tmux-256color", "xterm", "vt220"])
def test_every_kind_of_terminal_shows_the_events_and_is_given_back(
    environment: dict[str, str], term: str
) -> None:
    with Terminal(SMALL, environment | {"TERM": term}) as terminal:
        terminal.shows("TIME UTC", "CALLER", "ACTION", "RESULT", "covered")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_the_size_may_change_at_any_moment(environment: dict[str, str]) -> None:
    with Terminal(SMALL, environment) as terminal:
        for columns, lines in ((200, 50), (30, 8), (80, 24), (300, 100), (10, 3)):
            terminal.resize(columns, lines)
            terminal.type("j")
        terminal.resize(120, 40)
        terminal.shows("TIME UTC", "covered", "CALLER")
        terminal.type("\r")
        terminal.shows("eventVersion")
        terminal.resize(80, 24)
        terminal.quiet()
        terminal.shows("eventVersion")
        terminal.type("qq")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_gives_the_terminal_back(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with Terminal(SMALL, environment) as terminal:
        terminal.shows("covered")
        terminal.kill(number)
        assert terminal.exit_code() == 130
        assert_restored(terminal)


def test_a_signal_to_go_on_takes_the_terminal_once_and_gives_it_back_as_it_was(
    environment: dict[str, str],
) -> None:
    with Terminal(SMALL, environment) as terminal:
        before = terminal.modes()
        terminal.shows("covered")
        text = terminal.quiet()
        for _ in range(2):
            terminal.screen.reset()
            terminal.kill(signal.SIGCONT)
            terminal.until(lambda drawn: drawn == text)
        entered = terminal.sent.count(b"\x1b[?1049h")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.modes() == before
        assert terminal.sent.count(b"\x1b[?1049l") == entered
        assert terminal.sent.count(b"\x1b[<u") == len(re.findall(rb"\x1b\[>\d+u", terminal.sent))
        assert_restored(terminal)


def test_what_was_stopped_by_the_shell_is_drawn_whole_when_it_goes_on(
    environment: dict[str, str],
) -> None:
    with Terminal(SMALL, environment) as terminal:
        terminal.shows("covered")
        before = terminal.quiet()
        terminal.kill(signal.SIGTSTP)
        terminal.until(lambda _: b"\x1b[?1049l" in terminal.sent)
        assert terminal.quiet()
        terminal.screen.reset()
        terminal.kill(signal.SIGCONT)
        terminal.until(lambda text: text == before)
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_a_crash_gives_the_terminal_back_and_leaves_a_report_without_data(
    environment: dict[str, str], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with Terminal(
        SMALL, environment | {"TRAILHOUND_STATE": str(state)}, columns=200, program=("-c", FAULT)
    ) as terminal:
        terminal.shows("covered")
        terminal.type("o")
        assert terminal.exit_code() == 2
        assert_restored(terminal)
        left = terminal.sent.rpartition(b"\x1b[?1049l")[2]
    (report,) = (state / "crashes").iterdir()
    said = re.sub(r"\x1b\[[?0-9]*[a-z]", "", left.decode()).strip()
    assert said.startswith("trailhound: This should not have happened: KeyError.")
    assert "\n" not in said
    assert said.endswith(str(report))
    text = report.read_text()
    assert "builtins.KeyError" in text
    assert "in broken" in text
    assert "tui/app.py:" in text
    assert "trailhound 0." in text
    assert report.stat().st_mode & 0o777 == 0o600
    for shown in (text, left.decode()):
        assert "AKIA" not in shown
    assert str(Path.home()) not in text


def test_without_the_mouse_the_terminal_is_never_asked_for_it(environment: dict[str, str]) -> None:
    with Terminal((*SMALL, "--no-mouse"), environment) as terminal:
        terminal.shows("covered")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert b"\x1b[?1000h" not in terminal.sent
        assert b"\x1b[?1003h" not in terminal.sent


def test_keys_and_theme_of_the_settings_are_those_of_the_explorer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text(
        'theme = "sixteen"\nslow-link = "always"\n[keys]\n"app.quit" = "ctrl+x"\n'
    )
    with Terminal(SMALL, environment | {"TRAILHOUND_CONFIG": str(tmp_path)}) as terminal:
        terminal.shows("covered", "Ctrl+x quit")
        terminal.type("\x18")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_with_nothing_at_all_the_demo_is_one_key_away(environment: dict[str, str]) -> None:
    with Terminal((), environment | {"AWS_EC2_METADATA_DISABLED": "true"}) as terminal:
        terminal.shows("Nothing is cached yet", "demo", "open log files", "ask AWS again")
        terminal.type("\r")
        terminal.shows("1/5 / type error:any", "covered")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_colours_of_the_terminal_are_left_out_too_where_none_are_wanted(
    environment: dict[str, str],
) -> None:
    arguments = (*SMALL, "--theme", "terminal")
    colours = rb"\x1b\[[0-9;]*\b(3[1-6]|4[1-6]|9[1-6])\b[0-9;]*m"
    for more, wanted in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Terminal(arguments, environment | more) as terminal:
            terminal.shows("covered")
            terminal.type("q")
            assert terminal.exit_code() == 0
            assert bool(re.search(colours, terminal.sent)) == wanted


def test_without_a_terminal_there_is_a_sentence_and_no_waiting(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", *SMALL],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("trailhound: The explorer needs a terminal")
