"""The bindings of the events screen, made from the table of actions."""

from __future__ import annotations

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from tui.actions import EVENTS, Action
from tui.widgets.record_tree import RecordView

_OTHERS = ("quit", "record")
"""Actions of the app and of the table."""


def _binding(action: Action) -> Binding:
    # The slash comes before the next key is looked at, as that has to go to the filter already.
    return Binding(
        action.keys,
        action.id,
        action.label,
        show=action.footer,
        tooltip=action.help,
        id=action.id,
        priority=action.id == "filter",
    )


BINDINGS = tuple(_binding(action) for action in EVENTS if action.id not in _OTHERS)


def slash_is_taken(focused: Widget | None) -> bool:
    """Return whether a slash means something else: where text is typed, and in a record."""
    around = focused.ancestors_with_self if focused else ()
    return any(isinstance(each, Input | RecordView) for each in around)
