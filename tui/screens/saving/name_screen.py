"""Naming the present filter, so that it is kept; a name is taken over only when told twice."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from tui.domain.saved import Saved, is_name
from tui.errors import FilterError
from tui.language.grammar import parse
from tui.screens.one_line import OneLineScreen
from tui.widgets.bindings import of_dialog
from tui.widgets.printable import safe

_SHOWN = 300
"""Characters shown of a filter."""


class NameScreen(OneLineScreen[str]):
    """Ends with the name to save the filter under, None to leave all as it was."""

    BINDINGS: ClassVar[list[BindingType]] = of_dialog("name", "anywhere")
    ASKS = "Save this filter as"
    PLACEHOLDER = "small letters, digits and dashes, such as denied-reads"
    KEPT = "From then on @ and the name stand for it in any filter."

    def __init__(self, text: str, saved: Saved, zone: tzinfo, *, ranged: bool = False) -> None:
        """Ask for a name of the text; with a time range picked besides, say that it is not kept."""
        super().__init__()
        self.FORMS = safe(text, _SHOWN)
        if ranged:
            self.FORMS += "\nThe time range that is picked is no part of it."
        self._text = text
        self._saved = saved
        self._zone = zone
        self._warned = ""
        """The name that was told to be taken."""

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        name = event.value.strip().removeprefix("@")
        if why := self._refusal(name):
            self.refuse(why)
        else:
            self.dismiss(name)

    def _refusal(self, name: str) -> str:
        """Return why the filter is not saved under this name yet, or nothing."""
        if not is_name(name):
            return "A name has small letters and digits, and dashes between them."
        try:
            parse(self._text, 0, self._zone, {**self._saved.texts, name: self._text})
        except FilterError as error:
            return error.sentence()
        known = self._saved.named(name)
        if known and known.text != self._text and name != self._warned:
            self._warned = name
            return f"There is @{name} already: {safe(known.text, _SHOWN)} (once more replaces it)"
        return ""

    @on(Input.Changed)
    def _typed_on(self) -> None:
        self._warned = ""
