"""Adding a source to the sync: one line to type in, and what is wrong with it below."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.syncing import Wish
from tui.errors import TrailhoundError
from tui.screens.apart import apart
from tui.widgets.bindings import bindings
from tui.widgets.printable import safe

_FORMS = (
    "s3://bucket/prefix                       log files in a bucket\n"
    "arn:aws:cloudtrail:REGION:ID:trail/NAME  log files of a trail\n"
    "the name of a profile                    its history and its trails"
)
_KEPT = "Enter adds it until you quit, Esc leaves."


class AddSourceScreen(ModalScreen[Wish | None]):
    """Ends with the wish for the new source, None to leave all as it was."""

    DEFAULT_CSS = """
    AddSourceScreen { align: center middle; }
    AddSourceScreen > Vertical {
        width: 76; max-width: 100%; height: auto; background: $panel; padding: 1 2;
    }
    AddSourceScreen Static { color: $muted; height: auto; }
    AddSourceScreen #title { color: $accent-color; }
    AddSourceScreen #said { color: $result-denied; min-height: 3; }
    AddSourceScreen Input {
        height: 1; border: none; padding: 0 1; margin: 1 0; background: $surface;
        &:focus { border: none; background-tint: $surface 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("add-source")

    class Checked(Message):
        """What was typed is a source, or `said` tells why it is none."""

        def __init__(self, text: str, wish: Wish | None, said: str) -> None:
            super().__init__()
            self.text = text
            self.wish = wish
            self.said = said

    def __init__(self, base: Wish) -> None:
        super().__init__()
        self._base = base

    def compose(self) -> ComposeResult:
        """Lay out the forms a source can have, the line, and room for what is wrong with it."""
        with Vertical():
            yield Static("Add a source to the sync", id="title", markup=False)
            yield Input(placeholder="s3://, arn: or a profile", select_on_focus=False)
            yield Static("", id="said", markup=False)
            yield Static(_FORMS, markup=False)
            yield Static(f"\n{_KEPT}", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#said", Static).update("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._check(event.value)

    @work(exclusive=True, exit_on_error=False)
    async def _check(self, text: str) -> None:
        try:
            wish = await apart(partial(_wish, text, self._base))
        except TrailhoundError as error:
            self.post_message(self.Checked(text, None, str(error)))
        else:
            self.post_message(self.Checked(text, wish, ""))

    def on_add_source_screen_checked(self, event: Checked) -> None:
        """End with the source, or say what is wrong unless it was changed meanwhile."""
        if event.text != self.query_one(Input).value:
            return
        if event.wish:
            self.dismiss(event.wish)
        else:
            self.query_one("#said", Static).update(Text(safe(event.said)))


def _wish(text: str, base: Wish) -> Wish:
    from tui.jobs.syncing.adding import wish_for  # loads boto3, so not on the event loop
    from tui.sources.aws.sessions import profiles

    return wish_for(text, base, profiles())
