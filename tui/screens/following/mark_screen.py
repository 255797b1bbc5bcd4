"""Setting a mark: what did I just do? One line says whose events are wanted from now on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from tui.errors import FilterError
from tui.language.grammar import parse
from tui.screens.one_line import OneLineScreen
from tui.widgets.bindings import of_dialog


class MarkScreen(OneLineScreen[str]):
    """Ends with the filter whose events are wanted, None to leave all as it was."""

    BINDINGS: ClassVar[list[BindingType]] = of_dialog("mark", "anywhere")
    ASKS = "What did I just do? Events from now on of"
    PLACEHOLDER = "a filter"
    FORMS = (
        "caller:deploy        a caller, at first that of the event you were on\n"
        "agent:*my-tag*       what you put into AWS_SDK_UA_APP_ID or a user agent\n"
        "session:build-1187   a role session's name\n"
        "key:AKIA…            an access key"
    )
    KEPT = "The mark is set at the moment you are done."

    def __init__(self, suggested: str, zone: tzinfo, saved: Mapping[str, str]) -> None:
        super().__init__(suggested)
        self._zone = zone
        self._saved = saved

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            parse(event.value, 0, self._zone, self._saved)
        except FilterError as error:
            self.refuse(error.sentence())
        else:
            self.dismiss(event.value.strip())
