"""The keys that work where the focus is, with all that was put in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tui.actions import BY_NAME, shown
from tui.widgets import tones
from tui.widgets.bindings import bindings, working
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe

_KEYS = 15
"""Cells for the keys."""
_LAST = ("app", "list", "anywhere")
"""Scopes that are the same everywhere."""


class Entry(NamedTuple):
    """A line: the keys and what they do, or a title where there are no keys."""

    keys: str
    words: str


def here(screen: Screen[object]) -> list[Entry]:
    """Return the keys that work now, those of the innermost place first."""
    found: dict[str, dict[str, Entry]] = {}
    for key, active in working(screen).items():
        scope, _, name = (active.binding.id or "").partition(".")
        if scope in BY_NAME:
            group = found.setdefault(scope, {})
            keys = f"{group[name].keys}, {shown(key)}" if name in group else shown(key)
            group[name] = Entry(keys, active.tooltip)
    order = [*(scope for scope in found if scope not in _LAST), *filter(found.get, _LAST)]
    return [entry for scope in order for entry in _group(scope, found[scope])]


def _group(scope: str, entries: dict[str, Entry]) -> Iterator[Entry]:
    yield Entry("", BY_NAME[scope].title)
    yield from (entries[each.id] for each in BY_NAME[scope].actions if each.id in entries)


class KeyList(LineView):
    """One line for each action."""

    DEFAULT_CSS = "KeyList { background: $panel; width: 100%; }"

    def __init__(self, entries: Sequence[Entry], glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._entries = entries

    def on_mount(self) -> None:
        """Take the lines, and as much room as they need."""
        self.styles.height = len(self._entries)
        self.set_count(len(self._entries), 0)

    def empty(self) -> str:
        """Return the sentence for no keys at all; there is always the one that leaves."""
        return "No keys work here."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one action, or a title."""
        entry = self._entries[index]
        parts = [(f" {fit(entry.keys, _KEYS)} ", "text"), (safe(entry.words), "muted")]
        if not entry.keys:
            parts = [(f" {entry.words.upper()}", "accent")]
        strip = tones.strip(self, parts, ground)
        return Strip.join([strip, tones.strip(self, [(" " * width, "muted")], ground)]).crop(
            0, width
        )


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen; any of its own keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > KeyList { width: 80; max-width: 100%; max-height: 100%; border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")

    def __init__(self, entries: Sequence[Entry], glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._entries = entries
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Show the list, and how to close it."""
        yield KeyList(self._entries, self._glyphs)
        yield KeyLine()
