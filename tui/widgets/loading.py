"""One line that tells how far work has come, and is not there when there is none."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget

from tui.domain.progress import Step
from tui.widgets import tones
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.pace import Pace, spoken
from tui.widgets.printable import fit, safe
from tui.widgets.wording import count

_BAR = 20
"""Cells of the bar."""

_LABEL = 24
"""Characters of what is being done."""

_OFTEN = 0.25
"""Seconds between two drawings: more often only flickers, and costs a slow link."""

_BYTES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def amount(number: float, unit: str) -> str:
    """Return the number with its unit: bytes in the largest that fits, others counted."""
    if unit != "bytes":
        return f"{count(round(number))} {unit}"
    size, name = next((pair for pair in _BYTES if number >= pair[0]), (1, "bytes"))
    return f"{number / size:,.1f} {name}" if size > 1 else f"{round(number)} bytes"


class Loading(Widget):
    """Label, bar, how much of how much, rate and time left."""

    DEFAULT_CSS = """
    Loading { height: 1; width: 1fr; background: $surface; display: none; }
    Loading.busy { display: block; }
    """

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._clock = clock
        self._pace = Pace()
        self._step: Step | None = None
        self._drawn = float("-inf")

    def show(self, step: Step | None) -> None:
        """Tell where the work stands; None when it is finished."""
        now = self._clock()
        if step is None:
            self._pace = Pace()
        else:
            self._pace.take(step, now)
        label_changed = self._step is None or step is None or self._step.label != step.label
        self._step = step
        self.set_class(step is not None, "busy")
        if label_changed or now - self._drawn >= _OFTEN:
            self._drawn = now
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        step = self._step
        if step is None or y:
            return tones.strip(self, [(" " * width, "muted")])
        parts = [(f" {safe(step.label, _LABEL)}  ", "text")]
        if step.total:
            full = int(self._pace.share * _BAR)
            parts += [(self.glyphs.full * full, "accent")]
            parts += [(self.glyphs.empty * (_BAR - full), "faint")]
        strip = tones.strip(self, parts)
        words = f"  {self._words(step)}"
        rest = tones.strip(self, [(fit(words, max(0, width - strip.cell_length)), "muted")])
        return Strip.join([strip, rest]).adjust_cell_length(width)

    def _words(self, step: Step) -> str:
        if step.unit == "%":
            said = [f"{self._pace.share:.0%}"]
        elif step.total and step.unit == "bytes":
            said = [f"{amount(step.done, step.unit)} of {amount(step.total, step.unit)}"]
        elif step.total:
            said = [f"{count(step.done)} of {amount(step.total, step.unit)}"]
        else:
            said = [amount(step.done, step.unit)]
        if self._pace.rate and step.unit != "%":
            said.append(f"{amount(self._pace.rate, step.unit)}/s")
        left = self._pace.left(step)
        if left is not None:
            said.append(f"about {spoken(left)} left")
        if step.detail:
            said.append(safe(step.detail, 200))
        return " · ".join(said)
