"""How well each hour is vouched for: a line for each trail, account and region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from tui.domain.hours import Hour
from tui.domain.integrity import HourState
from tui.keymap import Keys
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.time_grid import TimeGrid

TONES = {
    HourState.VERIFIED: "ok",
    HourState.PARTIAL: "medium",
    HourState.INVALID: "failed",
    HourState.GAP: "denied",
    HourState.OVERDUE: "high",
    HourState.NOT_YET: "muted",
}
TROUBLE = (HourState.INVALID, HourState.GAP, HourState.OVERDUE)
"""States that somebody has to look at."""
_HOURS_A_LABEL = 6


def sign(state: HourState, glyphs: Glyphs) -> str:
    """Return the sign of a state."""
    return glyphs.hours[list(HourState).index(state)]


class HourGrid(TimeGrid[Hour]):
    """Lines of hours, as far back as anything was verified."""

    DEFAULT_CSS = "HourGrid { background: $background; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = bindings("hour-grid")

    def __init__(self, keys: Keys, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._keys = keys

    def empty(self) -> str:
        """Return the sentence for a cache in which nothing was verified."""
        verify = f"Press {self._keys['integrity.verify']} to verify"
        return f"Nothing was verified yet. {verify} what is shown on the events screen."

    def label(self, row: Sequence[Hour]) -> str:
        """Return account and region, and the trail where there are several."""
        stream = row[0].stream
        trails = {each[0].stream.trail for each in self._rows}
        late = " backfill" if stream.backfill else ""
        trail = f"{stream.trail} " if len(trails) > 1 else ""
        return f"{trail}{stream.account} {stream.region}{late}"

    def look(self, cell: Hour) -> tuple[str, str]:
        """Return the sign of a state, and its tone."""
        return sign(cell.state, self.glyphs), TONES[cell.state]

    def mark(self, moment: datetime) -> str:
        """Name the days, and some hours of them."""
        if moment.hour == 0:
            return f"{moment:%m-%d}"
        return f"{moment:%H}" if moment.hour % _HOURS_A_LABEL == 0 else ""

    def action_trouble(self, by: int) -> None:
        """Go to the next hour that somebody has to look at, line by line, round and round."""
        places = [
            (line, column)
            for line, row in enumerate(self._rows)
            for column, hour in enumerate(row)
            if hour.state in TROUBLE
        ]
        here = (self.cursor, self._column)
        if by > 0:
            found = next((each for each in places if each > here), places[0] if places else None)
        else:
            before = [each for each in places if each < here]
            found = before[-1] if before else (places[-1] if places else None)
        if found:
            self.set_count(self.count, found[0])
            self.action_move(found[1] - self._column)
            self.post_message(self.Moved())
