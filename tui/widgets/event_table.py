"""The events, newest first, as a table of any length.

It holds no rows but a few windows of them: it knows how many events there are and asks for the
rows in view, and a page ahead, by message. Until they come, a dim line stands in their place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.domain.answer import WINDOW, Row
from tui.widgets import columns, event_line, tones
from tui.widgets.bindings import bindings
from tui.widgets.divider import Divider
from tui.widgets.line_view import LineView
from tui.widgets.message import message
from tui.widgets.printable import fit, safe

WINDOWS = 32
"""Windows kept; the least recently drawn goes first."""


class Place(NamedTuple):
    """Where the user is, by row numbers: what has to stay where it is when events come."""

    cursor: int | None = None
    """The event under the cursor; None at the newest, whichever that is."""
    top: int | None = None
    """The first event in view, where the cursor is out of it."""


class EventTable(LineView):
    """A table of events; `position` is one in the answer, 0 the newest event."""

    HEADER = 1
    DEFAULT_CSS = """
    EventTable { background: $background; width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("table")

    @message
    class WindowWanted(Message):
        """Rows are in view that the table has not got; `put_rows` answers."""

        first: int
        count: int
        generation: int

    @message
    class Highlighted(Message):
        """The cursor stands on this event."""

        position: int
        row: Row

    @message
    class Opened(Message):
        """The user wants to see this event."""

        position: int
        row: Row

    def __init__(
        self,
        *,
        setting: columns.Setting | None = None,
        empty: str = "No events match.",
        id: str | None = None,  # noqa: A002
    ) -> None:
        self.setting = setting or columns.Setting()
        super().__init__(glyphs=self.setting.glyphs, id=id)
        self._windows: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0
        self._ids: tuple[str, ...] | None = None
        self._arranged: tuple[tuple[columns.Column, int], ...] = ()
        self._layout_width = -1
        self._empty = empty
        self._divider = Divider()
        self.signs: Mapping[int, str] = {}
        """By row number, one cell that marks an event, drawn behind the first column.

        Behind that is a cell for the sign of an event that a saved filter highlights.
        """

    @property
    def count(self) -> int:
        """How many events there are."""
        return self._count - self._divider.lines

    @property
    def position(self) -> int:
        """Which event of the answer the cursor stands on."""
        return self._divider.position_of(self.cursor)

    @property
    def generation(self) -> int:
        """Which answer the table shows."""
        return self._generation

    @property
    def current(self) -> Row | None:
        """The event under the cursor, if it is here."""
        return self.row_at(self.position)

    @property
    def at_newest(self) -> bool:
        """Whether the newest event is in view and under the cursor, whichever that is."""
        return self.cursor == 0 and self.top == 0

    def to_newest(self) -> None:
        """Go back to the newest event."""
        self.go(0)

    def place(self, *, held: bool = False) -> Place:
        """Return where the user is; at the newest event only `held` keeps that very event."""
        current = self.current
        if current is None or (self.at_newest and not held):
            return Place()
        if self.top <= self.cursor < self.top + max(1, self.body_height):
            return Place(current.number)
        first = self.row_at(self._divider.position_of(self.top))
        return Place(current.number, first.number if first else None)

    def row_at(self, position: int) -> Row | None:
        """Return the event at a position, if it is here."""
        window = self._windows.get(position // WINDOW)
        offset = position % WINDOW
        return window[offset] if window and offset < len(window) else None

    # What the screen tells the table.

    def reset(
        self,
        total: int,
        generation: int,
        cursor: int = 0,
        *,
        top: int | None = None,
        rows: Sequence[Row] = (),
        first: int = 0,
        empty: str | None = None,
        divider: Divider | None = None,
    ) -> None:
        """Show another answer; the line of the cursor stays at its height on the screen.

        To keep the same event under the cursor when others arrive above it, the caller passes
        that event's position in the new answer as `cursor`; where the cursor is out of view, `top`
        is the position that stays first in it. `rows` from `first` on spare the table a request,
        and the eye a flicker. `empty` is the sentence for an answer without events.
        """
        height = self.cursor - self.top
        self._windows.clear()
        self._asked.clear()
        self._generation = generation
        self._empty = empty if empty is not None else self._empty
        self._keep(first, rows, total)
        self._divider = (divider or Divider()).within(total)
        line = self._divider.line_of(cursor)
        start = max(0, line - height) if top is None else self._divider.line_of(top)
        self.set_count(total + self._divider.lines, line, start, reveal=top is None)
        self._want()
        self._tell()

    def put_rows(self, generation: int, first: int, rows: Sequence[Row]) -> None:
        """Take the rows of a window that was wanted; those of another answer are dropped."""
        if generation != self._generation:
            return
        unknown = self.current is None
        self._keep(first, rows, self.count)
        self.refresh_index(self._divider.line_of(first), len(rows) + self._divider.lines)
        if unknown:
            self._tell()

    @property
    def shown_ids(self) -> tuple[str, ...]:
        """The columns shown now, in their order."""
        return self._ids or columns.default_ids(self.size.width)

    def show_columns(self, ids: Sequence[str] | None) -> None:
        """Show these columns in this order; None chooses by width. Unknown ids raise KeyError."""
        self._ids = tuple(columns.BY_ID[name].id for name in ids) if ids is not None else None
        self._layout_width = -1
        self.refresh()

    def _keep(self, first: int, rows: Sequence[Row], total: int) -> None:
        """Keep the whole windows among the rows; half a window would look like a full one."""
        for window in range(-(-first // WINDOW), (first + len(rows) + WINDOW - 1) // WINDOW):
            start = window * WINDOW - first
            kept = rows[start : start + WINDOW]
            self._asked.discard(window)
            if len(kept) == min(WINDOW, total - window * WINDOW):
                self._windows[window] = kept
                self._windows.move_to_end(window)
        while len(self._windows) > WINDOWS:
            self._windows.popitem(last=False)

    def _want(self) -> None:
        """Ask for the windows in view first, then for those a page on either side."""
        page = self.body_height
        if not self.count or not page:
            return
        top = self._divider.position_of(self.top)
        self._ask(top, top + page)
        self._ask(top - page, top + 2 * page)

    def _ask(self, start: int, end: int) -> None:
        wanted = range(max(0, start) // WINDOW, (min(end, self.count) - 1) // WINDOW + 1)
        missing = [n for n in wanted if n not in self._windows and n not in self._asked]
        self._asked.update(missing)
        for _, run in groupby(enumerate(missing), lambda pair: pair[1] - pair[0]):
            windows = [number for _, number in run]
            first = windows[0] * WINDOW
            rows = min(len(windows) * WINDOW, self.count - first)
            self.post_message(self.WindowWanted(first, rows, self._generation))

    def _tell(self) -> None:
        row = self.current
        if row is not None:
            self.post_message(self.Highlighted(self.position, row))

    def go(self, index: int) -> None:
        """Put the cursor on a line and bring it into view; it steps over the divider."""
        if self._divider.lines and index == self._divider.position:
            index += 1 if index >= self.cursor else -1
        super().go(index)

    def cursor_moved(self) -> None:
        """Tell which event the cursor stands on."""
        self._tell()

    def view_moved(self) -> None:
        """Ask for what came into view."""
        self._want()

    def action_open(self) -> None:
        """Tell that the user wants to see the event under the cursor."""
        row = self.current
        if row is not None:
            self.post_message(self.Opened(self.position, row))

    def clicked(self, times: int) -> None:
        """Open on the second click."""
        if times == 2:
            self.action_open()

    # Drawing.

    def empty(self) -> str:
        """Return why there is nothing to see."""
        return safe(self._empty)

    def say_why_empty(self, text: str) -> None:
        """Say something else where there is no event."""
        if text != self._empty:
            self._empty = text
            if not self._count:
                self.refresh()

    def header(self, width: int) -> Strip:
        """Return the titles of the columns."""
        titles = event_line.titles(self._columns(width - 1), self.setting.zone)
        return tones.strip(self, [(fit(titles, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one event, or a dim line for one that is on its way."""
        if self._divider.lines and index == self._divider.position:
            return self._dividing(width)
        position = self._divider.position_of(index)
        row = self.row_at(position)
        if row is None:
            return tones.strip(
                self, [(fit(f"    {self.glyphs.waiting * 3}", width), "faint")], ground
            )
        if position // WINDOW in self._windows:
            self._windows.move_to_end(position // WINDOW)
        sign = self.signs.get(row.number, "")
        parts = event_line.parts(row, self._columns(width), self.setting, sign)
        if ground:
            parts = [(text, event_line.under_cursor(tone)) for text, tone in parts]
        return tones.strip(self, parts, ground)

    def _dividing(self, width: int) -> Strip:
        rule = self.glyphs.empty
        text = f"{rule * 4} {safe(self._divider.text)} "
        return tones.strip(self, [(fit(text + rule * width, width), "accent")])

    def _columns(self, width: int) -> tuple[tuple[columns.Column, int], ...]:
        if width != self._layout_width:
            ids = self._ids if self._ids is not None else columns.default_ids(width)
            self._arranged, self._layout_width = columns.layout(ids, width), width
        return self._arranged
