"""The newest events on the terminal before the explorer is loaded, where nothing can differ then.

Left to the explorer: terminals without colours or Unicode, whose picture Textual works out, themes
of the terminal's own colours, and a cache that takes its time or holds nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import tzinfo

from tui.cli.terminal import Terminal, terminal
from tui.first_paint.frame import Look, fits, frame
from tui.first_paint.stage import Stage
from tui.jobs.exploring.preview import Preview
from tui.paths import theme_folders
from tui.settings.model import Settings
from tui.settings.remembered import memory
from tui.theming import chosen
from tui.widgets.columns import Setting
from tui.widgets.glyphs import UNICODE, for_terminal

_PATIENCE = 0.05
"""Seconds in which the newest events are read from any cache at hand."""

_COLOURS_TOLD = "TEXTUAL_COLOR_SYSTEM"
"""A variable that says which colours Textual uses, whatever the terminal has."""


@contextmanager
def first_paint(preview: Preview, settings: Settings, zone: tzinfo) -> Iterator[Stage | None]:
    """Draw, and give the terminal back unless Textual takes it over; raises UsageError."""
    stream, keys = sys.__stderr__, sys.__stdin__  # Textual draws on the one, reads from the other
    if stream is None or keys is None or not (stream.isatty() and keys.isatty()):
        yield None
        return
    seen = terminal(os.environ, stream)
    look = _look(seen, settings, zone)
    found = preview.taken(_PATIENCE) if look else None
    with closing(Stage(stream, keys)) as stage:
        if look and found and found[0]:
            stage.show(frame(*found, seen.columns, seen.lines, look))
        yield stage


def _look(seen: Terminal, settings: Settings, zone: tzinfo) -> Look | None:
    """Return how the explorer will look; None where only Textual knows. Raises UsageError."""
    glyphs = for_terminal(os.environ, settings.signs)
    theme = chosen(settings.theme, memory().known.theme, theme_folders())
    told = _COLOURS_TOLD in os.environ
    if told or not seen.colours or glyphs is not UNICODE or theme.terminal:
        return None
    return Look(theme, Setting(zone, glyphs), seen.colours) if fits(*seen[1:3]) else None
