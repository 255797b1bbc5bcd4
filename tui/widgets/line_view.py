"""A scrolling view that draws one line at a time, with a cursor; nothing off the screen exists.

The base of the event table, the facets and the record. It owns the cursor, the scrolling and
which lines are drawn anew: a step of the cursor redraws two lines, over a slow link that is what
"instant" means. A subclass says how many lines there are and what stands on each.

Instead of a scrollbar, whose repaint costs a third of a page's bytes, the last cell of the lines
beside it carries a thumb.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.printable import fit


class LineView(ScrollView, can_focus=True):
    """Lines with a cursor; `cursor` is a line number, 0 also when there are none."""

    HEADER = 0
    """Lines at the top that do not scroll."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 0 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self.cursor = 0
        self._count = 0
        self._drawn: dict[int, Strip] = {}
        """What stands on the screen, by line of the view."""
        self._comparing = False

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._count

    @property
    def body_height(self) -> int:
        """How many lines the view has room for."""
        return max(0, self.size.height - self.HEADER)

    @property
    def top(self) -> int:
        """The first line in view."""
        return self.scroll_offset.y

    # What a subclass says.

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return line `index`, exactly `width` cells, on `ground` where the cursor stands."""
        raise NotImplementedError

    def header(self, width: int) -> Strip:
        """Return the line that does not scroll."""
        raise NotImplementedError

    def empty(self) -> str:
        """Return the sentence that stands where there are no lines."""
        return ""

    def cursor_moved(self) -> None:
        """Take note that the cursor stands elsewhere."""

    def view_moved(self) -> None:
        """Take note that other lines are in view."""

    # What a subclass asks for.

    def set_count(
        self, count: int, cursor: int, top: int | None = None, *, reveal: bool = True
    ) -> None:
        """Take a new number of lines, with the cursor on `cursor` and `top` first in view.

        The cursor is brought into view unless `reveal` says to leave the view where it is. Only
        what changes by it is drawn.
        """
        with self._drawing_changes():
            self._count = count
            self._take_size()
            self.cursor = max(0, min(cursor, count - 1))
            if top is not None:
                self._scroll_top(top)
            if reveal:
                self._reveal()

    def _take_size(self) -> None:
        # No layout depends on it: nothing but this view is to be drawn anew.
        self.set_reactive(Widget.virtual_size, Size(self.size.width, self._count + self.HEADER))

    @contextmanager
    def _drawing_changes(self) -> Iterator[None]:
        """Draw what is another afterwards, segment by segment: over a slow link that is much."""
        self._comparing = True
        try:
            yield
        finally:
            self._comparing = False
        drawn, self._drawn = self._drawn, {}
        if len(drawn) != self.size.height:
            self.refresh()
        elif changes := list(self._changes(drawn)):
            self.refresh(*changes)

    def _changes(self, drawn: dict[int, Strip]) -> Iterator[Region]:
        for y, before in drawn.items():
            x = 0
            stood = set(_placed(before))
            for segment in self.render_line(y):
                if (x, segment.text, segment.style) not in stood:
                    yield Region(x, y, segment.cell_length, 1)
                x += segment.cell_length

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw anew, unless what changes is about to be found by comparing."""
        if self._comparing and not (layout or recompose):
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def go(self, index: int) -> None:
        """Put the cursor on a line and bring it into view."""
        before, self.cursor = self.cursor, max(0, min(index, self._count - 1))
        if before == self.cursor:
            self._reveal()
            return
        self.refresh_index(before)
        self.refresh_index(self.cursor)
        self._reveal()
        self.cursor_moved()

    def refresh_index(self, index: int, lines: int = 1) -> None:
        """Draw the lines from `index` on anew, as far as they are in view."""
        first = max(index, self.top)
        last = min(index + lines, self.top + self.body_height)
        if first < last:
            y = first - self.top + self.HEADER
            self.refresh(Region(0, y, self.size.width, last - first))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Return one line of the view, in screen lines from the top."""
        strip = self._drawn[y] = self._line_at(y)
        return strip

    def _line_at(self, y: int) -> Strip:
        width = self.size.width
        if y < self.HEADER:
            return self.header(width)
        index = self.top + y - self.HEADER
        if index < self._count:
            return self._edged(self.line(index, width - 1, self.ground(index)), y - self.HEADER)
        text = "" if self._count else self._empty_line(y - self.HEADER, width)
        return tones.strip(self, [(fit(text, width), "muted")])

    def _empty_line(self, line: int, width: int) -> str:
        """Return one line of the sentence that stands where there are none, below a blank one."""
        lines = wrap(self.empty(), max(1, width - 2))
        place = line - max(0, min(1, self.body_height - len(lines)))
        return f" {lines[place]}" if 0 <= place < len(lines) else ""

    def ground(self, index: int) -> Style | None:
        """Return what lies behind the line of the cursor; None for any other line."""
        if index != self.cursor:
            return None
        return tones.ground(self, "selection" if self.has_focus else "resting")

    def _edged(self, strip: Strip, line: int) -> Strip:
        """Return the line with the thumb, or a blank that costs nothing, at its end."""
        last = (
            next((segment.style for segment in reversed(strip) if segment.style), None) or Style()
        )
        if not self._thumb(line):
            return strip.adjust_cell_length(strip.cell_length + 1, last).simplify()
        tone = tones.style(self, "accent" if self.has_focus else "muted")
        style = tone + Style(bgcolor=last.bgcolor)
        return Strip([*strip, Segment(self.glyphs.thumb, style)])

    def _thumb(self, line: int) -> bool:
        height = self.body_height
        if self._count <= height:
            return False
        size = max(1, height * height // self._count)
        start = round((height - size) * self.top / max(1, self._count - height))
        return start <= line < start + size

    # Moving.

    def action_step(self, by: int) -> None:
        """Move the cursor by so many lines."""
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move cursor and view by so many pages, so that the eye finds it at the same height."""
        step = by * max(1, self.body_height)
        self._scroll_top(self.top + step)
        self.go(self.cursor + step)

    def action_first(self) -> None:
        """Go to the first line."""
        self.go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go(self._count - 1)

    def _scroll_top(self, top: int) -> None:
        top = max(0, min(top, self._count - self.body_height))
        self.scroll_to(y=top, animate=False, force=True)

    def _reveal(self) -> None:
        height = self.body_height
        if not height:
            return
        if self.cursor < self.top:
            self._scroll_top(self.cursor)
        elif self.cursor >= self.top + height:
            self._scroll_top(self.cursor - height + 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.view_moved()

    def on_resize(self) -> None:
        """Keep the cursor in view whatever the size."""
        self._take_size()
        self._reveal()
        self.view_moved()

    def on_focus(self) -> None:
        """Show where the keys go now."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere now."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor under the mouse; in the last column, jump by proportion."""
        line = event.y - self.HEADER
        if line < 0 or not self._count:
            return
        if event.x >= self.size.width - 1 and self._count > self.body_height:
            self.go(line * self._count // max(1, self.body_height - 1))
        elif self.top + line < self._count:
            self.go(self.top + line)
            self.clicked(event.chain)

    def clicked(self, times: int) -> None:
        """Take note of a click on the line of the cursor; `times` is 2 for a double click."""


def _placed(strip: Strip) -> Iterator[tuple[int, str, Style | None]]:
    """Yield each segment with the cell it begins in."""
    x = 0
    for segment in strip:
        yield x, segment.text, segment.style
        x += segment.cell_length
