"""The delivered record, to fold, search and copy from; the path of the cursor stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.filter_bar import FilterInput
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.json_lines import JsonLines, Key, Line, copied, path_text, scalar
from tui.widgets.line_view import LineView
from tui.widgets.message import message
from tui.widgets.printable import fit, safe
from tui.widgets.wording import count


class RecordTree(LineView):
    """The lines of one record."""

    DEFAULT_CSS = """
    RecordTree { background: $background; width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("record")

    @message
    class CopyRequested(Message):
        """The user wants this text on the clipboard."""

        text: str

    @message
    class Moved(Message):
        """The cursor stands on another value; `path` is safe to show."""

        path: str

    @message
    class Found(Message):
        """A search ended: hit `number` of `total`, both 0 when there is none."""

        number: int
        total: int

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self._json = JsonLines({})
        self._cut_to = 0
        """The width that texts are cut for."""
        self._hits: list[tuple[Key, ...]] = []
        self._hit = 0

    def show(self, record: Mapping[str, object]) -> None:
        """Show another record from its beginning."""
        self._cut_to = self.size.width
        self._json = JsonLines(record, self._room)
        self._hits = []
        self.set_count(len(self._json.lines), 0, 0)
        self.cursor_moved()

    @property
    def current(self) -> Line | None:
        """The line under the cursor."""
        lines = self._json.lines
        return lines[self.cursor] if self.cursor < len(lines) else None

    def search(self, text: str) -> None:
        """Find a text in keys and values, folded or not, and go to the first hit."""
        self._hits = self._json.find(text)
        self._hit = -1
        self.action_find(1)

    def action_find(self, by: int) -> None:
        """Go to the next hit, or back; after the last comes the first."""
        if not self._hits:
            self.post_message(self.Found(0, 0))
            return
        self._hit = (self._hit + by) % len(self._hits)
        index = self._json.reveal(self._hits[self._hit])
        self._changed(index)
        self.post_message(self.Found(self._hit + 1, len(self._hits)))

    def action_turn(self) -> None:
        """Unfold the value under the cursor, or fold it."""
        line = self.current
        if line is not None and line.opened:
            self._json.close(self.cursor)
        elif line is not None:
            self._json.open(self.cursor)
        self._changed(self.cursor)

    def action_unfold(self) -> None:
        """Unfold the value under the cursor; when it is, step into it."""
        line = self.current
        if line is not None and line.opened:
            self.go(self.cursor + 1)
        elif line is not None and line.foldable:
            self.action_turn()

    def action_fold(self) -> None:
        """Fold the value under the cursor; when there is nothing to fold, step out of it."""
        line = self.current
        if line is not None and line.opened:
            self.action_turn()
        elif line is not None:
            self.go(self._json.parent(self.cursor))

    def action_copy_value(self) -> None:
        """Ask for the value under the cursor on the clipboard."""
        if self.current is not None:
            self.post_message(self.CopyRequested(copied(self._json.whole(self.cursor))))

    def action_copy_path(self) -> None:
        """Ask for the path under the cursor on the clipboard."""
        if self.current is not None:
            self.post_message(self.CopyRequested(path_text(self.current.path)))

    def on_resize(self) -> None:
        """Cut long texts for the width there is."""
        if self._cut_to != self.size.width:
            self._cut_to = self.size.width
            self._changed(self._json.fit(self.cursor))

    def clicked(self, times: int) -> None:
        """Fold or unfold by a second click."""
        if times == 2:
            self.action_turn()

    def cursor_moved(self) -> None:
        """Tell the path under the cursor."""
        if self.current is not None:
            self.post_message(self.Moved(safe(path_text(self.current.path), 300)))

    def empty(self) -> str:
        """Return what stands here before a record does."""
        return "No record to show."

    def _changed(self, cursor: int) -> None:
        self.set_count(len(self._json.lines), cursor)
        self.cursor_moved()

    # Drawing.

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one key with its value, or with what is folded away behind it."""
        line = self._json.lines[index]
        sign = " "
        if line.foldable:
            sign = self.glyphs.opened if line.opened else self.glyphs.folded
        before, name = _before(line.path)
        text, tone = self._value(line)
        shown = fit(safe(text, 4 * width), max(0, self._room(line.path)))
        parts = [(f"{before}{sign} ", "muted"), (name, "accent"), (shown, tone)]
        return tones.strip(self, parts, ground).crop(0, width)

    def _room(self, path: tuple[Key, ...]) -> int:
        """Return the cells for a value, beside its key and the thumb."""
        return self.size.width - 1 - cell_len("".join(_before(path))) - 2

    def _value(self, line: Line) -> tuple[str, str]:
        value = line.value
        if isinstance(value, Mapping):
            return _folded(len(value), "{}", "key", opened=line.opened), "muted"
        if isinstance(value, list):
            return _folded(len(value), "[]", "element", opened=line.opened), "muted"
        if isinstance(value, str):
            if line.opened:
                return f"text of {count(len(value))} characters", "muted"
            return scalar(value[:2_000]), "text"
        return scalar(value), "ok" if isinstance(
            value, int | float
        ) and value is not False else "failed"


def _before(path: tuple[Key, ...]) -> tuple[str, str]:
    """Return what stands before the sign of a value, and its name behind that."""
    key = path[-1]
    indent = "  " * min(len(path) - 1, 20)
    return f" {indent}", "" if key.kind == "piece" else f"{safe(str(key.name), 200)}: "


def _folded(size: int, brackets: str, unit: str, *, opened: bool) -> str:
    if opened:
        return ""
    many = "" if size == 1 else "s"
    return f"{brackets[0]} {count(size)} {unit}{many} {brackets[1]}" if size else brackets


class RecordView(Vertical):
    """A record with a line for its path, and one to search it while `/` is pressed."""

    DEFAULT_CSS = """
    RecordView { height: 1fr; width: 1fr; background: $background; }
    RecordView > #path { height: 1; background: $surface; color: $muted; padding: 0 1; }
    RecordView > FilterInput {
        display: none; height: 1; border: none; padding: 0 1; background: $surface;
        &:focus { border: none; background: $surface; background-tint: $surface 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("record-search")

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self._path = ""

    def compose(self) -> ComposeResult:
        """Lay out the record and its lines."""
        yield RecordTree(glyphs=self.glyphs)
        yield Static("", id="path", markup=False)
        yield FilterInput(placeholder="search keys and values", select_on_focus=False)

    @property
    def tree_view(self) -> RecordTree:
        """The record itself."""
        return self.query_one(RecordTree)

    def show(self, record: Mapping[str, object]) -> None:
        """Show another record."""
        self.tree_view.show(record)

    def action_search(self) -> None:
        """Ask what to search for."""
        asked = self.query_one(FilterInput)
        asked.display = True
        asked.focus()

    @on(FilterInput.Submitted)
    def _submitted(self, event: FilterInput.Submitted) -> None:
        event.stop()
        event.input.display = False
        self.tree_view.focus()
        self.tree_view.search(event.value)

    @on(RecordTree.Moved)
    def _moved(self, event: RecordTree.Moved) -> None:
        self._path = event.path
        self._say("")

    @on(RecordTree.Found)
    def _found(self, event: RecordTree.Found) -> None:
        self._say(f"   {event.number} of {event.total}" if event.total else "   not found")

    def _say(self, more: str) -> None:
        self.query_one("#path", Static).update(
            Text(self._path + more, no_wrap=True, overflow="ellipsis")
        )
