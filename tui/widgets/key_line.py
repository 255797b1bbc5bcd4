"""The keys that do something where the focus is, on one line; a click does the same.

It shows what Textual's Footer would, without a widget for each key: those took as long to mount
as everything else of the first paint.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets import tones
from tui.widgets.bindings import working
from tui.widgets.printable import fit, safe

_MARGIN = 1
"""Cells before the first key, as on every other line."""
_GAP = 2
"""Cells between two of them."""
_LISTS_ALL = "anywhere.help"
"""The action whose key leads to those there is no room for, so it is never left out."""


class _Hint(NamedTuple):
    """A key as it is pressed, as it is shown, and what it does in a word or two."""

    key: str
    shown: str
    label: str
    lists_all: bool

    @property
    def cells(self) -> int:
        """Its width with a space between, and the gap after it."""
        return cell_len(self.shown) + 1 + cell_len(self.label) + _GAP


class KeyLine(Widget):
    """The bindings that want to be shown; those there is no room for are left out whole."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hints: tuple[_Hint, ...] = ()

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._take)

    def _take(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        first: dict[str, Binding] = {}
        for active in working(screen).values():
            if active.enabled and active.binding.show:
                first.setdefault(active.binding.action, active.binding)
        hints = tuple(
            _Hint(
                each.key,
                self.app.get_key_display(each),
                safe(each.description),
                each.id == _LISTS_ALL,
            )
            for each in first.values()
        )
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        parts: list[tones.Part] = [(" " * _MARGIN, "muted")]
        for hint in self._fitting(width) if y == 0 else ():
            parts += [(hint.shown, "accent"), (f" {hint.label}{' ' * _GAP}", "muted")]
        strip = tones.strip(self, parts)
        rest = tones.strip(self, [(fit("", width - strip.cell_length), "muted")])
        return Strip.join([strip, rest]).crop(0, width)

    def _fitting(self, width: int) -> list[_Hint]:
        """Return the first ones that fit side by side, with the one that lists all."""
        fitting = [*self._hints]
        while fitting and _cells(fitting) > width:
            others = [hint for hint in fitting if not hint.lists_all]
            fitting.remove((others or fitting)[-1])
        return fitting

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        start = _MARGIN
        for hint in self._fitting(self.size.width):
            if start <= event.x < start + hint.cells - _GAP:
                self.app.simulate_key(hint.key)
                return
            start += hint.cells


def _cells(hints: list[_Hint]) -> int:
    """Return how wide a line is; what follows the last one may be cut."""
    return _MARGIN - _GAP + sum(hint.cells for hint in hints)
