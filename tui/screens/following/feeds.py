"""How every followed feed stands: up to when it is complete, how far behind, when it was heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from tui.domain.tailing import Feed, FeedPhase, FeedState
from tui.keymap import Keys
from tui.screens.following import wording as follow_words
from tui.screens.following.feed_board import FeedBoard
from tui.widgets import tones, wording
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.pace import spoken
from tui.widgets.printable import fit, safe
from tui.widgets.status_line import Status, StatusLine

_EVERY = 1.0
"""Seconds between two looks at the board."""
_TONES = {
    FeedPhase.STARTING: "muted",
    FeedPhase.FOLLOWING: "ok",
    FeedPhase.PAUSED: "medium",
    FeedPhase.FAILED: "failed",
    FeedPhase.STOPPED: "denied",
}
_PHASE = 11


class _Column(NamedTuple):
    title: str
    width: int
    text: Callable[[FeedState, int, tzinfo], str]
    at_least: int = 0
    """Cells of the list from which on there is room for it."""


def _clock(ms: int | None, zone: tzinfo) -> str:
    return "" if ms is None else wording.moment(ms, zone, "%H:%M:%S")


def _ago(ms: int | None) -> str:
    return "" if ms is None else spoken(max(0, ms) / 1000)


_COLUMNS = (
    _Column("complete to", 13, lambda s, _, zone: _clock(s.complete_to, zone)),
    _Column("behind", 12, lambda s, now, _: _ago(s.behind(now))),
    _Column("newest", 10, lambda s, _, zone: _clock(s.newest, zone), 90),
    _Column("heard", 11, lambda s, now, _: _ago(None if s.heard is None else now - s.heard)),
    _Column("events", 9, lambda s, _, __: f"{s.events:,}", 90),
    _Column("late", 7, lambda s, _, __: f"{s.late:,}", 90),
)


def name(feed: Feed) -> str:
    """Return `111122223333 us-east-1 history`, or the place of log files, a group or a queue."""
    parts = (feed.account, feed.region, feed.name or feed.kind)
    return " ".join(part for part in parts if part != "*")


class FeedList(LineView):
    """One line for each feed."""

    HEADER = 1
    DEFAULT_CSS = "FeedList { background: $background; height: 1fr; }"

    def __init__(self, zone: tzinfo, keys: Keys, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._zone = zone
        self._keys = keys
        self._states: list[FeedState] = []
        self._now = 0

    @property
    def current(self) -> FeedState | None:
        """The feed under the cursor."""
        return self._states[self.cursor] if self._states else None

    def show(self, states: list[FeedState], now: int) -> None:
        """List these, as they stand `now` (ms since 1970 UTC)."""
        self._states, self._now = states, now
        self.set_count(len(states), self.cursor)

    def empty(self) -> str:
        """Return the sentence for an empty list."""
        back, follow = self._keys["feeds.back"], self._keys["events.follow"]
        return f"Nothing is followed. Go back with {back} and press {follow}."

    def header(self, width: int) -> Strip:
        """Return the titles."""
        titles = [fit(column.title, column.width, right=True) for column in _shown(width)]
        words = f" {fit('phase', _PHASE)}{fit('feed', _room(width))}{''.join(titles)}"
        return tones.strip(self, [(fit(words, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one feed."""
        state = self._states[index]
        parts = [
            (f" {fit(state.phase, _PHASE)}", _TONES[state.phase]),
            (fit(safe(name(state.feed)), _room(width), keep_end=True), "text"),
        ]
        parts += [
            (fit(column.text(state, self._now, self._zone), column.width, right=True), "muted")
            for column in _shown(width)
        ]
        return tones.strip(self, parts, ground).adjust_cell_length(width)


def _shown(width: int) -> list[_Column]:
    return [column for column in _COLUMNS if width >= column.at_least]


def _room(width: int) -> int:
    return max(0, width - 1 - _PHASE - sum(column.width for column in _shown(width)))


class FeedsScreen(Screen[None]):
    """A list over everything else; Escape closes it, and following goes on."""

    DEFAULT_CSS = """
    FeedsScreen { background: $background; }
    FeedsScreen > Static { height: auto; max-height: 8; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("feeds")

    def __init__(
        self, board: FeedBoard, zone: tzinfo, keys: Keys, *, glyphs: Glyphs = UNICODE
    ) -> None:
        super().__init__()
        self._board = board
        self._zone = zone
        self._keys = keys
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Lay out how it stands, the list, and what is to be said of the chosen feed."""
        yield StatusLine()
        yield FeedList(self._zone, self._keys, glyphs=self._glyphs)
        yield Static(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the board now and again and again."""
        self.query_one(FeedList).focus()
        self._look()
        self.set_interval(_EVERY, self._look)

    def _look(self) -> None:
        states, now = self._board.states(), self._board.now().at
        feeds = self.query_one(FeedList)
        feeds.show(states, now)
        doing = follow_words.standing(states, now) if states else "nothing is followed"
        left = follow_words.complete(states, self._zone)
        self.query_one(StatusLine).show(Status(left, doing, name="feeds"))
        said = [*self._board.problems, *self._board.offers]
        if feeds.current:
            about = follow_words.feed(feeds.current, now, self._zone)
            said.insert(0, f"{name(feeds.current.feed)}: {about}")
        text = Text("\n".join(safe(each) for each in said))
        static = self.query_one(Static)
        if text != static.content:
            static.update(text)
