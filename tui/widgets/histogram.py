"""Events over time: a bar per bin, what was not ok among them in colour, a range to pick.

The bars are drawn from `domain.answer.Histogram`; how many bins fit is told by message. Under the
bars a line says how each bin is covered, where that is known. The last line names times and the
worst gap, or, with the focus, says in words what the cursor stands on.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.answer import Histogram, Span
from tui.domain.strip import Strip as Covered
from tui.domain.words import counted
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.message import message
from tui.widgets.printable import fit, safe
from tui.widgets.strip import parts as strip_parts
from tui.widgets.strip import worst
from tui.widgets.wording import count, moment

_MARGIN = 1
"""Cells left free on either side."""

_TICK = 20
"""Cells between the times on the axis."""
_PATTERNS = (
    (400 * 86_400_000, "%Y-%m-%d"),
    (86_400_000, "%m-%d %H:%M"),
    (20 * 60_000, "%H:%M"),
    (-1, "%H:%M:%S"),
)
"""How times are written under bars that are more than so many ms together."""


def levels(counts: tuple[int, ...], peak: int, steps: int) -> list[int]:
    """Return the height of each bar in steps; a single event is never nothing."""
    return [-(-number * steps // peak) if peak else 0 for number in counts]


def shares(heights: list[int], counts: tuple[int, ...], troubled: tuple[int, ...]) -> list[int]:
    """Return which part of each bar is trouble, in the same steps, to the nearest one."""
    triples = zip(heights, counts, troubled, strict=True)
    return [round(height * bad / number) if number else 0 for height, number, bad in triples]


class HistogramView(Widget, can_focus=True):
    """Bars over one or more lines, one line of coverage, and one line of axis under them."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    HistogramView { height: 3; width: 1fr; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("histogram")

    @message
    class BinsWanted(Message):
        """There is room for so many bins."""

        bins: int

    @message
    class SpanPicked(Message):
        """The user wants to see this time range only."""

        span: Span

    @message
    class SpanCleared(Message):
        """The user wants to see all times again."""

    def __init__(
        self,
        *,
        zone: tzinfo = UTC,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.zone = zone
        self.glyphs = glyphs
        self._shown: Histogram | None = None
        self._strip: Covered | None = None
        self._cursor = 0
        self._anchor: int | None = None
        self._bins = 0
        self._dragging = False

    def show(self, histogram: Histogram | None, strip: Covered | None = None) -> None:
        """Show these counts; None when there is no time range to show.

        The strip has the same bins; without one nothing is said of coverage.
        """
        self._shown = histogram
        self.cover(strip)
        last = max(0, len(histogram.counts) - 1) if histogram else 0
        self._cursor = min(self._cursor, last)
        if self._anchor is not None:
            self._anchor = min(self._anchor, last)
        self.refresh()

    def cover(self, strip: Covered | None) -> None:
        """Say how the bins are covered, if they are still those that the strip is about."""
        shown = self._shown
        same = shown and strip and (shown.start, shown.step) == (strip.start, strip.step)
        self._strip = strip if same else None
        self.set_class(self._strip is not None, "-covered")
        self.refresh()

    @property
    def picked(self) -> Span | None:
        """The time range between anchor and cursor; None when there are no bins."""
        if self._shown is None or not self._shown.counts:
            return None
        first, last = self._bounds()
        start, step = self._shown.start, self._shown.step
        return Span(start + first * step, start + (last + 1) * step)

    def _bounds(self) -> tuple[int, int]:
        anchor = self._cursor if self._anchor is None else self._anchor
        return min(anchor, self._cursor), max(anchor, self._cursor)

    # Keys and mouse.

    def on_resize(self) -> None:
        """Tell how many bins there is room for."""
        bins = max(1, self.size.width - 2 * _MARGIN)
        if bins != self._bins:
            self._bins = bins
            self.post_message(self.BinsWanted(bins))

    def action_move(self, by: int) -> None:
        """Move the cursor; what was selected is not any more."""
        self._anchor = None
        self._go(self._cursor + by)

    def action_stretch(self, by: int) -> None:
        """Select from where the cursor stood on."""
        if self._anchor is None:
            self._anchor = self._cursor
        self._go(self._cursor + by)

    def action_pick(self) -> None:
        """Tell the range that is selected."""
        span = self.picked
        if span is not None:
            self.post_message(self.SpanPicked(span))

    def action_clear(self) -> None:
        """Drop the selection and tell so."""
        self._anchor = None
        self.refresh()
        self.post_message(self.SpanCleared())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start a selection under the mouse."""
        self.capture_mouse()
        self._dragging = True
        self._anchor = self._bin_at(event.x)
        self._go(self._anchor)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Stretch the selection while the button is down."""
        if self._dragging:
            self._go(self._bin_at(event.x))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Pick what was dragged over; a plain click only places the cursor."""
        if not self._dragging:
            return
        self._dragging = False
        self.release_mouse()
        self._go(self._bin_at(event.x))
        if self._anchor != self._cursor:
            self.action_pick()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def _go(self, index: int) -> None:
        last = len(self._shown.counts) - 1 if self._shown else 0
        self._cursor = max(0, min(index, last))
        self.refresh()

    def _bin_at(self, x: int) -> int:
        bins = len(self._shown.counts) if self._shown else 1
        return max(0, min(x - _MARGIN, bins - 1))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Return a line of bars, or the axis at the bottom."""
        width, height = self.size
        shown = self._shown
        below = (height > 1) + (self._strip is not None and height > 2)
        if shown is None or (y < height - below and not any(shown.counts)):
            text = " No events in this time." if y == 0 else ""
            return tones.strip(self, [(fit(text, width), "muted")])
        if y == height - 1 and height > 1:
            return self._axis(shown, width)
        if self._strip and y == height - below:
            states = strip_parts(self._strip.states, self.glyphs)
            margin = (" " * _MARGIN, "muted")
            return _filled(self, [tones.strip(self, [margin, *states])], width)
        return self._bars(shown, width, y, max(1, height - below))

    def _bars(self, shown: Histogram, width: int, y: int, lines: int) -> Strip:
        steps = len(self.glyphs.bars) - 1
        peak = max(shown.counts)
        below = (lines - 1 - y) * steps
        all_levels = levels(shown.counts, peak, lines * steps)
        bad_levels = shares(all_levels, shown.counts, shown.troubled)
        picked = tones.ground(self, "selection")
        first, last = self._bounds()
        strips = [tones.strip(self, [(" " * _MARGIN, "text")])]
        spans = ((0, first, None), (first, last + 1, picked), (last + 1, None, None))
        for start, end, ground in spans if self._marking() else ((0, None, None),):
            pairs = zip(all_levels[start:end], bad_levels[start:end], strict=True)
            parts = [self._cell(high - below, bad - below, steps) for high, bad in pairs]
            strips.append(tones.strip(self, parts, ground))
        return _filled(self, strips, width)

    def _cell(self, level: int, bad: int, steps: int) -> tones.Part:
        """Return one cell of a bar; its colour is that of the larger part of it."""
        level = max(0, min(level, steps))
        return self.glyphs.bars[level], "denied" if bad > 0 and 2 * bad >= level else "muted"

    def _marking(self) -> bool:
        return self.has_focus or self._anchor is not None

    def _axis(self, shown: Histogram, width: int) -> Strip:
        words, tone = self._beside(shown, width)
        room = width - 2 * _MARGIN - len(words) - 2
        bins = len(shown.counts)
        line = [" "] * min(bins, width - 2 * _MARGIN)
        for index in (i for i, bad in enumerate(shown.troubled) if 2 * bad > shown.counts[i]):
            line[index : index + 1] = [self.glyphs.trouble] if index < len(line) else []
        label = ""
        for tick in range(0, len(line), _TICK):
            before, label = label, self._label(shown, tick)
            if label != before and tick + len(label) <= room:
                line[tick : tick + len(label) + 1] = [*label, " "]
        shown_part = "".join(line)[: max(0, room)].ljust(room)
        parts: list[tones.Part] = [(" " * _MARGIN, "muted")]
        parts += [
            (char, "denied" if char == self.glyphs.trouble else "muted") for char in shown_part
        ]
        parts.append((f"  {words}", tone))
        return _filled(self, [tones.strip(self, parts)], width)

    def _beside(self, shown: Histogram, width: int) -> tones.Part:
        """Return the words at the right end of the axis: cursor, worst gap or highest bar."""
        if self._marking():
            return self._words(shown), "accent"
        gap = worst(self._strip, self.zone) if self._strip else ""
        if gap:
            return safe(gap, width - _TICK), "denied"
        return (self._peak(shown), "muted") if any(shown.counts) else ("", "muted")

    def _label(self, shown: Histogram, index: int) -> str:
        whole = len(shown.counts) * shown.step
        pattern = next(pattern for least, pattern in _PATTERNS if whole > least)
        return moment(shown.start + index * shown.step, self.zone, pattern)

    def _peak(self, shown: Histogram) -> str:
        return f"peak {count(max(shown.counts))} per {duration(shown.step)}"

    def _words(self, shown: Histogram) -> str:
        first, last = self._bounds()
        total = sum(shown.counts[first : last + 1])
        bad = sum(shown.troubled[first : last + 1])
        edges = (shown.start + at * shown.step for at in (first, last + 1))
        start, end = (moment(edge, self.zone, "%m-%d %H:%M:%S") for edge in edges)
        end = end.removeprefix(start[: len("mm-dd ")])
        states = self._strip.states[first : last + 1] if self._strip else ()
        covered = f", {'/'.join(dict.fromkeys(states))}" if states else ""
        return f"{start} – {end}  {counted(total, 'event')}, {count(bad)} not ok{covered}"


_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms"))


def duration(length: int) -> str:
    """Return ms in the largest unit that leaves a short number: `5 min`, `1.5 h`."""
    size, unit = next((pair for pair in _UNITS if length >= pair[0]), _UNITS[-1])
    return f"{length / size:.1f}".removesuffix(".0") + f" {unit}"


def _filled(widget: Widget, strips: list[Strip], width: int) -> Strip:
    strip = Strip.join(strips)
    missing = width - strip.cell_length
    if missing <= 0:
        return strip.crop(0, width)
    return Strip.join([strip, tones.strip(widget, [(" " * missing, "muted")])])
