"""What could not be read: every file and record that gave no event, with the reason."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

from tui.jobs.exploring.preview import skips
from tui.storage.cache import Cache
from tui.storage.reader import FileSkips
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe
from tui.widgets.status_line import Status, StatusLine

MOST = 10_000
"""Entries listed; the count above them is of all."""


class SkippedList(LineView):
    """One line for each thing skipped."""

    DEFAULT_CSS = "SkippedList { background: $background; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[FileSkips] = []

    def show(self, entries: list[FileSkips]) -> None:
        """List these."""
        self._entries = entries
        self.set_count(len(entries), 0)

    def empty(self) -> str:
        """Return the sentence for an empty list."""
        return "Nothing was skipped of all that was read."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one entry: reason, file, record, sentence."""
        uri, skipped = self._entries[index]
        name = uri.rpartition("/")[2] or uri
        where = name if skipped.ordinal is None else f"{name} #{skipped.ordinal}"
        room = max(0, width - 18)
        first = min(48, room // 2)
        parts = [
            (f" {fit(skipped.why, 16)} ", "denied"),
            (fit(safe(where), first), "text"),
            (" " + fit(safe(skipped.detail), max(0, room - first - 1)), "muted"),
        ]
        return tones.strip(self, parts, ground)


class SkippedScreen(Screen[None]):
    """A list over everything else; Escape closes it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("skipped")

    class Listed(Message):
        """The entries were read."""

        def __init__(self, entries: list[FileSkips], total: int) -> None:
            super().__init__()
            self.entries = entries
            self.total = total

    def __init__(self, cache: Cache, total: int) -> None:
        super().__init__()
        self._cache = cache
        self._total = total

    def compose(self) -> ComposeResult:
        """Lay out the title and the list."""
        yield StatusLine(Status(f"{self._total:,} could not be read", name="skipped"))
        yield SkippedList()
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the entries."""
        self.query_one(SkippedList).focus()
        self._list()

    @work(thread=True)
    def _list(self) -> None:
        self.post_message(self.Listed(skips(self._cache, MOST), self._total))

    def on_skipped_screen_listed(self, event: Listed) -> None:
        """Show the entries."""
        self.query_one(SkippedList).show(event.entries)
