"""A line between two events of the table: what came since the user looked stands above it.

Owns how positions of events and lines of the table differ by it; it draws nothing.
"""

from __future__ import annotations

import sys
from typing import NamedTuple


class Divider(NamedTuple):
    """A line above the event at `position`, with a text on it."""

    position: int = sys.maxsize
    text: str = ""

    def within(self, total: int) -> Divider:
        """Return the divider if it divides so many events, else one that is nowhere."""
        return self if 0 < self.position < total else Divider()

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return int(self.position != sys.maxsize)

    def line_of(self, position: int) -> int:
        """Return the line an event stands on."""
        return position + (position >= self.position)

    def position_of(self, line: int) -> int:
        """Return the event on a line; of the divider's own, the event below it."""
        return line - (line > self.position)
