"""How the background sync stands, source by source; pause it, retry, add a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from tui.domain.coverage import Scope
from tui.domain.syncing import AddedSource, Phase
from tui.domain.words import counted
from tui.screens import wording
from tui.screens.background import Background
from tui.screens.syncing.board import TO_RETRY, SyncBoard
from tui.screens.syncing.lines import Source
from tui.screens.syncing.wishes import minutes
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.pace import spoken
from tui.widgets.printable import fit, safe
from tui.widgets.status_line import Status, StatusLine

_EVERY = 0.5
"""Seconds between two looks at the board."""
_KINDS = {"management": "history", "insight": "insights"}
_ORDER = (
    Phase.FAILED,
    Phase.PAUSED,
    Phase.RUNNING,
    Phase.WAITING,
    Phase.STOPPED,
    Phase.DONE,
)
"""What needs attention comes first."""
_TONES = {
    Phase.FAILED: "failed",
    Phase.PAUSED: "medium",
    Phase.RUNNING: "accent",
    Phase.WAITING: "muted",
    Phase.STOPPED: "denied",
    Phase.DONE: "ok",
}


def name(scope: Scope) -> str:
    """Return `111122223333 us-east-1 history`, or the place of a bucket's log files."""
    parts = (scope.account, scope.region, _KINDS.get(scope.kind, scope.kind))
    return " ".join(part for part in parts if part != "*")


class _Column(NamedTuple):
    title: str
    width: int
    text: Callable[[Source], str]
    at_least: int = 0
    """Cells of the list from which on there is room for it."""


def _label(source: Source) -> str:
    """Return the name of a source, with what is to be told of where it comes from."""
    return name(source.standing.scope) + " (added)" * bool(source.added)


def _share(source: Source) -> str:
    standing = source.standing
    known = standing.share is not None and standing.phase is not Phase.DONE
    return f"{standing.share:.0%}" if known else ""


_COLUMNS = (
    _Column("share", 6, _share),
    _Column("left", 10, lambda s: "" if s.left is None else spoken(s.left)),
    _Column("events/s", 9, lambda s: f"{s.rate:,.0f}" if s.rate else "", 100),
    _Column("requests", 9, lambda s: f"{s.standing.requests:,}", 100),
    _Column("MB", 8, lambda s: f"{s.standing.bytes / 1e6:,.1f}"),
    _Column("events", 10, lambda s: f"{s.standing.events:,}"),
)
_PHASE = 9
_REASON_FROM = 130
"""Cells of the list from which on there is room for the reason."""


class SyncList(LineView):
    """One line for each source."""

    HEADER = 1
    DEFAULT_CSS = "SyncList { background: $background; height: 1fr; }"

    class Moved(Message):
        """The cursor stands on another source."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._sources: list[Source] = []

    @property
    def current(self) -> Source | None:
        """The source under the cursor."""
        return self._sources[self.cursor] if self._sources else None

    def show(self, sources: list[Source]) -> None:
        """List these; the cursor stays on its source, wherever that goes."""
        before = self.current
        ordered = sorted(
            sources, key=lambda each: (_ORDER.index(each.standing.phase), each.standing.scope)
        )
        if ordered == self._sources:
            return
        self._sources = ordered
        scopes = [each.standing.scope for each in ordered]
        on = before.standing.scope if before and self.cursor else None
        self.set_count(len(ordered), scopes.index(on) if on in scopes else 0)
        self.post_message(self.Moved())

    def cursor_moved(self) -> None:
        """Tell that the cursor stands elsewhere."""
        self.post_message(self.Moved())

    def empty(self) -> str:
        """Return the sentence for an empty list."""
        return "No source is synced."

    def header(self, width: int) -> Strip:
        """Return the titles."""
        titles = [fit(column.title, column.width, right=True) for column in self._shown(width)]
        source, reason = self._rooms(width)
        words = f" {fit('phase', _PHASE)}{fit('source', source)}{''.join(titles)}"
        return tones.strip(self, [(fit(words + ("  reason" if reason else ""), width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one source."""
        source = self._sources[index]
        standing = source.standing
        room, reason = self._rooms(width)
        parts = [
            (f" {fit(standing.phase, _PHASE)}", _TONES[standing.phase]),
            (fit(safe(_label(source)), room, keep_end=True), "text"),
        ]
        parts += [
            (fit(column.text(source), column.width, right=True), "muted")
            for column in self._shown(width)
        ]
        if reason:
            parts.append((fit(f"  {safe(standing.reason)}", reason), "failed"))
        return tones.strip(self, parts, ground).adjust_cell_length(width)

    def _shown(self, width: int) -> list[_Column]:
        return [column for column in _COLUMNS if width >= column.at_least]

    def _rooms(self, width: int) -> tuple[int, int]:
        """Return the cells for the source and for its reason."""
        room = max(0, width - 1 - _PHASE - sum(column.width for column in self._shown(width)))
        reason = room // 2 if width >= _REASON_FROM else 0
        return room - reason, reason


_NOT_HERE = (
    "Nothing is synced here: the demo, opened files and --offline do without AWS. "
    "trailhound by itself syncs."
)


class SyncScreen(Screen[None]):
    """A list over everything else; Escape closes it, and the sync goes on."""

    DEFAULT_CSS = """
    SyncScreen { background: $background; }
    SyncScreen > Static { height: auto; max-height: 8; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("sync")

    def __init__(self, background: Background, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._background = background
        self._board = background.board
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Lay out the totals, the list, and what is to be said of the chosen source."""
        yield StatusLine()
        yield SyncList(glyphs=self._glyphs)
        yield Static(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the board now and again and again."""
        self.query_one(SyncList).focus()
        self._look()
        self.set_interval(_EVERY, self._look)

    def action_hold(self) -> None:
        """Pause every source at its next safe point, or let all go on."""
        if self._board.busy or self._board.overview().left is not None:
            self._board.hold()
            self._look()

    def action_retry(self) -> None:
        """Try again the source under the cursor, if it failed or was stopped."""
        source = self.query_one(SyncList).current
        if source and source.standing.phase in TO_RETRY:
            self._background.start_sync(source.standing.scope)
            self._look()
        else:
            every = self._background.keys["sync.retry_all"]
            self.notify(f"This source did not fail. {every} retries all that did.")

    def action_retry_all(self) -> None:
        """Try again all that failed or was stopped, and what could not be planned."""
        if self._board.to_retry:
            self._background.start_sync()
            self._look()
        else:
            self.notify("Nothing failed.")

    def action_add(self) -> None:
        """Ask for one more source."""
        from tui.screens.syncing.add_source import AddSourceScreen

        if self._board.wish is None:
            self.notify(_NOT_HERE)
        else:
            self.app.push_screen(AddSourceScreen(self._board.wish), self._add)

    def _add(self, source: AddedSource | None) -> None:
        if source and not self._background.sync_too(source):
            self.notify("That source is synced already.")
        self._look()

    def action_remove(self) -> None:
        """Sync the source under the cursor no longer, if it was added."""
        source = self.query_one(SyncList).current
        if source and source.added:
            self._background.sync_no_longer(source.added)
            self._look()
            said = f"{safe(source.added)} is synced no longer. What it brought stays in the cache."
            self.notify(said, markup=False)
        else:
            self.notify("Only a source that was added here can be removed.")

    def on_sync_list_moved(self) -> None:
        """Say more of the chosen source."""
        self._describe()

    def _look(self) -> None:
        sources = self._board.sources()
        doing = wording.syncing(self._board.overview())
        self.query_one(SyncList).show(sources)
        tone = "failed" if self._board.overview().failed else "muted"
        self.query_one(StatusLine).show(Status(_totals(sources), doing, tone, name="sync"))
        self._describe()

    def _describe(self) -> None:
        remove = self._background.keys["sync.remove"]
        text = _words(self._board, self.query_one(SyncList).current, remove)
        static = self.query_one(Static)
        if text != static.content:
            static.update(text)


def _totals(sources: list[Source]) -> str:
    standings = [source.standing for source in sources]
    said = [
        counted(sum(each.requests for each in standings), "request"),
        f"{sum(each.bytes for each in standings) / 1e6:,.1f} MB",
        counted(sum(each.events for each in standings), "event"),
    ]
    return " · ".join(said)


def _words(board: SyncBoard, source: Source | None, remove: str) -> Text:
    """Say what the list has no room for: the reason in full, and what could not be planned.

    `remove` is the key that removes an added source.
    """
    said: list[str] = []
    if source:
        standing = source.standing
        done = f"{counted(standing.requests, 'request')}, {standing.bytes / 1e6:,.1f} MB"
        cost = f", about ${standing.cost:.4f}" if standing.cost else ""
        said.append(f"{name(standing.scope)}: {standing.phase}, {done}{cost}. {standing.reason}")
        if source.added:
            said.append(
                f"Added as {source.added}: {remove} removes it; what it brought stays cached."
            )
    if total := sum(each.standing.cost for each in board.sources()):
        said.append(f"S3 requests about ${total:.4f} so far. Event history costs nothing.")
    if (left := board.overview().left) is not None:
        paused = ", once it is not paused any more" if board.held() else ""
        said.append(f"Next look for new events in {minutes(left)}{paused}.")
    said += [f"Not synced: {problem}" for problem in board.problems]
    said += [f"{note[:1].upper()}{note[1:].removesuffix('.')}." for note in board.notes]
    if board.wish is None:
        said.append(_NOT_HERE)
    return Text("\n".join(safe(line) for line in said))
