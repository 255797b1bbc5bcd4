"""The five hints of a first run, as a table; their keys are those the user has."""

from __future__ import annotations

from tui.keymap import DELIVERED, Keymap
from tui.widgets.hints import Hint

_HINTS = (
    ("events.filter", "type error:any: every failed call; Tab completes"),
    ("facets.include", "in the facets (b, Tab): only this value's events"),
    ("table.open", "the event's record, as it was delivered"),
    ("events.histogram", "pick a time: arrows, with Shift a range; Enter"),
    ("app.help", "the keys that work where you are. That is all!"),
)
"""Action, and what is said of it; 80 columns have room for so much."""
_AWAY = "events.no_hints"


def tour(keys: Keymap) -> tuple[Hint, ...]:
    """Return the hints, with the keys put in place of the delivered ones."""
    return tuple(Hint(keys.get(action, DELIVERED[action]), words) for action, words in _HINTS)


def away(keys: Keymap) -> str:
    """Return the key that sends them away."""
    return keys.get(_AWAY, DELIVERED[_AWAY]).partition(",")[0]
