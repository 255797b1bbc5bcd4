"""Who else needs the key that leads into the filter."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input

from tui.widgets.record_tree import RecordView


def slash_is_taken(focused: Widget | None) -> bool:
    """Return whether a slash means something else: where text is typed, and in a record."""
    around = focused.ancestors_with_self if focused else ()
    return any(isinstance(each, Input | RecordView) for each in around)
