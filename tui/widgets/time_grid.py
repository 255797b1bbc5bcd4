"""Lines of stretches of time, a sign for each, with a cursor on one of them.

Every line has the same stretches; the newest stands right. What a stretch is, its sign and the
label of its line, a subclass says. Each state has a sign of its own; the colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from tui.domain.answer import Span
from tui.widgets import tones
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe

LABEL = 30
"""Cells of the label, where there is room for them."""


class Stretch(Protocol):
    """Something that stands for a range of time."""

    @property
    def span(self) -> Span:
        """The range, in ms since 1970 UTC."""


T = TypeVar("T", bound=Stretch)


class TimeGrid(LineView, Generic[T]):
    """The grid."""

    HEADER = 2

    class Moved(Message):
        """The cursor stands on another cell."""

    class ZoomWanted(Message):
        """More is wanted of the cell under the cursor."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._rows: list[list[T]] = []
        self._column = 0
        self._left = 0

    # What a subclass says.

    def label(self, row: Sequence[T]) -> str:
        """Return what a line is about."""
        raise NotImplementedError

    def look(self, cell: T) -> tuple[str, str]:
        """Return the sign of a stretch, and its tone."""
        raise NotImplementedError

    def mark(self, moment: datetime) -> str:
        """Return what stands above the stretch that begins then, mostly nothing."""
        raise NotImplementedError

    @property
    def cell_width(self) -> int:
        """How many cells a stretch takes."""
        return 1

    # What it shows.

    @property
    def current(self) -> T | None:
        """The cell under the cursor."""
        return self._rows[self.cursor][self._column] if self._rows else None

    def show(self, rows: Sequence[Sequence[T]], *, keep: bool = True) -> None:
        """Show rows of cells, each oldest first; the cursor keeps its place or goes to the end."""
        before = self.current if keep else None
        self._rows = [list(row) for row in rows]
        starts = [cell.span.start for cell in self._rows[0]] if self._rows else []
        at = before.span.start if before else None
        self._column = starts.index(at) if at in starts else max(0, len(starts) - 1)
        self.set_count(len(self._rows), self.cursor)
        self._reveal_column()
        self.post_message(self.Moved())

    @property
    def in_view(self) -> Span | None:
        """The time that is in view."""
        shown = self._in_view(self._rows[0], self.size.width) if self._rows else []
        return Span(shown[0].span.start, shown[-1].span.end) if shown else None

    def go_to(self, start: int) -> None:
        """Put the cursor on the stretch that begins at `start`, if there is one."""
        starts = [cell.span.start for cell in self._rows[0]] if self._rows else []
        if start in starts:
            self.action_move(starts.index(start) - self._column)

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
        """Ask for more of the cell."""
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
        at = self._label(width) + (self._column - self._left) * self.cell_width
        return tones.strip(self, [(fit(" " * at + self.glyphs.opened, width), "accent")])

    def header(self, width: int) -> Strip:
        """Return what stands above the columns."""
        if not self._rows:
            return tones.strip(self, [(" " * width, "muted")])
        line = " " * self._label(width)
        for index, cell in enumerate(self._in_view(self._rows[0], width)):
            at = self._label(width) + index * self.cell_width
            mark = self.mark(datetime.fromtimestamp(cell.span.start / 1000, UTC))
            if mark and at + len(mark) <= width and at >= len(line.rstrip()) + (index > 0):
                line = line[:at].ljust(at) + mark
        return tones.strip(self, [(fit(line, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return the cells of one line."""
        row = self._rows[index]
        label = self._label(width)
        name = safe(self.label(row))
        strips = [
            tones.strip(self, [(fit(f" {name}", label - 1, keep_end=True) + " ", "text")], ground)
        ]
        for number, cell in enumerate(self._in_view(row, width), self._left):
            chosen = number == self._column
            look = Style(reverse=not ground.reverse) if ground and chosen else ground
            sign, tone = self.look(cell)
            strips.append(tones.strip(self, [(sign * self.cell_width, tone)], look))
        fill = (" " * max(0, width - sum(strip.cell_length for strip in strips)), "muted")
        return Strip.join([*strips, tones.strip(self, [fill], ground)]).simplify()

    def _in_view(self, row: list[T], width: int) -> list[T]:
        return row[self._left : self._left + self._columns(width)]

    def _label(self, width: int) -> int:
        return min(LABEL, width // 2)

    def _columns(self, width: int) -> int:
        return max(1, (width - 1 - self._label(width)) // self.cell_width)

    def _reveal_column(self) -> None:
        room = self._columns(self.size.width - 1)
        total = len(self._rows[0]) if self._rows else 0
        first = min(self._left, self._column, max(0, total - room))
        self._left = max(first, self._column - room + 1, 0)
        if self._column >= total - 1:
            self._left = max(0, total - room)
