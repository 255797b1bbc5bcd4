"""The events screen: its layout, and what the user does in its widgets and with its keys.

It owns how a question comes about. Which answer is shown is `answers`; everything that takes time
runs in a worker of `background`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantFocus, Resize

from tui.domain.answer import WINDOW, Row
from tui.domain.fields import BY_NAME
from tui.domain.objects import ObjectSource
from tui.domain.syncing import Wish
from tui.domain.words import counted
from tui.errors import FilterError
from tui.jobs.exploring.preview import Preview
from tui.paths import theme_folders
from tui.screens import keys, resting, wording
from tui.screens.beginning.ways import Beginning
from tui.screens.following.follow import Follower, Manner
from tui.screens.places import GRAND, HIGH, TALL, VAST, WIDE
from tui.screens.question import Question, half_typed, has_words
from tui.screens.resting import Resting
from tui.screens.work import Completed, ThemeKept
from tui.storage.cache import Cache
from tui.theming import load
from tui.widgets.bindings import bindings
from tui.widgets.columns import Setting
from tui.widgets.event_table import EventTable
from tui.widgets.facets import Facets
from tui.widgets.filter_bar import Completion, FilterBar, FilterInput
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.hints import Hints
from tui.widgets.histogram import HistogramView
from tui.widgets.key_line import KeyLine
from tui.widgets.loading import Loading
from tui.widgets.record_tree import RecordTree, RecordView
from tui.widgets.rooms import Beside, Stacked
from tui.widgets.status_line import StatusLine
from tui.widgets.summary import Summary

UNFOLDED = ("caller", "action", "service", "error")
"""Facets open at the start."""
SYNC_AFTER = 0.5
"""Seconds before a sync starts: what it loads would slow the first paint."""
LOOK_EVERY = 10.0
"""Seconds between two looks at the clock, at most."""


class EventsScreen(Beginning):
    """Browse what is cached, while a source may still be read."""

    AUTO_FOCUS = "EventTable"  # keys typed before anything is drawn are not for the filter
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 the base class declares them so
        (0, "-narrow"),
        (WIDE, "-wide"),
        (VAST, "-vast"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-low"),
        (HIGH, "-high"),
        (TALL, "-tall"),
        (GRAND, "-grand"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = bindings("events")

    def __init__(
        self,
        cache: Cache,
        source: ObjectSource | None = None,
        *,
        wish: Wish | None = None,
        zone: tzinfo = UTC,
        glyphs: Glyphs = UNICODE,
        preview: Preview | None = None,
        follower: Follower | None = None,
        manner: Manner | None = None,
    ) -> None:
        super().__init__(cache, zone, wish, follower, glyphs, manner)
        self._moving = Resting(self, resting.MOVING)
        self._typing = Resting(self, resting.TYPING)
        self._completing = Resting(self, resting.TYPING)
        self._preview = preview
        self._facets_wanted: bool | None = None
        """Whether the user wants them; None leaves it to the width."""
        self._before_typing: Question | None = None
        """What was asked before the filter that is being typed."""
        self.source = source

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._take_size_classes()
        yield StatusLine(wording.holdings(None, ""), id="holdings")
        yield FilterBar(glyphs=self.glyphs)
        yield HistogramView(zone=self.zone, glyphs=self.glyphs)
        yield StatusLine(id="follow")
        with Beside(id="body"):
            yield Facets(wording.FACETS, unfolded=UNFOLDED, glyphs=self.glyphs, id="facets")
            with Stacked(id="events"):
                yield EventTable(setting=Setting(self.zone, self.glyphs), empty="Loading…")
                yield Summary(zone=self.zone, glyphs=self.glyphs)
        yield Loading(glyphs=self.glyphs)
        yield StatusLine(id="offer")
        yield StatusLine(id="cover")
        if self.hints:
            yield Hints(self.hints, self.hints_away)
        yield KeyLine()

    def _take_size_classes(self) -> None:
        """Take the classes of the size: Textual does after the first paint, and paints it twice."""
        width, height = self.app.size
        self.add_class(_reached(self.HORIZONTAL_BREAKPOINTS, width))
        self.add_class(_reached(self.VERTICAL_BREAKPOINTS, height))

    def on_resize(self, event: Resize) -> None:
        """Show the facets where there is room for them, unless the user said otherwise."""
        wanted = event.size.width >= WIDE if self._facets_wanted is None else self._facets_wanted
        self.set_class(not wanted, "-no-facets")

    def on_mount(self) -> None:
        """Show what is there at once, and start the rest."""
        self.query_one(EventTable).focus()
        found = self._preview.taken() if self._preview else None
        if found:
            self.show_first(*found)
        else:
            self.read_first_rows(WINDOW)
        if self.source:
            self.start_reading(self.source)
        if self.board.wish:
            self.set_timer(SYNC_AFTER, self.start_sync)
            if every := self.board.wish.every:
                self.set_interval(min(LOOK_EVERY, every), self.look_at_clock)

    # What the user does in the widgets.

    @on(EventTable.WindowWanted)
    def _window_wanted(self, event: EventTable.WindowWanted) -> None:
        if self.view and event.generation == self._generation:
            self.read_rows(self.view, event.generation, event.first, event.count)

    @on(EventTable.Highlighted)
    def _highlighted(self, event: EventTable.Highlighted) -> None:
        self._moving.then(partial(self._describe, event.row))

    def _describe(self, row: Row) -> None:
        current = self.query_one(EventTable).current
        if current is None or current.number != row.number:
            return  # another answer came while the cursor rested
        self.query_one(Summary).show(row)
        if self.has_class("-reading"):
            self.open_record(row.number)

    @on(EventTable.Opened)
    async def _event_opened(self, event: EventTable.Opened) -> None:
        if not self.query(RecordView):  # not made before it is wanted: the first paint is earlier
            await self.query_one("#body").mount(RecordView(glyphs=self.glyphs))
        self.add_class("-reading")
        self._opened = None
        self.open_record(event.row.number)
        self.query_one(RecordTree).focus()

    @on(RecordTree.CopyRequested)
    def _copy_requested(self, event: RecordTree.CopyRequested) -> None:
        self._copy(event.text)

    @on(Facets.ValueToggled)
    def _value_toggled(self, event: Facets.ValueToggled) -> None:
        from tui.language import narrow

        bar = self.query_one(FilterBar)
        change = narrow.include if event.include else narrow.exclude
        try:
            field = BY_NAME[event.field]
            text = change(self.question.text, field, event.value, self.saved.texts)
        except FilterError as error:
            bar.set_error(error.sentence(), error.column)
            return
        bar.set_text(text)
        self.ask_text(text)

    @on(Facets.FacetWanted)
    def _facet_wanted(self) -> None:
        self.ask(keep_place=True)

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        self._before_typing = self._before_typing or self.question
        self._typing.then(partial(self._take_while_typing, event.text))

    def _take_while_typing(self, text: str) -> None:
        self._half_typed = half_typed(text)
        self.ask_text(text, told=False)

    @on(FilterBar.Submitted)
    def _filter_submitted(self, event: FilterBar.Submitted) -> None:
        self._typing.cancel()
        self._completing.cancel()
        self._half_typed = half_typed(event.text)
        self.ask_text(event.text)
        self._take_as_typed()
        if self.question.text == event.text:
            self.query_one(EventTable).focus()

    def on_descendant_blur(self) -> None:
        """Leaving the filter says that it is typed to its end."""
        self._take_as_typed()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Take what is typed when the user goes elsewhere, but not when his window does."""
        if not isinstance(event.widget, FilterInput):
            self._before_typing = None

    def _take_as_typed(self) -> None:
        self._typing.finish()
        if self._half_typed:
            self._half_typed = False
            self.ask(keep_place=True)

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self._typing.cancel()
        self._half_typed = False
        before = (self._before_typing or self.question).within(self.question.span)
        bar = self.query_one(FilterBar)
        bar.set_text(before.text)
        bar.set_error("")
        if before != self.question:
            self.question = before
            self.ask(keep_place=True)
        self.query_one(EventTable).focus()

    @on(FilterBar.CompletionsWanted)
    def _completions_wanted(self, event: FilterBar.CompletionsWanted) -> None:
        saved = self.saved.texts
        self._completing.then(partial(self.complete, event.text, event.cursor, saved))

    @on(Completed)
    def _completed(self, event: Completed) -> None:
        bar = self.query_one(FilterBar)
        if bar.text == event.text:
            bar.set_completions(
                [Completion(each.insert, each.start, each.detail) for each in event.found]
            )

    @on(HistogramView.BinsWanted)
    def _bins_wanted(self, event: HistogramView.BinsWanted) -> None:
        self._bins = event.bins
        self.ask(keep_place=True)

    @on(HistogramView.SpanPicked)
    def _span_picked(self, event: HistogramView.SpanPicked) -> None:
        self.question = self.question.within(event.span)
        self.ask(keep_place=True)

    @on(HistogramView.SpanCleared)
    def _span_cleared(self) -> None:
        if self.question.span:
            self.question = self.question.within(None)
            self.ask(keep_place=True)
        self.query_one(EventTable).focus()

    # Actions.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the slash to who else needs it."""
        if action == "filter":
            return not keys.slash_is_taken(self.focused)
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Go to the filter."""
        self.set_focus(self.query_one(FilterInput))

    def action_clear(self) -> None:
        """Ask for everything again."""
        self.question = Question()
        self._before_typing = None
        self.query_one(FilterBar).set_text("")
        self.query_one(FilterBar).set_error("")
        self.ask(keep_place=True)

    def action_facets(self) -> None:
        """Show or hide the facets, and go there or back."""
        hidden = not self.has_class("-no-facets")
        self._facets_wanted = not hidden
        self.set_class(hidden, "-no-facets")
        self.query_one(EventTable if hidden else Facets).focus()

    def action_histogram(self) -> None:
        """Go to the histogram."""
        self.query_one(HistogramView).focus()

    def action_columns(self) -> None:
        """Choose and order the columns."""
        from tui.screens.columns import ColumnsScreen

        table = self.query_one(EventTable)
        self.app.push_screen(ColumnsScreen(table.shown_ids, self.glyphs), self._take_columns)

    def _take_columns(self, chosen: tuple[str, ...] | None) -> None:
        if chosen is not None:
            self.query_one(EventTable).show_columns(chosen or None)

    def action_deep(self) -> None:
        """Look for words in whole records too."""
        if not has_words(self.question.filter):
            key = self.keys["events.filter"]
            self.notify(f"The filter has no words to look for. Type some with {key} first.")
            return
        self.question = self.question.in_records()
        self.ask(keep_place=True)

    def action_copy(self) -> None:
        """Copy the record of the event under the cursor."""
        current = self.query_one(EventTable).current
        if self._opened and current and self._opened.number == current.number:
            self._copy(self._opened.text)
        elif current:
            self.notify(f"Open the event first, with {self.keys['table.open']}.")
        else:
            self.notify("There is no event to copy.")

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {counted(len(text), 'character')}.")

    def action_skipped(self) -> None:
        """List what could not be read."""
        from tui.screens.skipped import SkippedScreen

        self.app.push_screen(SkippedScreen(self.cache, self._skipped))

    def action_sync(self) -> None:
        """Show how the sync stands."""
        from tui.screens.syncing.sync import SyncScreen

        self.app.push_screen(SyncScreen(self, glyphs=self.glyphs))

    def action_coverage(self) -> None:
        """Show what is cached, and what is not."""
        from tui.screens.syncing.coverage import CoverageScreen

        self.app.push_screen(CoverageScreen(self.cache, self.board, glyphs=self.glyphs))

    def action_theme(self) -> None:
        """Choose the colours."""
        from tui.screens.themes import ThemeScreen

        self.app.push_screen(ThemeScreen(load(theme_folders()), self.glyphs), self._keep_theme)

    def _keep_theme(self, name: str | None) -> None:
        if name:
            self.post_message(ThemeKept(name))

    def action_next_pane(self) -> None:
        """Go to the next part of the screen."""
        self.focus_next()

    def action_previous_pane(self) -> None:
        """Go to the part before."""
        self.focus_previous()

    def action_back(self) -> None:
        """Leave what is open, innermost first; then stop what is running."""
        table = self.query_one(EventTable)
        if self.has_class("-reading"):
            self.remove_class("-reading")
        elif self.has_class("-narrow") and not self.has_class("-no-facets"):
            self._facets_wanted = None
            self.add_class("-no-facets")
        elif table.has_focus and self.asking:
            self.asking.stop()
        elif table.has_focus and self.progress:
            self.progress.stop()
        elif table.has_focus and self.board.busy:
            self.board.stop()
        table.focus()


def _reached(breakpoints: Sequence[tuple[int, str]], length: int) -> str:
    """Return the class of the greatest length that is reached; there is one for 0."""
    return max(each for each in breakpoints if each[0] <= length)[1]
