"""The least a Textual app can show: one word. What any such program takes to start."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

WORD = "ready"


class Empty(App[None]):
    """One word, until q is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        """Show the word."""
        yield Static(WORD)


if __name__ == "__main__":
    Empty().run()
