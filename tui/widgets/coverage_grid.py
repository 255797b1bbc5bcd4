"""What is covered, as a grid: a line for each account and region, a sign for each stretch of time.

Each state has a sign of its own; the colour only repeats it. The newest stretch stands right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.domain.coverage import Cell, State
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe

TONES = {
    State.SYNCED: "ok",
    State.PARTIAL: "medium",
    State.GAP: "denied",
    State.RECENT: "muted",
    State.FAILED: "failed",
    State.UNLOGGED: "muted",
}
HOUR = 3_600_000
_LABEL = 30
"""Cells of account and region, where there is room for them."""
_MONDAY = 0
_HOURS_A_LABEL = 3


def sign(state: State, glyphs: Glyphs) -> str:
    """Return the sign of a state."""
    return glyphs.covered[list(State).index(state)]


class CoverageGrid(LineView):
    """Lines of cells with a cursor on one cell."""

    HEADER = 2
    DEFAULT_CSS = "CoverageGrid { background: $background; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = bindings("coverage-grid")

    class Moved(Message):
        """The cursor stands on another cell."""

    class ZoomWanted(Message):
        """The hours of the cell under the cursor are wanted."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._rows: list[list[Cell]] = []
        self._column = 0
        self._left = 0

    @property
    def current(self) -> Cell | None:
        """The cell under the cursor."""
        return self._rows[self.cursor][self._column] if self._rows else None

    def show(self, rows: Sequence[Sequence[Cell]], *, keep: bool = True) -> None:
        """Show rows of cells, each oldest first; the cursor keeps its place or goes to the end."""
        before = self.current if keep else None
        self._rows = [list(row) for row in rows]
        starts = [cell.span.start for cell in self._rows[0]] if self._rows else []
        at = before.span.start if before else None
        self._column = starts.index(at) if at in starts else max(0, len(starts) - 1)
        self.set_count(len(self._rows), self.cursor)
        self._reveal_column()
        self.post_message(self.Moved())

    def go_to(self, start: int) -> None:
        """Put the cursor on the stretch that begins at `start`, if there is one."""
        starts = [cell.span.start for cell in self._rows[0]] if self._rows else []
        if start in starts:
            self.action_move(starts.index(start) - self._column)

    def empty(self) -> str:
        """Return the sentence for an empty cache."""
        return "Nothing was synced yet. With credentials, trailhound syncs by itself."

    def cursor_moved(self) -> None:
        """Tell that the cursor stands elsewhere."""
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        """Move the cursor in time."""
        columns = len(self._rows[0]) if self._rows else 0
        before, self._column = self._column, max(0, min(self._column + by, columns - 1))
        if before != self._column:
            self._reveal_column()
            self.refresh()
            self.post_message(self.Moved())

    def action_zoom(self) -> None:
        """Ask for the hours of the cell."""
        if self._rows:
            self.post_message(self.ZoomWanted())

    def on_resize(self) -> None:
        """Keep the cursor in view whatever the size."""
        super().on_resize()
        self._reveal_column()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Return one line; the second one points at the column of the cursor."""
        width = self.size.width
        if y != 1:
            return super().render_line(y)
        if not self._rows:
            return tones.strip(self, [(" " * width, "muted")])
        at = self._label(width) + (self._column - self._left) * self._cell_width
        return tones.strip(self, [(fit(" " * at + self.glyphs.opened, width), "accent")])

    def header(self, width: int) -> Strip:
        """Return the days or hours above their columns."""
        if not self._rows:
            return tones.strip(self, [(" " * width, "muted")])
        line = " " * self._label(width)
        for index, cell in enumerate(self._in_view(self._rows[0], width)):
            at = self._label(width) + index * self._cell_width
            mark = self._mark(cell)
            if mark and at + len(mark) <= width and at >= len(line.rstrip()) + (index > 0):
                line = line[:at].ljust(at) + mark
        return tones.strip(self, [(fit(line, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return the cells of one account and region."""
        row = self._rows[index]
        label = self._label(width)
        region = "all regions" if row[0].region == "*" else row[0].region
        name = safe(f"{row[0].account} {region}")
        strips = [
            tones.strip(self, [(fit(f" {name}", label - 1, keep_end=True) + " ", "text")], ground)
        ]
        for number, cell in enumerate(self._in_view(row, width), self._left):
            chosen = number == self._column
            look = Style(reverse=not ground.reverse) if ground and chosen else ground
            text = sign(cell.state, self.glyphs) * self._cell_width
            strips.append(tones.strip(self, [(text, TONES[cell.state])], look))
        fill = (" " * max(0, width - sum(strip.cell_length for strip in strips)), "muted")
        return Strip.join([*strips, tones.strip(self, [fill], ground)]).simplify()

    def _in_view(self, row: list[Cell], width: int) -> list[Cell]:
        return row[self._left : self._left + self._columns(width)]

    def _mark(self, cell: Cell) -> str:
        moment = datetime.fromtimestamp(cell.span.start / 1000, UTC)
        if self._hours:
            return f"{moment:%H}" if moment.hour % _HOURS_A_LABEL == 0 else ""
        return f"{moment:%m-%d}" if moment.weekday() == _MONDAY else ""

    @property
    def _hours(self) -> bool:
        cell = self.current
        return cell is not None and cell.span.end - cell.span.start <= HOUR

    @property
    def _cell_width(self) -> int:
        return 2 if self._hours else 1

    def _label(self, width: int) -> int:
        return min(_LABEL, width // 2)

    def _columns(self, width: int) -> int:
        return max(1, (width - 1 - self._label(width)) // self._cell_width)

    def _reveal_column(self) -> None:
        room = self._columns(self.size.width - 1)
        total = len(self._rows[0]) if self._rows else 0
        first = min(self._left, self._column, max(0, total - room))
        self._left = max(first, self._column - room + 1, 0)
        if self._column >= total - 1:
            self._left = max(0, total - room)
