"""What is cached of each account and region, day by day; a day opens into its hours."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from tui.domain.answer import Span
from tui.domain.coverage import Cell, State
from tui.errors import TrailhoundError
from tui.jobs.syncing.coverage import DAY, EVERY_REGION, coverage, known_since
from tui.screens.syncing.board import SyncBoard
from tui.storage.cache import Cache
from tui.widgets.bindings import bindings
from tui.widgets.coverage_grid import HOUR, CoverageGrid, sign
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.printable import safe
from tui.widgets.status_line import Status, StatusLine

_DAYS = 90
"""Days shown at least: what event history holds."""
_EVERY = 5.0
"""Seconds between two readings while a sync runs."""
_REASONS = {
    State.SYNCED: "everything of it was asked for and is cached.",
    State.PARTIAL: "{share:.0%} of it is covered; the rest was not synced yet.",
    State.GAP: "nothing of it was synced. Fill it with: trailhound sync --since {day}",
    State.RECENT: "the newest minutes are not complete yet, as AWS delivers late.",
    State.FAILED: "{share:.0%} of it is covered; the latest sync failed: {reason}",
    State.UNLOGGED: "no trail logs it, by its selectors.",
}


def sentence(cell: Cell) -> str:
    """Say what a cell's sign means, there and then."""
    hours = cell.span.end - cell.span.start <= HOUR
    start = datetime.fromtimestamp(cell.span.start / 1000, UTC)
    when = f"{start:%Y-%m-%d %H:00} UTC" if hours else f"{start:%Y-%m-%d} UTC"
    place = cell.account if cell.region == EVERY_REGION else f"{cell.account} {cell.region}"
    # the texts come from AWS: they are values, not patterns
    why = _REASONS[cell.state].format(
        share=cell.share, day=f"{start:%Y-%m-%d}", reason=cell.reason or ""
    )
    return f"{place}, {when}: {cell.state}, {why}"


def rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return a row for each account and region, each oldest first."""
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.account, cell.region), []).append(cell)
    return [row[::-1] for row in found.values()]


class CoverageScreen(Screen[None]):
    """The grid over everything else; Escape leaves the hours, then the screen."""

    DEFAULT_CSS = """
    CoverageScreen { background: $background; }
    CoverageScreen > Static { height: 3; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("coverage")

    class Listed(Message):
        """The cells of a range were read; `day` is None for the days of all."""

        def __init__(self, cells: list[Cell], day: int | None) -> None:
            super().__init__()
            self.cells = cells
            self.day = day

    def __init__(
        self,
        cache: Cache,
        board: SyncBoard,
        *,
        glyphs: Glyphs = UNICODE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._cache = cache
        self._board = board
        self._glyphs = glyphs
        self._clock = clock
        self._day: int | None = None
        """The day whose hours are shown, as ms since 1970 UTC of its beginning."""

    def compose(self) -> ComposeResult:
        """Lay out the title with the legend, the grid, and the sentence about its cursor."""
        yield StatusLine(self._title())
        yield CoverageGrid(glyphs=self._glyphs)
        yield Static(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read what is covered, and again while that grows."""
        self.query_one(CoverageGrid).focus()
        self._read(None)
        self.set_interval(_EVERY, self._read_again)

    def _title(self) -> Status:
        """Return what the columns stand for, and the legend."""
        signs = "  ".join(f"{sign(state, self._glyphs)} {state}" for state in State)
        if self._day is None:
            return Status("by day", signs, name="coverage")
        day = datetime.fromtimestamp(self._day / 1000, UTC)
        return Status(f"{day:%Y-%m-%d}", signs, name="coverage")

    def _read_again(self) -> None:
        if self._board.busy:
            self._read(self._day)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _read(self, day: int | None) -> None:
        now = int(self._clock() * 1000)
        if day is None:
            end = -(-now // DAY) * DAY
            first = min(known_since(self._cache, now), end - _DAYS * DAY) // DAY * DAY
            cells = coverage(self._cache, Span(first, end), DAY, now)
        else:
            end = min(day + DAY, -(-now // HOUR) * HOUR)  # what is to come is not lacking
            cells = coverage(self._cache, Span(day, max(end, day + HOUR)), HOUR, now)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Listed(cells, day))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong while reading; what is no known trouble is a crash."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            if not isinstance(event.worker.error, TrailhoundError):
                raise event.worker.error
            self.query_one(Static).update(Text(safe(str(event.worker.error))))

    def on_coverage_screen_listed(self, event: Listed) -> None:
        """Show the cells."""
        zoomed = event.day != self._day
        back = self._day if zoomed and event.day is None else None
        self._day = event.day
        self.query_one(StatusLine).show(self._title())
        grid = self.query_one(CoverageGrid)
        grid.show(rows(event.cells), keep=not zoomed)
        if back is not None:
            grid.go_to(back)

    @on(CoverageGrid.ZoomWanted)
    def _zoom(self) -> None:
        cell = self.query_one(CoverageGrid).current
        if cell and self._day is None:
            self._read(cell.span.start)

    @on(CoverageGrid.Moved)
    def _moved(self) -> None:
        cell = self.query_one(CoverageGrid).current
        self.query_one(Static).update(Text(safe(sentence(cell)) if cell else ""))

    def action_back(self) -> None:
        """Go back to the days, or to the events."""
        if self._day is None:
            self.app.pop_screen()
        else:
            self._read(None)
