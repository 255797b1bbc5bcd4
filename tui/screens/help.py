"""The keys of the events screen, made from the table of actions."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import EVENTS, LISTS, Action

_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
}
_WIDTH = 14


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen; any of its own keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        background: $panel; padding: 1 2;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with VerticalScroll():
            yield Static(_text(), markup=False)


def _text() -> Text:
    lines = [("KEYS", "")]
    lines += [(_keys(action), action.help) for action in EVENTS]
    lines += [("", ""), ("IN LISTS", ""), *LISTS]
    text = Text()
    for keys, meaning in lines:
        text.append(f"{keys:<{_WIDTH}}", "bold")
        text.append(f"{meaning}\n")
    text.append("\nEsc closes this.")
    return text


def _keys(action: Action) -> str:
    return ", ".join(_SHOWN.get(key, key) for key in action.keys.split(","))
