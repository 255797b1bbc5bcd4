"""The ways to begin, for whoever has nothing cached and no AWS that answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from tui.errors import SourceError
from tui.screens.apart import apart
from tui.widgets import tones
from tui.widgets.bindings import of_dialog
from tui.widgets.filter_bar import FilterInput
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.printable import fit, safe


class Way(Enum):
    """How to begin."""

    DEMO = "demo"
    OPEN = "open log files"
    PROFILE = "profile"
    AGAIN = "ask AWS again"


class Choice(NamedTuple):
    """A way, and the path or the profile it takes."""

    way: Way
    value: str = ""


_WORDS = {
    Way.DEMO: "a simulated organization, an attack in it",
    Way.OPEN: "a folder, .json, .json.gz, .zip: named here",
    Way.PROFILE: "of this machine's AWS configuration",
    Way.AGAIN: "with the same credentials",
}
_NAME = 24
_MOST_LINES = 10
_REASONS = 2
"""Sentences shown of why AWS could not be asked."""


class WayList(LineView):
    """One line for each way."""

    DEFAULT_CSS = "WayList { background: $panel; width: 100%; }"

    def __init__(self, choices: Sequence[Choice], glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._choices = [*choices]

    @property
    def current(self) -> Choice:
        """The way under the cursor."""
        return self._choices[self.cursor]

    def on_mount(self) -> None:
        """Take the lines."""
        self._take()

    def add(self, choices: Sequence[Choice]) -> None:
        """Offer more ways, behind the others."""
        self._choices += choices
        self._take()

    def _take(self) -> None:
        self.styles.height = min(_MOST_LINES, len(self._choices))
        self.set_count(len(self._choices), self.cursor)

    def empty(self) -> str:
        """Return the sentence for an empty list; files can always be opened."""
        return "There is no way to begin."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return one way: its name, and what it means."""
        way, value = self._choices[index]
        name = f"{way.value} {value}" if value else way.value
        parts = [
            (f" {fit(safe(name), _NAME)} ", "text"),
            (fit(_WORDS[way], max(0, width - _NAME - 2)), "muted"),
        ]
        return tones.strip(self, parts, ground).adjust_cell_length(width)

    def clicked(self, times: int) -> None:
        """Choose by a double click."""
        if times == 2:
            self.post_message(StartScreen.Clicked())


class StartScreen(ModalScreen[Choice | None]):
    """Ends with how to begin; None shows the events screen as it is, empty."""

    DEFAULT_CSS = """
    StartScreen { align: center middle; }
    StartScreen > Vertical {
        width: 78; max-width: 100%; height: auto; max-height: 100%;
        background: $panel; padding: 1 2;
    }
    StartScreen Static { height: auto; color: $muted; }
    StartScreen #title { color: $foreground; }
    StartScreen #why { margin-bottom: 1; }
    StartScreen #said { display: none; color: $result-denied; margin-top: 1; }
    StartScreen FilterInput {
        display: none; height: 1; border: none; padding: 0 1; margin-top: 1; background: $surface;
        &:focus { border: none; background: $surface; background-tint: $surface 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = of_dialog("start", "anywhere")

    class Clicked(Message):
        """The way under the cursor is wanted."""

    def __init__(
        self, reasons: Sequence[str], *, aws: bool = True, glyphs: Glyphs = UNICODE
    ) -> None:
        """Say why nothing is there; `aws` is whether it may be asked at all."""
        super().__init__()
        self._reasons = reasons
        self._aws = aws
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Lay out why, the ways, and the line a path is typed in."""
        ways = [Choice(Way.DEMO), Choice(Way.OPEN), *([Choice(Way.AGAIN)] * self._aws)]
        with Vertical():
            yield Static("Nothing is cached yet. How do you want to begin?", id="title")
            yield Static(Text("\n".join(map(safe, self._reasons[:_REASONS]))), id="why")
            yield WayList(ways, self._glyphs)
            yield FilterInput(placeholder="a path", select_on_focus=False)
            yield Static(id="said", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Go to the ways, and look for more of them."""
        self.query_one(WayList).focus()
        if self._aws:
            self._look_for_profiles()

    @work(exit_on_error=False)
    async def _look_for_profiles(self) -> None:
        from tui.sources.aws.profiles import profiles  # loading botocore takes a while

        try:
            names = await apart(profiles)
        except SourceError as error:
            self._say(str(error))
            return
        self.query_one(WayList).add([Choice(Way.PROFILE, name) for name in names])

    @on(Clicked)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Begin as the cursor says; for files, ask where they are."""
        choice = self.query_one(WayList).current
        if choice.way is not Way.OPEN:
            self.dismiss(choice)
            return
        asked = self.query_one(FilterInput)
        asked.display = True
        asked.focus()

    @on(FilterInput.Submitted)
    def _path_typed(self, event: FilterInput.Submitted) -> None:
        event.stop()
        path = Path(os.path.expanduser(event.value.strip()))  # noqa: PTH111 raises for no such user
        if event.value.strip() and path.exists():
            self.dismiss(Choice(Way.OPEN, str(path)))
        else:
            self._say(f"There is no {event.value!r}. Name a folder or a file, such as ~/AWSLogs.")

    def _say(self, sentence: str) -> None:
        said = self.query_one("#said", Static)
        said.display = True
        said.update(Text(safe(sentence, 400)))

    def action_leave(self) -> None:
        """Leave the line, else the ways."""
        asked = self.query_one(FilterInput)
        if asked.has_focus:
            asked.display = False
            self.query_one(WayList).focus()
        else:
            self.dismiss(None)
