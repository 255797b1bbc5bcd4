"""The Textual app: themes, the events screen, and leaving; it holds no logic."""

from __future__ import annotations

import os
from datetime import tzinfo
from multiprocessing.resource_tracker import ensure_running
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from tui.domain.objects import ObjectSource
from tui.paths import theme_folders
from tui.screens.events import EventsScreen
from tui.storage.cache import Cache
from tui.theming import Theme, load
from tui.widgets import palette
from tui.widgets.glyphs import for_terminal

DEFAULT_THEME = "trailhound"


class TrailhoundApp(App[None]):
    """The explorer of one cache, which may still be reading a source."""

    TITLE = "trailhound"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "quit")]

    def __init__(self, cache: Cache, source: ObjectSource | None, zone: tzinfo) -> None:
        super().__init__()
        glyphs = for_terminal(os.environ)
        self._events = EventsScreen(cache, source, zone=zone, glyphs=glyphs)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give our widgets' CSS the variables it names."""
        return palette.variables(Theme())

    def on_mount(self) -> None:
        """Take on the theme and show the events."""
        for theme in load(theme_folders()).found.values():
            self.register_theme(palette.textual_theme(theme))
        self.theme = DEFAULT_THEME
        self.push_screen(self._events)


def explore(cache: Cache, source: ObjectSource | None, zone: tzinfo) -> int:
    """Run the explorer until the user leaves; return the exit code."""
    app = TrailhoundApp(cache, source, zone)
    if source:
        # The processes that decode need it, and it cannot start once Textual has taken stderr.
        ensure_running()
    app.run()
    return app.return_code or 0
