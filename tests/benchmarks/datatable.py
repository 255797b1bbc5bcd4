"""The lines of a file in Textual's own table: what such a screen costs without further work."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable


class Lines(App[None]):
    """A table of the columns that two spaces divide, until q is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "quit")]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        """Show the table."""
        yield DataTable[str](cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        titles, *lines = self._path.read_text().splitlines()
        starts = [found.start() for found in re.finditer(r"\S+", titles)]
        ends = [*starts[1:], None]
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns(*titles.split())
        table.add_rows(
            [line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in lines
        )


if __name__ == "__main__":
    Lines(Path(sys.argv[1])).run()
