"""One hour of one trail: what was found, its digest, and the log files that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static
from textual.worker import get_current_worker

from tui.domain.hours import Hour, LogLine
from tui.domain.integrity import Finding, Kind
from tui.domain.words import counted
from tui.keymap import Keys
from tui.screens.verifying.audits import Purpose
from tui.screens.verifying.integrity import name
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe
from tui.widgets.status_line import Status, StatusLine

if TYPE_CHECKING:
    from tui.screens.verifying.auditing import Auditing

_VERDICT = 26
_EVENTS = 14
_VALID = "valid"
_NOT_CACHED = "not cached"
_IN_HISTORY = "only in event history"
_DIGEST = "AWS signed this digest, and it lies where it was delivered."
_ALONE = "This digest does not prove itself, and its hour was not verified yet. Press {} to do so."


class Line(NamedTuple):
    """One thing of the hour; `words` say more of it below the list."""

    verdict: str
    uri: str
    note: str
    words: str
    is_log: bool = False
    is_events: bool = False
    """Whether it is about events, and `uri` the filter that finds them."""

    @property
    def name(self) -> str:
        """What to call it where there is little room."""
        return _IN_HISTORY if self.is_events else self.uri.rpartition("/")[2] or self.uri


def lines(hour: Hour, logs: list[LogLine], keys: Keys) -> list[Line]:
    """Return what there is to list: findings, the digest, the log files."""
    found = {each.object: each.detail for each in hour.findings}
    listed = {each.uri for each in logs}
    shown = [_of(each) for each in hour.findings if each.object not in {*listed, hour.uri}]
    if hour.uri:
        bad = next((each for each in hour.findings if each.object == hour.uri), None)
        alone = _ALONE.format(keys["hour.verify"])
        words = bad.detail if bad else _DIGEST if hour.verdict == _VALID else alone
        verdict = bad.kind if bad else hour.verdict
        shown.append(Line(verdict, hour.uri, f"names {hour.named:,}", words))
    for log in logs:
        words = found.get(log.uri, "Its content is what the digest says that AWS delivered.")
        cached = _cached(log.events)
        shown.append(Line(log.verdict, log.uri, cached, words, is_log=True))
    return shown


def _of(finding: Finding) -> Line:
    """Return a finding that is about none of the files that are listed."""
    about_events = finding.kind is Kind.EVENT_UNCONFIRMED
    note = _cached(finding.events) if about_events else ""
    return Line(finding.kind, finding.object, note, finding.detail, is_events=about_events)


def _cached(events: int) -> str:
    if not events:
        return _NOT_CACHED
    return f"{events:,} event{'' if events == 1 else 's'}"


def told(hour: Hour) -> str:
    """Return the hour in a sentence: what was found of how many files."""
    wrong = f"{hour.wrong:,} of them wrong or missing" if hour.wrong else "none of them wrong"
    digest = (
        f"its digest names {counted(hour.named, 'log file')}, {wrong}" if hour.uri else "no digest"
    )
    findings = f"; findings: {len(hour.findings):,}" if hour.findings else ""
    return f"{name(hour)}; {digest}{findings}."


class HourList(LineView):
    """One line for each finding, digest and log file."""

    HEADER = 1
    DEFAULT_CSS = "HourList { background: $background; height: 1fr; }"

    class Moved(Message):
        """The cursor stands on another line."""

    def __init__(self, keys: Keys, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self._keys = keys
        self._lines: list[Line] = []

    @property
    def current(self) -> Line | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    def show(self, shown: list[Line]) -> None:
        """List these."""
        self._lines = shown
        self.set_count(len(shown), self.cursor)
        self.refresh()
        self.post_message(self.Moved())

    def cursor_moved(self) -> None:
        """Tell that the cursor stands elsewhere."""
        self.post_message(self.Moved())

    def empty(self) -> str:
        """Return the sentence for an hour of which nothing is known."""
        return f"Nothing is known of this hour. Press {self._keys['hour.verify']} to verify it."

    def header(self, width: int) -> Strip:
        """Return the titles."""
        room = max(0, width - _VERDICT - _EVENTS - 4)
        titles = (fit("found", _VERDICT), fit("file", room), fit("cached", _EVENTS, right=True))
        words = f"   {''.join(titles)}"
        return tones.strip(self, [(fit(words, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one line: sign, verdict, name, what is cached of it."""
        line = self._lines[index]
        good = line.verdict == _VALID
        sign = self.glyphs.marks[0 if good else 3]
        room = max(2, width - _VERDICT - _EVENTS - 4)
        parts = [
            (f" {sign} ", "ok" if good else "failed"),
            (fit(safe(line.verdict), _VERDICT), "muted" if good else "failed"),
            (fit(safe(line.name), room - 2, keep_end=True) + "  ", "text"),
            (fit(line.note, _EVENTS, right=True) + " ", "muted"),
        ]
        return tones.strip(self, parts, ground).adjust_cell_length(width)


class HourScreen(Screen[None]):
    """The list of an hour; Enter shows the events of a log file."""

    DEFAULT_CSS = """
    HourScreen { background: $background; }
    HourScreen > #hour { height: auto; max-height: 5; padding: 0 1; background: $surface; }
    HourScreen > #chosen {
        height: auto; min-height: 4; max-height: 50%; padding: 0 1; background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("hour")

    class Listed(Message):
        """The log files were read."""

        def __init__(self, shown: list[Line]) -> None:
            super().__init__()
            self.shown = shown

    def __init__(self, events: Auditing, hour: Hour, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._events = events
        self._hour = hour
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Lay out the sentence of the hour, the list, and what is to be said of the chosen line."""
        stream = self._hour.stream
        place = safe(f"{stream.account} {stream.region}")
        yield StatusLine(Status(place, str(self._hour.state), name="hour"))
        yield Static(Text(safe(told(self._hour))), id="hour", markup=False)
        yield HourList(self._events.keys, glyphs=self._glyphs)
        yield Static(id="chosen", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the log files."""
        self.query_one(HourList).focus()
        self._read()

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        from tui.jobs.verifying.hours import log_files

        shown = lines(self._hour, log_files(self._events.cache, self._hour), self._events.keys)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Listed(shown))

    def on_hour_screen_listed(self, event: Listed) -> None:
        """Show them."""
        self.query_one(HourList).show(event.shown)

    def on_hour_list_moved(self) -> None:
        """Say more of the chosen line."""
        line = self.query_one(HourList).current
        said = [] if line is None else [line.words] if line.is_events else [line.uri, line.words]
        self.query_one("#chosen", Static).update(Text("\n".join(safe(each) for each in said)))

    def action_events(self) -> None:
        """Show the events of the log file under the cursor, or those that a finding is about."""
        line = self.query_one(HourList).current
        if line is None or not (line.is_log or line.is_events):
            self.notify("Events are in log files: choose one of those.")
        elif line.note == _NOT_CACHED:
            self.notify("None of its events is cached. Sync that time first.")
        else:
            while self.app.screen is not self._events:
                self.app.pop_screen()
            show = self._events.show_file if line.is_log else self._events.show_filter
            show(line.uri)

    def action_verify(self) -> None:
        """Verify this hour again."""
        self._events.start_audit(Purpose(self._hour.covers or self._hour.span))
        self.app.pop_screen()
