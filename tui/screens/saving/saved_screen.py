"""The saved filters as a list: what each finds, whether it alerts and highlights; choose one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static
from textual.worker import get_current_worker

from tui.domain.saved import BUILT_IN, Saved, SavedFilter
from tui.domain.words import counted
from tui.errors import FilterError, SettingsError
from tui.language.describe import describe
from tui.language.grammar import parse
from tui.language.references import named_in
from tui.language.rules import problem
from tui.settings.filters import load
from tui.settings.filters_file import drop, put
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe
from tui.widgets.status_line import Status, StatusLine

_NAME, _EVENTS, _ALERT, _HIGHLIGHT = 20, 11, 7, 11
_PATH = 36
"""Characters of the path shown, its end rather than its beginning."""
_CYCLE = ("", "accent", "low", "medium", "high", "critical", "ok", "denied", "failed")
"""The highlights in the order in which one key goes through them."""
_KNOWN = {each.name for each in BUILT_IN}


class Choice(NamedTuple):
    """The filter to ask with, and whether the user goes on typing it."""

    text: str
    edited: bool = False


class SavedList(LineView):
    """One line for each saved filter."""

    HEADER = 1
    DEFAULT_CSS = "SavedList { background: $background; height: 1fr; }"

    class Moved(Message):
        """The cursor stands on another filter."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._saved = Saved()
        self._problems: frozenset[str] = frozenset()
        self._found: Mapping[str, str] = {}

    @property
    def current(self) -> SavedFilter | None:
        """The filter under the cursor."""
        filters = self._saved.filters
        return filters[self.cursor] if filters else None

    def show(self, saved: Saved, problems: frozenset[str]) -> None:
        """List these; something is wrong with those that are named in `problems`."""
        current = self.current
        names = [each.name for each in saved.filters]
        self._saved, self._problems = saved, problems
        same = current is not None and current.name in names
        self.set_count(len(names), names.index(current.name) if current and same else self.cursor)
        self.refresh()

    def count_found(self, found: Mapping[str, str]) -> None:
        """Show how many events each finds, by its name."""
        self._found = found
        self.refresh()

    def cursor_moved(self) -> None:
        """Tell that another filter is to be described."""
        self.post_message(self.Moved())

    def empty(self) -> str:
        """Return the sentence for an empty list."""
        return "Nothing is saved."

    def header(self, width: int) -> Strip:
        """Return the titles."""
        titles = (
            f" {fit('name', _NAME)}{fit('events', _EVENTS - 2, right=True)}  "
            f"{fit('alert', _ALERT)}{fit('highlight', _HIGHLIGHT)}filter"
        )
        return tones.strip(self, [(fit(titles, width), "muted")])

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one filter: its name, what it finds and does, and its text."""
        each = self._saved.filters[index]
        wrong = each.name in self._problems
        found = self._found.get(each.name, "")
        alert = self._does("yes" if each.alert else "", self.glyphs.notable, wrong=wrong)
        highlight = self._does(each.highlight, self.glyphs.highlight, wrong=wrong)
        room = max(0, width - 1 - _NAME - _EVENTS - _ALERT - _HIGHLIGHT)
        parts = [
            (self.glyphs.trouble if wrong else " ", "failed"),
            (fit(f"@{each.name}", _NAME), "text"),
            (fit(found, _EVENTS - 2, right=True) + "  ", "muted"),
            (fit(alert, _ALERT), "accent" if each.alert and not wrong else "muted"),
            (fit(highlight, _HIGHLIGHT), "muted" if wrong else each.highlight or "muted"),
            (fit(safe(each.text), room), "failed" if wrong else "text"),
        ]
        return tones.strip(self, parts, ground).adjust_cell_length(width)

    def _does(self, wanted: str, sign: str, *, wrong: bool) -> str:
        """Say whether a filter does something, or cannot though it is wanted."""
        if wanted:
            return "cannot" if wrong else f"{sign} {wanted}"
        return "no"


class SavedScreen(Screen[Choice | None]):
    """Ends with the filter to ask with, None to leave it; changes are taken over at once."""

    DEFAULT_CSS = """
    SavedScreen { background: $background; }
    SavedScreen > Static { height: auto; max-height: 9; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("saved")

    class Changed(Message):
        """The file says something else now."""

        def __init__(self, saved: Saved) -> None:
            super().__init__()
            self.saved = saved

    class Refused(Message):
        """The file could not be changed."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class Counted(Message):
        """What filters find was counted, by their names."""

        def __init__(self, of: Saved, found: Mapping[str, str]) -> None:
            super().__init__()
            self.of = of
            self.found = found

    def __init__(
        self,
        saved: Saved,
        path: Path | None,
        zone: tzinfo,
        found_by: Callable[[str], str],
        take: Callable[[Saved], None],
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """`found_by` counts what a text finds, in a worker; `take` is told of every change."""
        super().__init__()
        self._saved = saved
        self._path = path
        self._zone = zone
        self._found_by = found_by
        self._take = take
        self._glyphs = glyphs
        self._warned = ""
        """The name whose next deletion is meant."""

    def compose(self) -> ComposeResult:
        """Lay out the list, and what is to be said of the chosen filter."""
        yield StatusLine()
        yield SavedList(self._glyphs)
        yield Static(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """List what there is, and look whether the file says something else by now."""
        self.query_one(SavedList).focus()
        self._show()
        if self._path:
            self._write(partial(load, self._path))

    def _show(self) -> None:
        saved, now = self._saved, _now()
        wrong = {each.name for each in saved.filters if problem(each, saved, now, self._zone)}
        self.query_one(SavedList).show(saved, frozenset(wrong))
        working = [each for each in saved.filters if each.name not in wrong]
        alerting = sum(each.alert for each in working)
        highlighting = sum(bool(each.highlight) for each in working)
        many = counted(len(saved.filters), "filter")
        left = f"{many}, {counted(alerting, 'alert')}, {counted(highlighting, 'highlight')}"
        path = safe(str(self._path)) if self._path else "kept nowhere"
        where = path if len(path) <= _PATH else f"…{path[1 - _PATH :]}"
        self.query_one(StatusLine).show(Status(left, where, name="saved"))
        self._describe()
        self._count(saved)

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self, saved: Saved) -> None:
        worker = get_current_worker()
        found: dict[str, str] = {}
        for each in saved.filters:
            try:
                found[each.name] = self._found_by(f"@{each.name}")
            except FilterError:
                continue  # what is wrong is said where it is described
            if worker.is_cancelled:
                return
        self.post_message(self.Counted(saved, found))

    @on(Counted)
    def _counted(self, event: Counted) -> None:
        if event.of is self._saved:
            self.query_one(SavedList).count_found(event.found)

    @on(SavedList.Moved)
    def _moved(self) -> None:
        self._warned = ""
        self._describe()

    def _describe(self, more: str = "") -> None:
        """Say what the filter under the cursor asks for, and all that is wrong."""
        current = self.query_one(SavedList).current
        said = [more] if more else []
        if current:
            said += self._meaning(current)
        said += [f"Left out, {each}" for each in self._saved.problems]
        self.query_one(Static).update(Text("\n".join(safe(each, 600) for each in said)))

    def _meaning(self, each: SavedFilter) -> list[str]:
        now, saved = _now(), self._saved
        wrong = problem(each, saved, now, self._zone)
        try:
            words = describe(parse(each.text, now, self._zone, saved.texts))
        except FilterError:
            return [wrong]
        return [f"@{each.name}: {words}", *([wrong] if wrong else [])]

    # What the user does.

    def action_choose(self) -> None:
        """Ask with the filter under the cursor, by its name."""
        if current := self.query_one(SavedList).current:
            self.dismiss(Choice(f"@{current.name}"))

    def action_edit(self) -> None:
        """Put the text of the filter where it can be changed."""
        if current := self.query_one(SavedList).current:
            self.dismiss(Choice(current.text, edited=True))

    def action_alert(self) -> None:
        """Let the filter under the cursor alert, or not any more."""
        if current := self.query_one(SavedList).current:
            self._change(current.name, {"alert": not current.alert})

    def action_highlight(self, by: int) -> None:
        """Give the events of the filter under the cursor the next highlight, or none."""
        if current := self.query_one(SavedList).current:
            tone = _CYCLE[(_CYCLE.index(current.highlight) + by) % len(_CYCLE)]
            self._change(current.name, {"highlight": tone})

    def action_drop(self) -> None:
        """Save the filter under the cursor no longer, when it is told twice."""
        current = self.query_one(SavedList).current
        if current is None:
            return
        if current.name in _KNOWN and not current.line:
            self._describe(f"@{current.name} is built in and stays. It need not alert.")
        elif current.name != self._warned:
            self._warned = current.name
            self._describe(self._warning(current.name))
        else:
            self._warned = ""
            self._change(current.name, None)

    def _warning(self, name: str) -> str:
        """Say what becomes of a filter that is deleted."""
        if name in _KNOWN:
            return f"Once more sets @{name} back to what is built in."
        others = [f"@{each.name}" for each in self._saved.filters if name in named_in(each.text)]
        return f"Once more deletes @{name}{', named by ' if others else ''}{', '.join(others)}."

    def _change(self, name: str, values: Mapping[str, str | bool] | None) -> None:
        """Save what a filter is to say; None drops it."""
        if self._path is None:
            self._describe("Nothing can be changed: this explorer has no file to save filters in.")
        elif values is None:
            self._write(partial(drop, self._path, name))
        else:
            self._write(partial(put, self._path, name, values))

    @work(thread=True, group="saved", exit_on_error=False)
    def _write(self, change: Callable[[], Saved]) -> None:
        """Change the file, or only read it again."""
        try:
            self.post_message(self.Changed(change()))
        except SettingsError as error:
            self.post_message(self.Refused(str(error)))

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        if event.saved != self._saved:
            self._saved = event.saved
            self._take(event.saved)
            self._show()

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        self._describe(event.sentence)


def _now() -> int:
    return int(time.time() * 1000)
