"""Choosing a theme: the whole screen wears the one under the cursor until one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from tui.theming import READABLE, Theme, Themes
from tui.widgets import tones
from tui.widgets.bindings import of_dialog
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe

_MOST_REJECTED = 3
"""Files left out that are named; the others are counted."""


class ThemeList(LineView):
    """One line for each theme, and a sign beside the one that was worn before."""

    DEFAULT_CSS = "ThemeList { background: $panel; height: 1fr; width: 100%; }"

    class Moved(Message):
        """The cursor stands on another theme."""

    def __init__(self, themes: Sequence[Theme], worn: str, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._themes = themes
        self._worn = worn

    @property
    def current(self) -> Theme:
        """The theme under the cursor."""
        return self._themes[self.cursor]

    def on_mount(self) -> None:
        """Begin at the theme that is worn."""
        names = [theme.name for theme in self._themes]
        self.set_count(len(names), names.index(self._worn) if self._worn in names else 0)

    def cursor_moved(self) -> None:
        """Tell that another theme is to be seen."""
        self.post_message(self.Moved())

    def empty(self) -> str:
        """Return the sentence for an empty list; the built-in theme is always there."""
        return "There are no themes."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one theme: its name, what it stands on, and its lowest contrast."""
        theme = self._themes[index]
        sign = self.glyphs.included if theme.name == self._worn else " "
        parts = [
            (f" {sign} ", "accent"),
            (fit(theme.name, max(0, width - 20)), "text"),
            (fit(_kind(theme), 9), "muted"),
            (fit(_contrast(theme), 8, right=True), "muted"),
        ]
        return tones.strip(self, parts, ground).adjust_cell_length(width)


def _kind(theme: Theme) -> str:
    if theme.terminal:
        return "terminal"
    return "dark" if theme.dark else "light"


def _contrast(theme: Theme) -> str:
    lowest = theme.contrast
    if lowest is None:
        return ""
    return f"{lowest:.1f}:1" + ("!" if lowest < READABLE else " ")


class ThemeScreen(ModalScreen[str | None]):
    """Ends with the name of the theme that is kept, or None with the one from before."""

    DEFAULT_CSS = """
    ThemeScreen { align: right middle; background: $background 0%; }
    ThemeScreen:ansi { background: transparent; }
    ThemeScreen > Vertical {
        width: 44; max-width: 100%; height: 100%; max-height: 30;
        background: $panel; padding: 1;
    }
    ThemeScreen Static { height: auto; color: $muted; padding: 0 1; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = of_dialog("themes", "anywhere")

    def __init__(self, themes: Themes, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._themes = themes
        self._glyphs = glyphs
        self._before = ""

    def compose(self) -> ComposeResult:
        """Lay out the list, its keys, and the files that could not be used."""
        self._before = self.app.theme
        with Vertical():
            yield ThemeList([*self._themes.found.values()], self._before, self._glyphs)
            yield Static(_words(self._themes), markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Go to the list."""
        self.query_one(ThemeList).focus()

    @on(ThemeList.Moved)
    def _moved(self) -> None:
        self.app.theme = self.query_one(ThemeList).current.name

    def action_keep(self) -> None:
        """Keep the theme under the cursor."""
        self.dismiss(self.query_one(ThemeList).current.name)

    def action_restore(self) -> None:
        """Wear the theme from before again."""
        self.app.theme = self._before
        self.dismiss(None)


def _words(themes: Themes) -> Text:
    lines = ["The number: the lowest contrast of text."]
    shown = themes.rejected[:_MOST_REJECTED]
    lines += [f"Left out {each.path.name}: {each.reason}" for each in shown]
    if len(themes.rejected) > len(shown):
        lines.append(f"and {len(themes.rejected) - len(shown)} more files left out")
    return Text("\n".join(safe(line, 300) for line in lines))
