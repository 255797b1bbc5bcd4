"""Two lines of where things stand: whose events these are and how fresh; which are missing."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets import tones
from tui.widgets.printable import fit, safe

_APART = " · "
"""What stands between words that are said or left out together."""


class Status(NamedTuple):
    """What a status line says: words at either end, each with a tone of `tones.TONES`."""

    left: str = ""
    """Such as `3 accounts · 4 regions`."""
    right: str = ""
    """Such as `following, behind 1 m 12 s`."""
    right_tone: str = "muted"
    name: str = ""
    """Said first, in the accent colour."""


class StatusLine(Widget):
    """One line with words at both ends; where they meet, the left one gives way, part by part."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StatusLine { height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, status: Status | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._status = status or Status()

    @property
    def status(self) -> Status:
        """What the line says."""
        return self._status

    def show(self, status: Status) -> None:
        """Say something else; the same again draws nothing."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        if y:
            return tones.strip(self, [(" " * width, "muted")])
        status = self._status
        right = f" {safe(status.right)} " if status.right else ""
        right = fit(right, min(cell_len(right), width))
        room = width - cell_len(right)
        name = f" {safe(status.name)}" if status.name else ""
        name = fit(name, min(cell_len(name), room))
        left = _shortened(f" {safe(status.left)}", room - cell_len(name))
        parts = [(name, "accent"), (left, "muted"), (right, status.right_tone)]
        return tones.strip(self, parts)


def _shortened(words: str, width: int) -> str:
    """Return words of exactly `width` cells, of what is set apart whole ones as far as may be."""
    said = words
    while cell_len(said) > width and _APART in words:
        words = words.rpartition(_APART)[0]
        said = f"{words} …"
    return fit(said, width)
