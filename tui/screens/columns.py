"""Choosing the columns of the event table, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.widgets import tones
from tui.widgets.bindings import of_dialog
from tui.widgets.columns import BY_ID, COLUMNS
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit

_TITLES = {
    "mark": "signs: flagged, verified",
    "severity": "severity sign",
    "clock": "time",
    "time": "day, time",
    "date_time": "date",
}
"""What columns are called here whose own title says too little."""


class ColumnList(LineView):
    """Every column; those shown first, in their order."""

    DEFAULT_CSS = "ColumnList { background: $panel; height: 16; width: 100%; }"

    def __init__(self, shown: Sequence[str], glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._shown = set(shown)
        rest = [column.id for column in COLUMNS if column.id not in self._shown]
        self._order = [*shown, *rest]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the columns to show, in their order."""
        return tuple(name for name in self._order if name in self._shown)

    def on_mount(self) -> None:
        """Take the lines."""
        self.set_count(len(self._order), 0)

    def turn(self) -> None:
        """Show the column under the cursor, or hide it; one always stays."""
        name = self._order[self.cursor]
        if self._shown != {name}:
            self._shown ^= {name}
        self.refresh_index(self.cursor)

    def move(self, by: int) -> None:
        """Move the column under the cursor, cursor and all."""
        target = self.cursor + by
        if 0 <= target < len(self._order):
            order = self._order
            order[self.cursor], order[target] = order[target], order[self.cursor]
            self.go(target)
            self.refresh()

    def empty(self) -> str:
        """Return the sentence for an empty list; there are always columns."""
        return "There are no columns."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one column: whether it is shown, and what it is."""
        name = self._order[index]
        sign = self.glyphs.included if name in self._shown else " "
        title = _TITLES.get(name, BY_ID[name].title.lower())
        tone = "text" if name in self._shown else "muted"
        return tones.strip(self, [(f" {sign} ", "accent"), (fit(title, width - 3), tone)], ground)


class ColumnsScreen(ModalScreen[tuple[str, ...] | None]):
    """Ends with the chosen column ids, () to choose by width again, None to leave all as it was."""

    DEFAULT_CSS = """
    ColumnsScreen { align: center middle; }
    ColumnsScreen > Vertical { width: 44; height: auto; background: $panel; padding: 1 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = of_dialog("columns", "anywhere")

    def __init__(self, shown: Sequence[str], glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._list = ColumnList(shown, glyphs)

    def compose(self) -> ComposeResult:
        """Lay out the list and its keys."""
        with Vertical():
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        """Go to the list."""
        self._list.focus()

    def action_turn(self) -> None:
        """Show the column under the cursor, or hide it."""
        self._list.turn()

    def action_move(self, by: int) -> None:
        """Move the column under the cursor."""
        self._list.move(by)

    def action_choose(self) -> None:
        """Take what is chosen."""
        self.dismiss(self._list.chosen)

    def action_reset(self) -> None:
        """Have the columns chosen by width again."""
        self.dismiss(())
