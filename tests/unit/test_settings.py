from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.cli.parsing import parse as parse_arguments
from tui.cli.settling import pace_drawing, settle
from tui.errors import SettingsError, UsageError
from tui.settings.default import as_file
from tui.settings.file import load, parse
from tui.settings.model import ABOUT, NAMES, Settings
from tui.settings.remembered import Memory, Remembered
from tui.theming import Theme, chosen
from tui.widgets.glyphs import ASCII, UNICODE, for_terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of settings, not there yet, and an environment that says nothing."""
    monkeypatch.setenv("TRAILHOUND_CONFIG", str(tmp_path))
    for name in ("TRAILHOUND_CACHE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "settings.toml"


def settled(*arguments: str) -> Namespace:
    parsed = parse_arguments(arguments)
    settle(parsed)
    return parsed


def test_every_setting_is_explained_and_no_other() -> None:
    assert tuple(ABOUT) == NAMES


def test_the_default_file_says_the_defaults_once_its_comments_are_taken_off() -> None:
    assert parse(as_file()) == Settings()
    said = "\n".join(line.removeprefix("# ") for line in as_file().splitlines() if " = " in line)
    values = tomllib.loads(said.partition('"events.')[0])
    assert set(values) == {*NAMES} - {"keys"}
    assert parse(said.partition('"events.')[0]) == Settings()


def test_a_file_sets_what_it_names_and_nothing_else() -> None:
    found = parse('theme = "nord"\nregions = ["eu-west-1"]\nmouse = false\n[keys]\na = ["b"]')
    assert found == Settings(theme="nord", regions=("eu-west-1",), mouse=False, keys={"a": ["b"]})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('\nthemes = "x"', "line 2: there is no setting themes. Did you mean theme?"),
        ('zzzz = "x"', "line 1: there is no setting zzzz. There are: theme, time-zone"),
        ('time_zone = "UTC"', "line 1: there is no setting time_zone. Did you mean time-zone?"),
        ("[them]\na = 1", "line 1: there is no setting them. Did you mean theme?"),
        ("mouse = true\ntheme = 3", "line 2: theme has to be text in quotes."),
        ('mouse = "no"', "line 1: mouse has to be true or false."),
        ('history-days = "9"', "line 1: history-days has to be a whole number."),
        ("history-days = 91", "line 1: history-days has to be from 1 to 90."),
        ('profiles = "a"', "line 1: profiles has to be a list of texts."),
        ('slow-link = "maybe"', "line 1: slow-link is not possible: auto, always or never"),
        ("keys = 3", "line 1: keys has to be a table."),
        ("[keys]\na = 3", "line 1: keys"),
        ("theme = ", "Invalid value"),
    ],
)
def test_what_is_wrong_in_the_file_is_a_sentence_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="^" + sentence.replace("?", r"\?")):
        parse(text)


def test_a_wrong_file_is_named(config: Path) -> None:
    config.write_text("mouse = 1")
    with pytest.raises(SettingsError, match=r"settings\.toml: line 1: mouse has to be"):
        load()
    config.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="cannot be read: it is no text in UTF-8, from byte 0"):
        load()


@pytest.mark.parametrize(
    ("make", "reason"),
    [(Path.mkdir, r"it is a folder\.$"), (os.mkfifo, r"it is no ordinary file\.$")],
)
def test_what_is_no_file_is_said_and_never_waited_for(
    config: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(config)
    with pytest.raises(SettingsError, match=reason):
        load()


def test_a_byte_order_mark_is_no_setting(config: Path) -> None:
    config.write_text('theme = "nord"', encoding="utf-8-sig")
    assert load().theme == "nord"


def test_without_a_file_everything_is_as_delivered(config: Path) -> None:
    parsed = settled("events")
    assert not config.exists()
    assert (parsed.tz, parsed.cache, parsed.settings) == ("UTC", "", Settings())


def test_the_command_line_comes_before_the_environment_and_that_before_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(
        'time-zone = "Asia/Tokyo"\ncache = "/set.db"\nprofiles = ["a", "b"]\nregions = ["r"]\n'
        'theme = "nord"\n'
    )
    parsed = settled()
    assert (parsed.tz, parsed.cache) == ("Asia/Tokyo", "/set.db")
    assert (parsed.profile, parsed.region) == (["a", "b"], ["r"])
    assert parsed.settings.theme == "nord"
    said = settled("--tz", "UTC", "--cache", "x", "--profile", "p", "--theme", "gruvbox")
    assert (said.tz, said.cache, said.profile) == ("UTC", "x", ["p"])
    assert (said.settings.theme, said.settings.mouse) == ("gruvbox", True)
    assert not settled("--no-mouse").settings.mouse
    monkeypatch.setenv("TRAILHOUND_CACHE", "/environment.db")
    monkeypatch.setenv("AWS_PROFILE", "environment")
    assert (settled().cache, settled().profile) == (None, [])


def test_the_demo_never_touches_the_cache_that_is_set(config: Path) -> None:
    config.write_text('cache = "/set.db"')
    assert settled("demo").cache is None
    assert settled("events").cache == "/set.db"


def test_over_ssh_less_is_drawn_unless_it_is_set_otherwise() -> None:
    cases: list[tuple[Settings, dict[str, str], dict[str, str]]] = [
        (Settings(), {}, {"TEXTUAL_FPS": "60"}),
        (Settings(), {"SSH_CONNECTION": "a"}, {"TEXTUAL_FPS": "10", "TEXTUAL_ANIMATIONS": "none"}),
        (Settings(slow_link="never"), {"SSH_TTY": "a"}, {"TEXTUAL_FPS": "60"}),
        (Settings(slow_link="always", redraws=4), {}, {"TEXTUAL_FPS": "4"}),
        (Settings(redraws=30), {"TEXTUAL_FPS": "5"}, {"TEXTUAL_FPS": "5"}),
    ]
    for settings, environ, wanted in cases:
        pace_drawing(settings, environ)
        assert environ.items() >= wanted.items()
        assert ("TEXTUAL_ANIMATIONS" in environ) == (environ["TEXTUAL_FPS"] in ("10", "4"))


def test_signs_are_those_that_are_set_whatever_the_locale() -> None:
    assert for_terminal({"LANG": "C"}, "unicode") is UNICODE
    assert for_terminal({"LANG": "C.UTF-8"}, "ascii") is ASCII
    assert for_terminal({"LANG": "C"}, "auto") is ASCII


def test_what_is_remembered_lasts_and_a_broken_memory_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state" / "remembered.json"
    assert Memory(path).keep(theme="nord")
    assert Memory(path).keep(toured=True)
    assert Memory(path).known == Remembered("nord", toured=True)
    for broken in ("{", "[]", json.dumps({"theme": 3, "toured": "yes"})):
        path.write_text(broken)
        assert Memory(path).known == Remembered()
    (tmp_path / "file").write_text("")
    assert not Memory(tmp_path / "file" / "x").keep(theme="nord")
    assert not Memory().keep(theme="nord")


def test_the_theme_asked_for_comes_before_the_one_kept(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"')
    (tmp_path / "bad.toml").write_text('name = "bad"\ndark = 3')
    assert chosen("", "", [tmp_path]) == Theme()
    assert chosen("", "one", [tmp_path]).name == "one"
    assert chosen("", "gone", [tmp_path]) == Theme()
    assert chosen("other", "one", [tmp_path]).name == "other"
    with pytest.raises(UsageError, match="Did you mean other"):
        chosen("othr", "", [tmp_path])
    with pytest.raises(UsageError, match=r"bad\.toml: dark has to be"):
        chosen("bad", "", [tmp_path])


def test_the_command_prints_a_file_that_can_be_used_even_when_the_users_cannot(
    config: Path,
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tui", *arguments]
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    config.write_text("mose = true")
    assert run("settings").stdout == as_file()
    assert run("settings", "--path").stdout.strip() == str(config)
    checked = run("settings", "--check")
    assert (checked.returncode, checked.stdout) == (3, "")
    assert "line 1: there is no setting mose. Did you mean mouse?" in checked.stderr
    assert run("events").returncode == 3
    for wrong in ('theme = "x"', 'time-zone = "Mars"', '[keys]\n"events.filtr" = "f"'):
        config.write_text(wrong)
        assert run("settings", "--check").returncode == 3
    config.write_text("mouse = true")
    assert run("settings", "--check").returncode == 0
