from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tui.actions import BY_NAME, SCOPES, TOGETHER, all_shown
from tui.errors import SettingsError
from tui.keymap import DELIVERED, keymap
from tui.settings.default import as_file

ROOT = Path(__file__).parents[2]
TAKEN_BY_OTHERS = ("ctrl+a", "ctrl+b")
"""The keys that screen and tmux listen for."""


def all_keys() -> list[tuple[str, str]]:
    return [(action, key) for action, keys in DELIVERED.items() for key in keys.split(",")]


def test_every_place_has_actions_and_no_two_of_one_scope_have_one_key() -> None:
    assert {name for names in TOGETHER for name in names} == BY_NAME.keys()
    for scope in SCOPES:
        keys = [key for action in scope.actions for key in action.keys.split(",")]
        assert len(keys) == len(set(keys)), scope.name
        assert len({action.id for action in scope.actions}) == len(scope.actions)
        assert all(action.help and action.label for action in scope.actions)


def test_no_widget_or_screen_has_a_key_that_is_not_in_the_table() -> None:
    for path in (ROOT / "tui").rglob("*.py"):
        if path.name != "bindings.py":
            assert not re.search(r"(?<!\w)Binding\(", path.read_text()), path


def test_no_key_is_one_that_tmux_or_screen_take() -> None:
    assert not [each for each in all_keys() if each[1] in TAKEN_BY_OTHERS]


def test_nothing_needs_a_function_key_or_alt() -> None:
    for action, keys in DELIVERED.items():
        plain = [
            key
            for key in keys.split(",")
            if not key.startswith("alt+") and not (key[0] == "f" and key[1:].isdigit())
        ]
        assert plain, action


def test_keys_are_given_as_one_or_many_and_as_people_write_them() -> None:
    assert keymap({}) == {}
    assert keymap({"events.filter": "ctrl+f", "list.page-down": ["pagedown", "-"]}) == {
        "events.filter": "ctrl+f",
        "list.page-down": "pagedown,minus",
    }
    assert keymap({"anywhere.help": "/", "events.filter": "Z", "record-search.search": "f1"}) == {
        "anywhere.help": "slash",
        "events.filter": "Z",
        "record-search.search": "f1",
    }
    assert all_shown("slash,shift+tab,pageup,G,ctrl+f,f1") == "/, Shift+Tab, PgUp, G, Ctrl+f, F1"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"events.filtr": "x"}, "no action 'events.filtr'. Did you mean events.filter?"),
        ({"zzz": "x"}, "no action 'zzz'. docs/keys.md lists them."),
        ({"events.filter": "ctlr+f"}, "'ctlr\\+f', which is no key. Did you mean ctrl?"),
        ({"events.filter": "pgdown"}, "'pgdown', which is no key. Did you mean pagedown?"),
        ({"events.filter": "@@@@"}, "which is no key. Such are"),
        ({"events.filter": []}, "events.filter needs a key"),
        ({"events.filter": "b"}, "events.filter and events.facets would both be b"),
        ({"events.filter": "j"}, "list.down and events.filter would both be j"),
        ({"line.submit": "x"}, "line.submit has x, which is typed there"),
        ({"filter.leave": ["space", "?"]}, "filter.leave has Space, which is typed there"),
        ({"facets.exclude": "q"}, "facets.exclude and app.quit would both be q"),
        ({"events.sync": "ctrl+t", "events.coverage": "ctrl+t"}, "would both be Ctrl\\+t"),
    ],
)
def test_what_cannot_be_is_said_with_what_may_have_been_meant(
    wanted: dict[str, str | list[str]], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence.replace(".", r"\.").replace("?", r"\?")):
        keymap(wanted)


def test_the_example_in_the_settings_file_can_be_used() -> None:
    said = as_file().partition("[keys]\n")[2].splitlines()[1:]
    keys = tomllib.loads("\n".join(line.removeprefix("# ") for line in said))
    assert len(keymap(keys)) == 2


def test_two_actions_may_change_their_keys_for_each_others() -> None:
    swapped = {"events.sync": "c", "events.coverage": "s"}
    with pytest.raises(SettingsError, match=r"record\.copy-value and events\.sync"):
        keymap(swapped)
    assert keymap({"events.clear": "d", "events.deep": "u"}) == {
        "events.clear": "d",
        "events.deep": "u",
    }
