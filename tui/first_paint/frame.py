"""What is drawn first: the newest events where the screen of events will show them, in its colours.

Everything around the table is empty ground. Owns the text of that one frame and refuses to know
when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.color import Color, ColorSystem

from tui.domain.answer import Row
from tui.screens.places import Place, of_events
from tui.theming import Theme
from tui.widgets import columns, event_line
from tui.widgets.printable import fit

_SYSTEMS = ((1 << 24, ColorSystem.TRUECOLOR), (256, ColorSystem.EIGHT_BIT))
"""From this many colours on, how colours are sent; with fewer, as the first sixteen."""
_NAME = " trailhound"
_NO_COLOURS = "\x1b[0m"
_LEAST = 20
"""Cells of a table that can be read."""
_Part = tuple[str, str, str]
"""Text, its tone, and what is behind it: a role of the theme each."""


class Look(NamedTuple):
    """How the screen looks."""

    theme: Theme
    setting: columns.Setting
    colours: int
    """How many colours the terminal has."""


def fits(width: int, height: int) -> bool:
    """Return whether there is room for an event."""
    place = of_events(width, height)
    return place.width > _LEAST and place.height > 1


def frame(rows: Sequence[Row], total: int, width: int, height: int, look: Look) -> str:
    """Return what to write into an empty screen that `fits`: the newest rows of so many."""
    place = of_events(width, height)
    lines = [*_above(place, width), *_beside(rows, total, place, look)]
    lines += [[(" " * width, "muted", "surface")]] * (height - len(lines))
    pen = _Pen(look)
    drawn = (f"\x1b[{at};1H{pen.line(parts)}" for at, parts in enumerate(lines, 1))
    return "".join(drawn) + _NO_COLOURS


def _above(place: Place, width: int) -> Iterator[list[_Part]]:
    yield [(fit(_NAME, width), "accent", "surface")]
    yield [(" " * width, "muted", "surface")]
    for _ in range(place.top - 2):
        yield [(" " * width, "muted", "background")]


def _beside(rows: Sequence[Row], total: int, place: Place, look: Look) -> Iterator[list[_Part]]:
    """Yield the lines of the table, each behind the ground of the facets."""
    facets = (" " * place.left, "muted", "surface")
    yield [facets, (_titles(place.width, look), "muted", "background")]
    shown = rows[: place.height - 1]
    for number, row in enumerate(shown):
        yield [facets, *_event(row, number, total, place, look)]
    for _ in range(place.height - 1 - len(shown)):
        yield [facets, (" " * place.width, "muted", "background")]


def _titles(width: int, look: Look) -> str:
    return fit(event_line.titles(_arranged(width - 1), look.setting.zone), width)


def _event(row: Row, number: int, total: int, place: Place, look: Look) -> Iterator[_Part]:
    """Yield an event as the table draws it, the first one under the cursor."""
    ground = "background" if number else "selection"
    for text, tone in event_line.parts(row, _arranged(place.width - 1), look.setting):
        yield text, tone if number else event_line.under_cursor(tone), ground
    body = place.height - 1
    thumb = total > body and number < max(1, body * body // total)
    yield look.setting.glyphs.thumb if thumb else " ", "accent", ground


def _arranged(width: int) -> event_line.Arranged:
    return columns.layout(columns.default_ids(width), width)


class _Pen:
    """Writes text in the colours of a theme, and says no colour twice: that is half the bytes."""

    def __init__(self, look: Look) -> None:
        self._colors = look.theme.colors
        self._system = next(
            (system for least, system in _SYSTEMS if look.colours >= least), ColorSystem.STANDARD
        )
        self._tone = self._ground = ""

    def line(self, parts: Sequence[_Part]) -> str:
        """Return one line."""
        return "".join(self._written(*part) for part in parts if part[0])

    def _written(self, text: str, tone: str, ground: str) -> str:
        codes: tuple[str, ...] = ()
        if ground != self._ground:
            codes += self._codes(ground, foreground=False)
            self._ground = ground
        if tone != self._tone and text.strip():
            codes += self._codes(tone, foreground=True)
            self._tone = tone
        return f"\x1b[{';'.join(codes)}m{text}" if codes else text

    def _codes(self, role: str, *, foreground: bool) -> tuple[str, ...]:
        color = Color.parse(getattr(self._colors, role)).downgrade(self._system)
        return color.get_ansi_codes(foreground)
