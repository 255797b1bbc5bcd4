"""What is vouched for, hour by hour: the strips of every trail, account and region."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from tui.domain.answer import Span
from tui.domain.hours import Hour, Share
from tui.domain.integrity import HourState
from tui.errors import TrailhoundError
from tui.keymap import Keys
from tui.screens.verifying.audits import Purpose
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.hour_grid import HourGrid, sign
from tui.widgets.key_line import KeyLine
from tui.widgets.loading import Loading
from tui.widgets.printable import safe
from tui.widgets.status_line import Status, StatusLine

if TYPE_CHECKING:
    from tui.screens.verifying.auditing import Auditing

_NAME = "integrity"
_EVERY = 1.0
"""Seconds between two readings while something is verified."""
_MEANINGS = {
    HourState.VERIFIED: "AWS signed its digest, and every log file is as delivered: {named:,}.",
    HourState.PARTIAL: (
        "{valid:,} of {named:,} log files are verified. Press {verify} to verify the others."
    ),
    HourState.INVALID: (
        "something is missing or not as AWS delivered it. {zoom} shows what; leave it as it is."
    ),
    HourState.GAP: "no digest vouches for what was delivered then. See who turned it off.",
    HourState.OVERDUE: "its digest should be there by now. See whether the trail still logs.",
    HourState.NOT_YET: (
        "not verified, or its digest is not due. Press {verify} to verify what is shown."
    ),
}
"""What each state means, and what to do."""


def name(hour: Hour) -> str:
    """Return whose hour it is, when that was, and how it stands."""
    stream = hour.stream
    start, end = (datetime.fromtimestamp(each / 1000, UTC) for each in hour.covers or hour.span)
    place = f"{stream.trail} {stream.account} {stream.region}"
    return f"{place}, {start:%Y-%m-%d %H:%M}–{end:%H:%M} UTC: {hour.state}"


def sentence(hour: Hour, keys: Keys) -> str:
    """Say what an hour's sign means, and what to do."""
    meaning = _MEANINGS[hour.state].format(
        named=hour.named,
        valid=hour.valid,
        verify=keys["integrity.verify"],
        zoom=keys["hour-grid.zoom"],
    )
    why = f" {hour.findings[0].kind}: {hour.findings[0].detail}" if hour.findings else ""
    more = f" And {len(hour.findings) - 1:,} more." if len(hour.findings) > 1 else ""
    return f"{name(hour)}, {meaning}{why}{more}"


class IntegrityScreen(Screen[None]):
    """The strips over everything else; Enter opens an hour, Escape goes back."""

    DEFAULT_CSS = """
    IntegrityScreen { background: $background; }
    IntegrityScreen > Static { height: auto; max-height: 50%; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("integrity")

    class Listed(Message):
        """The strips were read."""

        def __init__(self, rows: list[list[Hour]], share: Share, ended: int) -> None:
            super().__init__()
            self.rows = rows
            self.share = share
            self.ended = ended
            """Runs whose findings are among them."""

    def __init__(
        self,
        events: Auditing,
        *,
        glyphs: Glyphs = UNICODE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._events = events
        self._glyphs = glyphs
        self._clock = clock
        self._seen = -1
        """Runs whose findings are shown."""

    def compose(self) -> ComposeResult:
        """Lay out the title, the legend, the strips, and the sentence about the cursor."""
        signs = " ".join(f"{sign(state, self._glyphs)} {state}" for state in HourState)
        yield StatusLine(Status(name=_NAME), id="share")
        yield StatusLine(Status(signs))
        yield HourGrid(self._events.keys, glyphs=self._glyphs)
        yield Static(markup=False)
        yield Loading(glyphs=self._glyphs)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read what is known, and again while something is verified."""
        self.query_one(HourGrid).focus()
        self._look()
        self.set_interval(_EVERY, self._look)

    def on_screen_resume(self) -> None:
        """Show at once what came while another screen lay over this one."""
        self._look()

    def _look(self) -> None:
        audits = self._events.audits
        self.query_one(Loading).show(audits.run.step if audits.run else None)
        if audits.run or audits.ended != self._seen:
            self._read(audits.ended)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _read(self, ended: int) -> None:
        from tui.jobs.verifying.hours import strips
        from tui.jobs.verifying.share import share

        cache, now = self._events.cache, int(self._clock() * 1000)
        rows = strips(cache, now)
        found = share(cache, rows, now)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Listed(rows, found, ended))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong while reading; what is no known trouble is a crash."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            if not isinstance(event.worker.error, TrailhoundError):
                raise event.worker.error
            self.query_one(Static).update(Text(safe(str(event.worker.error))))

    def on_integrity_screen_listed(self, event: Listed) -> None:
        """Show the strips."""
        self._seen = event.ended
        self.query_one(HourGrid).show(event.rows)
        tone = "ok" if event.share.whole else "text"
        status = Status("", event.share.words(), tone, name=_NAME)
        self.query_one("#share", StatusLine).show(status)
        self._describe()

    @on(HourGrid.Moved)
    def _describe(self) -> None:
        hour = self.query_one(HourGrid).current
        audits = self._events.audits
        lines = [audits.said] if audits.said and self._seen == audits.ended else []
        if hour:
            lines.append(sentence(hour, self._events.keys))
        text = Text("\n".join(safe(line) for line in lines))
        static = self.query_one(Static)
        if text != static.content:
            static.update(text)

    @on(HourGrid.ZoomWanted)
    def _zoom(self) -> None:
        from tui.screens.verifying.hour import HourScreen

        hour = self.query_one(HourGrid).current
        if hour:
            self.app.push_screen(HourScreen(self._events, hour, glyphs=self._glyphs))

    def action_verify(self) -> None:
        """Verify the hours in view; with none, the time of the events that are shown."""
        now = int(self._clock() * 1000)
        shown = self.query_one(HourGrid).in_view or self._events.time_shown(now)
        self._start(Span(shown.start, min(shown.end, now)))

    def action_verify_new(self) -> None:
        """Verify what came since the last time."""
        from tui.jobs.verifying.audit import new_since

        now = int(self._clock() * 1000)
        self._start(new_since(self._events.cache, self._events.time_shown(now), now))

    def _start(self, window: Span) -> None:
        self._events.start_audit(Purpose(window))
        self._look()

    def action_stop(self) -> None:
        """Stop verifying."""
        if self._events.audits.run:
            self._events.audits.run.stop()
        else:
            self.notify("Nothing is being verified.")
