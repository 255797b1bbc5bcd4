"""The keys that work where the focus is, with all that was put in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tui.actions import BY_NAME, shown
from tui.widgets import tones
from tui.widgets.bindings import of_dialog, working
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
    return [*_titled_once(entry for scope in order for entry in _group(scope, found[scope]))]


def _titled_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Leave out the title of a scope that goes on with the place of the one before."""
    title = None
    for entry in entries:
        if entry != title:
            yield entry
        title = title if entry.keys else entry


def _wrapped(entries: Iterable[Entry], room: int) -> Iterator[Entry]:
    """Yield entries whose words take no more than `room` cells, on several lines if they must."""
    for keys, words in entries:
        first, *more = wrap(words, max(1, room)) if keys else [words]
        yield Entry(keys, first)
        yield from (Entry(" ", each) for each in more)


def _group(scope: str, entries: dict[str, Entry]) -> Iterator[Entry]:
    yield Entry("", BY_NAME[scope].title)
    yield from (entries[each.id] for each in BY_NAME[scope].actions if each.id in entries)


class KeyList(LineView):
    """One line for each action."""

    DEFAULT_CSS = "KeyList { background: $panel; width: 100%; }"

    def __init__(self, entries: Sequence[Entry], glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._entries = entries
        self._lines: list[Entry] = []
        self._width = 0

    def on_mount(self) -> None:
        """Take as much room as the lines need where they fit."""
        self.styles.height = len(self._entries)

    def on_resize(self) -> None:
        """Wrap the words, and take as much room as they need."""
        if self.size.width != self._width:
            self._width = self.size.width
            self._lines = [*_wrapped(self._entries, self._width - _KEYS - 3)]
            self.styles.height = len(self._lines)
            self.set_count(len(self._lines), self.cursor)

    def empty(self) -> str:
        """Return the sentence for no keys at all; there is always the one that leaves."""
        return "No keys work here."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one action, or a title."""
        entry = self._lines[index]
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
    BINDINGS: ClassVar[list[BindingType]] = of_dialog("help")

    def __init__(self, entries: Sequence[Entry], glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._entries = entries
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Show the list, and how to close it."""
        yield KeyList(self._entries, self._glyphs)
        yield KeyLine()
