"""Which keys a user has put in place of the delivered ones, checked before any is used.

A key that two actions would answer to at one time, an action or a key that does not exist: each is
an error with a sentence. A sentence that names a key asks `Keys` for it: the delivered one may do
something else by now. It knows names; who listens to the keys is the widgets' business.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from string import punctuation

from tui.actions import BY_NAME, SCOPES, TOGETHER, shown
from tui.errors import SettingsError

Keymap = Mapping[str, str]
"""Action to Textual key names with commas."""

DELIVERED = {
    f"{scope.name}.{action.id}": action.keys for scope in SCOPES for action in scope.actions
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of every action: what a user chose, else what is delivered."""

    chosen: Keymap = field(default_factory=dict)

    def all(self, action: str) -> str:
        """Return every key of `scope.action`, in Textual's words with commas."""
        return self.chosen.get(action, DELIVERED[action])

    def __getitem__(self, action: str) -> str:
        """Return the first key of `scope.action` as people write it, for a sentence."""
        return shown(self.all(action).partition(",")[0])


_MODIFIERS = ("ctrl", "alt", "shift")
_NAMED = (
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "tab",
    "enter", "escape", "space", "backspace", *(f"f{number}" for number in range(1, 25)),
)  # fmt: skip
_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""What Textual calls otherwise than Unicode (textual.keys.KEY_NAME_REPLACEMENTS)."""


def _sign(char: str) -> str:
    name = unicodedata.name(char).lower().replace(" ", "_").replace("-", "_")
    return _SHORTER.get(name, name)


_SIGNS = {char: _sign(char) for char in punctuation}
_CHARACTERS = {"space": " ", **{name: char for char, name in _SIGNS.items()}}
_TYPED = {name for names in TOGETHER if "line" in names for name in names} - {
    *("events", "app", "anywhere"),
}
"""Scopes of nothing but a line that text is typed in."""


def keymap(wanted: Mapping[str, str | Iterable[str]]) -> dict[str, str]:
    """Return the keys to use in place of the delivered ones; raises SettingsError."""
    chosen: dict[str, str] = {}
    for action, keys in wanted.items():
        if action not in DELIVERED:
            raise SettingsError(_no_action(action))
        listed = [keys] if isinstance(keys, str) else [*keys]
        if not listed:
            raise SettingsError(f"keys: {action} needs a key, or nobody could reach it.")
        chosen[action] = ",".join(_textual(key, action) for key in listed)
        _refuse_typed(action, chosen[action])
    _refuse_conflicts(chosen)
    return chosen


def _no_action(action: str) -> str:
    near = get_close_matches(action, DELIVERED, 1, 0.5)
    hint = f" Did you mean {near[0]}?" if near else " docs/keys.md lists them."
    return f"keys: there is no action {action!r}.{hint}"


def _textual(key: str, action: str) -> str:
    """Return a key as Textual calls it: `/` is `slash`."""
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    name = _SIGNS.get(name, name)
    known = len(name) == 1 or name in _NAMED or name in _SIGNS.values()
    if known and all(each in _MODIFIERS for each in modifiers):
        return "+".join((*modifiers, name))
    near = get_close_matches(key, _MODIFIERS, 1) if known else get_close_matches(name, _NAMED, 1)
    hint = f" Did you mean {near[0]}?" if near else " Such are: a, G, /, ctrl+f, pageup, space."
    raise SettingsError(f"keys: {action} has {key!r}, which is no key.{hint}")


def _refuse_typed(action: str, keys: str) -> None:
    """Refuse keys that are all text where the action is: nobody could reach it."""
    if action.partition(".")[0] in _TYPED and all(map(typed, keys.split(","))):
        key = shown(keys.partition(",")[0])
        raise SettingsError(f"keys: {action} has {key}, which is typed there. Take such as ctrl+t.")


def typed(key: str) -> str | None:
    """Return the character that a key, in Textual's words, types; None for any other key."""
    *modifiers, name = key.split("+")
    if {"ctrl", "alt"} & set(modifiers):
        return None
    return name if len(name) == 1 else _CHARACTERS.get(name)


def _refuse_conflicts(chosen: Keymap) -> None:
    """Refuse a key that another action of the same place has; delivered overlaps are meant."""
    for scopes in TOGETHER:
        owners: dict[str, str] = {}
        names = [f"{scope}.{each.id}" for scope in scopes for each in BY_NAME[scope].actions]
        for action in names:
            for key in chosen.get(action, DELIVERED[action]).split(","):
                other = owners.setdefault(key, action)
                if other != action and (action in chosen or other in chosen):
                    raise SettingsError(
                        f"keys: {other} and {action} would both be {shown(key)}. "
                        "Give one of them another key."
                    )
