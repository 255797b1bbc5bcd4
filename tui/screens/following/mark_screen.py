"""Setting a mark: what did I just do? One line says whose events are wanted from now on."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.errors import FilterError
from tui.language.grammar import parse
from tui.widgets.bindings import bindings
from tui.widgets.printable import safe

_FORMS = (
    "caller:deploy        a caller, at first that of the event you were on\n"
    "agent:*my-tag*       what you put into AWS_SDK_UA_APP_ID or a user agent\n"
    "session:build-1187   a role session's name\n"
    "key:AKIA…            an access key"
)
_KEPT = "Enter sets the mark at this moment, Esc leaves all as it is."


class MarkScreen(ModalScreen[str | None]):
    """Ends with the filter whose events are wanted, None to leave all as it was."""

    DEFAULT_CSS = """
    MarkScreen { align: center middle; }
    MarkScreen > Vertical {
        width: 76; max-width: 100%; height: auto; background: $panel; padding: 1 2;
    }
    MarkScreen Static { color: $muted; height: auto; }
    MarkScreen #title { color: $accent-color; }
    MarkScreen #said { color: $result-denied; min-height: 1; }
    MarkScreen Input {
        height: 1; border: none; padding: 0 1; margin: 1 0; background: $surface;
        &:focus { border: none; background-tint: $surface 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("mark")

    def __init__(self, suggested: str, zone: tzinfo) -> None:
        super().__init__()
        self._suggested = suggested
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lay out the line, room for what is wrong with it, and what one might type."""
        with Vertical():
            yield Static("What did I just do? Events from now on of", id="title", markup=False)
            yield Input(self._suggested, placeholder="a filter", select_on_focus=False)
            yield Static("", id="said", markup=False)
            yield Static(_FORMS, markup=False)
            yield Static(f"\n{_KEPT}", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#said", Static).update("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            parse(event.value, 0, self._zone)
        except FilterError as error:
            self.query_one("#said", Static).update(Text(safe(error.sentence())))
        else:
            self.dismiss(event.value.strip())
