"""A question answered by one typed line: what it asks, the line, what is wrong with it, examples.

Owns how such a screen is laid out; what a line means is said by who asks.
"""

from __future__ import annotations

from typing import TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.widgets.filter_bar import FilterInput
from tui.widgets.key_line import KeyLine
from tui.widgets.printable import safe

Answer = TypeVar("Answer")


class OneLineScreen(ModalScreen[Answer | None]):
    """Ends with what was typed, or what it stands for; None to leave all as it was."""

    DEFAULT_CSS = """
    OneLineScreen { align: center middle; }
    OneLineScreen > Vertical {
        width: 76; max-width: 100%; height: auto; background: $panel; padding: 1 2;
    }
    OneLineScreen Static { color: $muted; height: auto; }
    OneLineScreen #title { color: $accent-color; }
    OneLineScreen #said { color: $result-denied; min-height: 1; }
    OneLineScreen Input {
        height: 1; border: none; padding: 0 1; margin: 1 0; background: $surface;
        &:focus { border: none; background-tint: $surface 0%; }
    }
    """
    ASKS = ""
    PLACEHOLDER = ""
    FORMS = ""
    """What one might type, a line each."""
    KEPT = ""
    """What comes of it, and for how long."""

    def __init__(self, typed: str = "") -> None:
        super().__init__()
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Lay out the line, room for what is wrong with it, and what one might type."""
        with Vertical():
            yield Static(self.ASKS, id="title", markup=False)
            yield FilterInput(self._typed, placeholder=self.PLACEHOLDER, select_on_focus=False)
            yield Static("", id="said", markup=False)
            yield Static(self.FORMS, markup=False)
            yield Static(f"\n{self.KEPT}", markup=False)
        yield KeyLine()

    def refuse(self, why: str) -> None:
        """Say what is wrong with the line, until it is changed."""
        self.query_one("#said", Static).update(Text(safe(why)))

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#said", Static).update("")
