"""The roles text is drawn in, shared by every widget that draws its own lines.

The colours are the theme's variables, looked up when a line is drawn. As component classes of each
widget they would be some ninety more nodes to match with the rules before the first paint.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

TONES = {
    "text": "foreground",
    "muted": "muted",
    "faint": "faint",
    "accent": "accent-color",
    "ok": "result-ok",
    "denied": "result-denied",
    "failed": "result-failed",
    "low": "severity-low",
    "medium": "severity-medium",
    "high": "severity-high",
    "critical": "severity-critical",
}
"""Tone to the variable of its colour."""

_MARKS = {"selection": Style(reverse=True), "resting": Style(underline=True)}
_NO_MARK = Style()

Part = tuple[str, str]
"""Safe text and its tone."""


def style(widget: Widget, tone: str) -> Style:
    """Return how the widget draws a tone on its own background."""
    return _style(widget.app.theme_variables[TONES[tone]], widget.visual_style.background)


def ground(widget: Widget, variable: str) -> Style:
    """Return the background a variable of the theme names, to lay under something drawn.

    A terminal's own colours may be any, and two greys may look the same; there, what stands out is
    reversed or underlined.
    """
    if widget.app.native_ansi_color or widget.app.no_color:
        return _MARKS.get(variable, _NO_MARK)
    return _ground(widget.app.theme_variables[variable])


def follow_theme(app: App[None]) -> None:
    """Have everything drawn anew when the theme changes: no rule may have changed with it."""

    def redraw(_theme: Theme) -> None:
        for screen in app.screen_stack:
            for widget in screen.query(Widget):
                widget.notify_style_update()
                widget.refresh()

    app.theme_changed_signal.subscribe(app, redraw)


@lru_cache(maxsize=256)
def _style(color: str, background: Color) -> Style:
    ground = background.rich_color if background.a else None
    return Style(color=Color.parse(color).rich_color, bgcolor=ground)


@lru_cache(maxsize=64)
def _ground(color: str) -> Style:
    return Style(bgcolor=Color.parse(color).rich_color)


def strip(widget: Widget, parts: Iterable[Part], ground: Style | None = None) -> Strip:
    """Return one line; neighbours of one tone become one segment, which saves bytes on the wire."""
    merged: list[tuple[str, str]] = []
    for text, tone in parts:
        if merged and merged[-1][1] == tone:
            merged[-1] = (merged[-1][0] + text, tone)
        elif text:
            merged.append((text, tone))
    return Strip(
        [
            Segment(text, style(widget, tone) + ground if ground else style(widget, tone))
            for text, tone in merged
        ]
    )
