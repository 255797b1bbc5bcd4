"""What is covered, as a grid: a line for each account and region, a sign for each stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from tui.domain.coverage import Cell, State
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import Glyphs
from tui.widgets.time_grid import TimeGrid

TONES = {
    State.SYNCED: "ok",
    State.PARTIAL: "medium",
    State.GAP: "denied",
    State.RECENT: "muted",
    State.FAILED: "failed",
    State.UNLOGGED: "muted",
}
HOUR = 3_600_000
_MONDAY = 0
_HOURS_A_LABEL = 3


def sign(state: State, glyphs: Glyphs) -> str:
    """Return the sign of a state."""
    return glyphs.covered[list(State).index(state)]


class CoverageGrid(TimeGrid[Cell]):
    """A line for each account and region; days, or hours twice as wide."""

    DEFAULT_CSS = "CoverageGrid { background: $background; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = bindings("coverage-grid")

    def empty(self) -> str:
        """Return the sentence for an empty cache."""
        return "Nothing was synced yet. With credentials, trailhound syncs by itself."

    def label(self, row: Sequence[Cell]) -> str:
        """Return account and region."""
        region = "all regions" if row[0].region == "*" else row[0].region
        return f"{row[0].account} {region}"

    def look(self, cell: Cell) -> tuple[str, str]:
        """Return the sign of a state, and its tone."""
        return sign(cell.state, self.glyphs), TONES[cell.state]

    def mark(self, moment: datetime) -> str:
        """Name some hours, or the Mondays."""
        if self._hours:
            return f"{moment:%H}" if moment.hour % _HOURS_A_LABEL == 0 else ""
        return f"{moment:%m-%d}" if moment.weekday() == _MONDAY else ""

    @property
    def cell_width(self) -> int:
        """Hours are fewer than days."""
        return 2 if self._hours else 1

    @property
    def _hours(self) -> bool:
        cell = self.current
        return cell is not None and cell.span.end - cell.span.start <= HOUR
