"""What a first run is told: one hint at a time, on one line, until its key was pressed."""

from __future__ import annotations

from typing import NamedTuple

from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.actions import all_shown
from tui.widgets import tones
from tui.widgets.printable import fit


class Hint(NamedTuple):
    """A key, in Textual's words with commas, and what it is good for."""

    keys: str
    words: str


class Hints(Widget):
    """One line; it goes away after the last hint."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Hints { height: 1; width: 1fr; background: $selection; }"

    class Ended(Message):
        """There is no further hint, or none is wanted."""

    def __init__(self, hints: tuple[Hint, ...], dismiss: str) -> None:
        """`dismiss` is the key that sends them away, in Textual's words."""
        super().__init__()
        self._hints = hints
        self._dismiss = dismiss
        self._at = 0

    @property
    def current(self) -> Hint | None:
        """The hint that is shown."""
        return self._hints[self._at] if self._at < len(self._hints) else None

    def pressed(self, key: str) -> None:
        """Go on, if the key is one of the current hint's."""
        current = self.current
        if current is None or key not in current.keys.split(","):
            return
        self._at += 1
        if self.current is None:
            self.end()
        else:
            self.refresh()

    def end(self) -> None:
        """Go away."""
        self._at = len(self._hints)
        self.display = False
        self.post_message(self.Ended())

    def render_line(self, y: int) -> Strip:
        """Return the hint, and how to send it away."""
        width = self.size.width
        current = self.current
        if current is None or y:
            return tones.strip(self, [(" " * width, "muted")])
        count = f" {self._at + 1}/{len(self._hints)} "
        key = all_shown(current.keys.partition(",")[0])
        away = f" {all_shown(self._dismiss)}: no hints "
        room = max(0, width - len(count) - len(key) - 1 - len(away))
        parts = [(count, "muted"), (key, "accent"), (fit(f" {current.words}", room + 1), "text")]
        return tones.strip(self, [*parts, (away, "muted")]).adjust_cell_length(width)
