"""The asking half of the events screen: the question, and what is shown when an answer comes.

It owns which question is current; a late answer to another one is dropped. How the question comes
about is `events`; who computes the answer is `background`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual import on

from tui.domain.answer import Row
from tui.domain.progress import Step
from tui.domain.syncing import Wish
from tui.errors import FilterError
from tui.jobs.coverage import Lacking
from tui.screens import wording
from tui.screens.offers import Offers
from tui.screens.question import Question, chosen, has_words
from tui.screens.work import (
    Answered,
    CacheRebuilt,
    CoverRead,
    Damaged,
    ExplorerReady,
    FirstRows,
    Grown,
    OfferFound,
    Problem,
    Progressed,
    Read,
    RecordOpened,
    RowsRead,
    SyncMoved,
)
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.facets import Chosen, Facets
from tui.widgets.filter_bar import FilterBar
from tui.widgets.histogram import HistogramView
from tui.widgets.loading import Loading
from tui.widgets.record_tree import RecordView
from tui.widgets.status_line import StatusLine
from tui.widgets.summary import Summary


class Answers(Offers):
    """A screen whose widgets show the answer to one question."""

    def __init__(self, cache: Cache, zone: tzinfo, wish: Wish | None = None) -> None:
        super().__init__(cache, wish)
        self.zone = zone
        self.question = Question()
        self._generation = 0
        self._bins = 0
        self._skipped = 0
        self._lacking = Lacking()
        self._grown = False
        self._refreshing = False
        self._opened: RecordOpened | None = None
        self._half_typed = False
        """Whether the filter ends within a term: then finding nothing is no answer yet."""

    # Asking.

    def ask(self, *, keep_place: bool = False) -> None:
        """Have the current question answered."""
        if self.explorer is None:
            return
        self._generation += 1
        table = self.query_one(EventTable)
        current = table.current if keep_place and table.cursor else None
        facets = self.query_one(Facets).unfolded
        query = self.question.query(facets, self._bins)
        anchor = current.number if current else None
        self.answer(self.explorer, self._generation, query, anchor)

    def ask_text(self, text: str, *, told: bool = True) -> None:
        """Ask with another filter text; an error is shown if it is `told`."""
        bar = self.query_one(FilterBar)
        try:
            question = self.question.typed(text, self.zone)
        except FilterError as error:
            if told:
                bar.set_error(error.sentence(), error.column)
            return
        bar.set_error("")
        if question.filter != self.question.filter or self.question.deep:
            self.question = question
            self.ask(keep_place=True)

    # What workers found.

    @on(FirstRows)
    def _first_rows(self, event: FirstRows) -> None:
        self.show_first(event.rows, event.total)

    def show_first(self, rows: Sequence[Row], total: int) -> None:
        """Show the newest rows until the first answer is there, and have that prepared."""
        if self._generation == 0 and rows:
            self.query_one(EventTable).reset(total, 0, rows=rows)
        self.call_after_refresh(self.load_explorer)  # what is shown first is not to wait for it

    @on(ExplorerReady)
    def _explorer_ready(self, event: ExplorerReady) -> None:
        self.explorer = event.explorer
        self._skipped = event.skipped
        self.ask(keep_place=True)
        self._take_growth()

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        self.query_one(Loading).show(event.step)
        self._grown = True
        self._take_growth()

    @on(Read)
    def _read(self, event: Read) -> None:
        self.progress = None
        self.query_one(Loading).show(None)
        self._grown = True
        self._take_growth()
        done = event.result
        if done.cancelled:
            self.notify(f"Stopped. {done.events:,} new events are cached; open it again to go on.")

    @on(SyncMoved)
    def _sync_moved(self) -> None:
        overview = self.board.overview()
        if not self.progress and not self.asking:
            step = None
            if self.board.busy and overview.share is not None:
                events = f"{overview.events:,} events"
                step = Step("Syncing", int(overview.share * 10_000), 10_000, "%", events)
            self.query_one(Loading).show(step)
        self._grown = True
        self._say()
        self._take_growth()

    def cache_grew(self) -> None:
        """Take over what was added to the cache."""
        self._grown = True
        self._take_growth()

    def _take_growth(self) -> None:
        if self._grown and not self._refreshing and self.explorer:
            self._grown, self._refreshing = False, True
            self.refresh_explorer(self.explorer)

    @on(Grown)
    def _took_growth(self, event: Grown) -> None:
        self._refreshing = False
        self._skipped = event.skipped
        if self.view is None or event.events != self.view.answer.cached:
            self.ask(keep_place=True)
        else:
            self.read_cover(self._generation, self.view)
        self._take_growth()

    @on(CoverRead)
    def _cover_read(self, event: CoverRead) -> None:
        if event.generation == self._generation:
            self._lacking = event.cover.lacking
            self.query_one(HistogramView).cover(event.cover.strip)
            self._say()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.generation != self._generation:
            return
        answer = event.view.answer
        if self._half_typed and not answer.total and not answer.undecided:
            self.query_one(FilterBar).set_count(0, answer.cached)
            return
        self.view = event.view
        self._lacking = event.cover.lacking
        words = has_words(self.question.filter)
        empty = wording.nothing_found(
            answer, words, reading=self._reading, lacking=self._lacking.sentence()
        )
        self.query_one(EventTable).reset(
            answer.total, event.generation, event.cursor,
            rows=event.rows, first=event.first, empty=empty,
        )  # fmt: skip
        if not answer.total:
            self.query_one(Summary).show(None)
        included, excluded = chosen(self.question.filter)
        self.query_one(Facets).show(
            answer.facets,
            [Chosen(*pair) for pair in included],
            [Chosen(*pair) for pair in excluded],
        )
        self.query_one(HistogramView).show(answer.histogram, event.cover.strip)
        self.query_one(FilterBar).set_count(answer.total, answer.cached)
        if not answer.undecided and not self._reading and not self.asking:
            self.query_one(Loading).show(None)
        self._say()
        self.look_for_offer(event.generation, answer.query)

    @on(OfferFound)
    def _offer_found(self, event: OfferFound) -> None:
        if event.generation == self._generation and not self.asking:
            self.show_offer(event.offer)

    @property
    def _reading(self) -> bool:
        """Whether the cache still grows."""
        return self.progress is not None or self.board.busy

    def _say(self) -> None:
        answer = self.view.answer if self.view else None
        doing = "reading" if self.progress else wording.syncing(self.board.overview())
        self.query_one("#holdings", StatusLine).show(wording.holdings(answer, doing))
        cover = wording.cover(
            answer,
            self.question.span,
            self._skipped,
            reading=self._reading,
            zone=self.zone,
            lacking=self._lacking.sentence(),
        )
        self.query_one("#cover", StatusLine).show(cover)

    @on(RowsRead)
    def _rows_read(self, event: RowsRead) -> None:
        self.query_one(EventTable).put_rows(event.generation, event.first, event.rows)

    @on(RecordOpened)
    def _record_opened(self, event: RecordOpened) -> None:
        self._opened = event
        self.query_one(RecordView).show(event.record)
        current = self.query_one(EventTable).current
        if current and current.number == event.number:
            self.query_one(Summary).show(current, event.sightings)

    @on(Problem)
    def _problem(self, event: Problem) -> None:
        self.progress = None
        self.asked_for_nothing_more()
        self.notify(event.sentence, severity="error", timeout=15, markup=False)

    @on(Damaged)
    def _damaged(self, event: Damaged) -> None:
        if self.explorer is not None or self._generation == 0:
            self.explorer = None  # what it holds points into the damaged file
            self._generation += 1
            self.view = None
            self.notify(str(event.damage), severity="error", timeout=15, markup=False)
            self.rebuild_cache(event.damage)

    @on(CacheRebuilt)
    def _cache_rebuilt(self, event: CacheRebuilt) -> None:
        self.query_one(Loading).show(None)
        self.notify(event.sentence, severity="warning", timeout=30, markup=False)
        self.load_explorer()
