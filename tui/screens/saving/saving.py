"""The saving half of the events screen: the present filter gets a name, and named ones are chosen.

It owns what a changed set of saved filters means for what is shown. What a saved filter is, is
`domain.saved`'s business; how its file is changed, `settings.filters_file`'s.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from tui.domain.answer import Query
from tui.domain.saved import Saved
from tui.errors import FilterError
from tui.screens.flagging import Flagging
from tui.widgets.event_table import EventTable
from tui.widgets.filter_bar import FilterBar, FilterInput

if TYPE_CHECKING:  # loading it takes longer than the first paint
    from tui.screens.saving.saved_screen import Choice

NO_FILTER = "There is no filter to save. Type one first."
NO_FILE = "This explorer has no file to save filters in."


class FilterSaved(Message):
    """A filter was saved under a name."""

    def __init__(self, name: str, saved: Saved) -> None:
        super().__init__()
        self.name = name
        self.saved = saved


class Saving(Flagging):
    """A screen whose filter can be saved."""

    filters_file: Path | None = None
    """Where saved filters are kept, if they are."""

    def action_save(self) -> None:
        """Ask for a name of the filter as it stands in the bar."""
        text = self.query_one(FilterBar).text.strip()
        try:
            self.question.typed(text, self.zone, self.saved.texts)
        except FilterError as error:
            self.notify(error.sentence(), severity="error", markup=False)
            return
        if not text or not self.filters_file:
            self.notify(NO_FILE if text else NO_FILTER)
            return
        from tui.screens.saving.name_screen import NameScreen

        take = partial(self._take_name, self.filters_file, text)
        ranged = self.question.span is not None
        self.app.push_screen(NameScreen(text, self.saved, self.zone, ranged=ranged), take)

    def action_saved(self) -> None:
        """Show the saved filters."""
        from tui.screens.saving.saved_screen import SavedScreen

        screen = SavedScreen(
            self.saved, self.filters_file, self.zone, self.found_by, self.take_saved, self.glyphs
        )
        self.app.push_screen(screen, self._apply)

    def _take_name(self, path: Path, text: str, name: str | None) -> None:
        if name is not None:
            self._save(path, text, name)

    @work(thread=True, group="saved", exit_on_error=False)
    def _save(self, path: Path, text: str, name: str) -> None:
        from tui.settings.filters_file import put

        self.post_message(FilterSaved(name, put(path, name, {"filter": text})))

    @on(FilterSaved)
    def _filter_saved(self, event: FilterSaved) -> None:
        self.take_saved(event.saved)
        self.notify(f"Saved as @{event.name}.", markup=False)

    def _apply(self, choice: Choice | None) -> None:
        if choice is None:
            return
        self.query_one(FilterBar).set_text(choice.text)
        self.ask_text(choice.text)
        self.set_focus(self.query_one(FilterInput if choice.edited else EventTable))

    def found_by(self, text: str) -> str:
        """Return how many cached events a filter finds, to be called from a worker.

        Nothing where that is not known yet; with a `+` where only records can decide on more.
        Raises FilterError.
        """
        question = self.question.typed(text, self.zone, self.saved.texts)
        if self.explorer is None:
            return ""
        answer = self.explorer.answer(Query(question.filter)).answer
        return f"{answer.total:,}{'+' if answer.undecided else ''}"

    def take_saved(self, saved: Saved) -> None:
        """Take over changed filters: `@name` may ask for others, others may stand out."""
        self.saved = saved
        try:
            question = self.question.typed(self.question.text, self.zone, saved.texts)
        except FilterError as error:  # what is shown is still what it asked for
            self.query_one(FilterBar).set_error(error.sentence(), error.column)
        else:
            self.question = replace(question, deep=self.question.deep)
        self.ask(keep_place=True)
