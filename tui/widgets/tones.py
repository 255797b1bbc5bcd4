"""The roles text is drawn in, shared by every widget that draws its own lines."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.event import Severity

TONES = {
    "text": "$foreground",
    "muted": "$muted",
    "faint": "$faint",
    "accent": "$accent-color",
    "ok": "$result-ok",
    "denied": "$result-denied",
    "failed": "$result-failed",
    "low": "$severity-low",
    "medium": "$severity-medium",
    "high": "$severity-high",
    "critical": "$severity-critical",
}
"""Tone to the CSS variable of its colour."""

CLASSES = frozenset(f"tone--{tone}" for tone in TONES)
"""The component classes a widget that draws in tones declares."""

Part = tuple[str, str]
"""Safe text and its tone."""


def of_severity(level: int) -> str:
    """Return the tone of a severity; a level nobody knows is taken for the gravest."""
    if Severity.NONE <= level <= Severity.CRITICAL:
        return Severity(level).name.lower() if level else "muted"
    return "critical"


def css(widget: str) -> str:
    """Return the rules that give the widget's tones their colours."""
    rules = [f"{widget} > .tone--{tone} {{ color: {color}; }}" for tone, color in TONES.items()]
    return "\n".join(rules)


def style(widget: Widget, tone: str) -> Style:
    """Return how the widget draws a tone on its own background."""
    return widget.get_component_rich_style(f"tone--{tone}")


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
