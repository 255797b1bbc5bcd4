"""The five hints of a first run, as a table; their keys are those the user has."""

from __future__ import annotations

from tui.keymap import Keys
from tui.widgets.hints import Hint

_HINTS = (
    ("events.filter", "type error:any: every failed call; Tab completes", ()),
    (
        "facets.include",
        "in the facets ({}, {}): only this value's events",
        ("events.facets", "events.next_pane"),
    ),
    ("table.open", "the event's record, as it was delivered", ()),
    (
        "events.histogram",
        "pick a time with {}, {}, {} and {}",
        ("histogram.earlier", "histogram.later", "histogram.select-later", "histogram.pick"),
    ),
    ("anywhere.help", "the keys that work where you are. That is all!", ()),
)
"""Action, what is said of it, whose keys are in that; 80 columns have room for so much."""
_AWAY = "events.no_hints"


def tour(keys: Keys) -> tuple[Hint, ...]:
    """Return the hints, with the keys put in place of the delivered ones."""
    return tuple(
        Hint(keys.all(action), words.format(*(keys[each] for each in named)))
        for action, words, named in _HINTS
    )


def away(keys: Keys) -> str:
    """Return the key that sends them away."""
    return keys.all(_AWAY).partition(",")[0]
