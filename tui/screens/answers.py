"""The asking half of the events screen: the question, and what is shown when an answer comes.

It owns which question is current; a late answer to another one is dropped. How the question comes
about is `events`; who computes the answer is `background`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from tui.domain.answer import Answer, Row
from tui.domain.progress import Step
from tui.domain.saved import BUILT_IN, Saved
from tui.domain.syncing import Wish
from tui.domain.words import counted
from tui.errors import FilterError
from tui.jobs.syncing.coverage import Lacking
from tui.screens import wording
from tui.screens.following.cadence import Cadence
from tui.screens.question import Question, chosen, has_words
from tui.screens.syncing.offers import Offers
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
    Request,
    RowsRead,
    SyncMoved,
)
from tui.storage.cache import Cache
from tui.widgets.divider import Divider
from tui.widgets.event_table import EventTable, Place
from tui.widgets.facets import Chosen, Facets
from tui.widgets.filter_bar import FilterBar
from tui.widgets.histogram import HistogramView
from tui.widgets.loading import Loading
from tui.widgets.record_tree import RecordView
from tui.widgets.status_line import StatusLine
from tui.widgets.summary import Summary

if TYPE_CHECKING:  # loading it takes longer than the first paint
    from tui.jobs.exploring.explore import Explorer


class Answers(Offers):
    """A screen whose widgets show the answer to one question."""

    def __init__(self, cache: Cache, zone: tzinfo, wish: Wish | None = None) -> None:
        super().__init__(cache, wish)
        self.zone = zone
        self.saved = Saved(BUILT_IN)
        """What `@name` stands for, what alerts and what stands out."""
        self.question = Question()
        self._generation = 0
        self._bins = 0
        self._skipped = 0
        self._lacking = Lacking()
        self._grown = False
        self._refreshing = False
        self.cadence = Cadence()
        self._due: Timer | None = None
        self._counts_wanted = 0
        """How often facets and histogram were asked for; they are owed until they are shown."""
        self._counted = 0
        self._opened: RecordOpened | None = None
        self._half_typed = False
        """Whether the filter ends within a term: then finding nothing is no answer yet."""

    # Asking.

    def ask(self, *, keep_place: bool = False, light: bool = False) -> None:
        """Have the current question answered; a light answer leaves facets and histogram."""
        if self.explorer is None:
            return
        self._generation += 1
        light = light and self._counted == self._counts_wanted
        self._counts_wanted += not light
        place = Place()
        if keep_place:
            place = self.query_one(EventTable).place(held=self.has_class("-reading"))
        facets = self.query_one(Facets).unfolded
        query = self.question.query(() if light else facets, 0 if light else self._bins)
        self.answer(
            self.explorer,
            self.with_news(Request(self._generation, query, place, keep_place, light)),
        )

    def with_news(self, request: Request) -> Request:
        """Return the query with what else is to be found out; more by who follows."""
        return request

    def ask_text(self, text: str, *, told: bool = True) -> None:
        """Ask with another filter text; an error is shown if it is `told`."""
        bar = self.query_one(FilterBar)
        try:
            question = self.question.typed(text, self.zone, self.saved.texts)
        except FilterError as error:
            if told:
                bar.set_error(error.sentence(), error.column)
            return
        bar.set_error("")
        another = question.filter != self.question.filter or self.question.deep
        self.question = question
        if another:
            self.ask(keep_place=True)

    def dressed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return rows with their highlights."""
        if not any(each.highlight for each in self.saved.filters):
            return rows
        from tui.jobs.exploring.highlighting import highlighted

        return highlighted(rows, self.saved, int(time.time() * 1000), self.zone)

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
        self.take_growth()

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        self.query_one(Loading).show(event.step)
        self._grown = True
        self.take_growth()

    @on(Read)
    def _read(self, event: Read) -> None:
        done = event.result
        self.read_in_part = done.cancelled
        self._read_no_more()
        if done.cancelled:
            cached = counted(done.events, "new event")
            self.notify(f"Stopped after {cached}, now cached. Open it again to go on.")

    def _read_no_more(self) -> None:
        """Take note that no source is being read any more, and take over what came of it."""
        self.progress = None
        self.query_one(Loading).show(None)
        self.cadence.hurry()
        self.cache_grew()
        self.say()

    @on(SyncMoved)
    def _sync_moved(self) -> None:
        overview = self.board.overview()
        if not self.progress and not self.asking:
            step = None
            if self.board.busy and not overview.again and overview.share is not None:
                events = f"{overview.events:,} events"
                step = Step("Syncing", int(overview.share * 10_000), 10_000, "%", events)
            self.query_one(Loading).show(step)
        self._grown = True
        self.say()
        self.take_growth()

    def cache_grew(self) -> None:
        """Take over what was added to the cache."""
        self._grown = True
        self.take_growth()

    def take_growth(self) -> None:
        """Have the explorer take over what was added to the cache, once it has the time."""
        if not self._grown or self._refreshing or self.explorer is None:
            return
        if self._looking_into_records():
            return  # that would begin anew
        now = time.monotonic()
        if wait := self.cadence.wait(now):
            self._due = self._due or self.set_timer(wait, self._take_due)
            return
        self.cadence.begins(now)
        self._grown, self._refreshing = False, True
        self.advance(self.explorer)

    def _looking_into_records(self) -> bool:
        undecided = self.view is not None and self.view.answer.undecided
        return bool(undecided) and any(w.group == "answer" and w.is_running for w in self.workers)

    def _take_due(self) -> None:
        self._due = None
        self.take_growth()

    def advance(self, explorer: Explorer) -> None:
        """Have the explorer take over what was added."""
        self.refresh_explorer(explorer)

    @on(Grown)
    def _took_growth(self, event: Grown) -> None:
        self._refreshing = False
        self._skipped = event.skipped
        if self.view is None or event.changed or event.events != self.view.answer.cached:
            self.ask(keep_place=True, light=self.lightly())
        else:
            self.read_cover(self._generation, self.view)
        self.take_growth()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take note of what did not come to its end; what went wrong is said elsewhere."""
        if event.state is not WorkerState.ERROR:
            return
        if event.worker.group == "refresh":
            self._refreshing = False
        elif event.worker.group == "source":
            self._read_no_more()

    @on(CoverRead)
    def _cover_read(self, event: CoverRead) -> None:
        if event.generation == self._generation:
            self._lacking = event.cover.lacking
            self.query_one(HistogramView).cover(event.cover.strip)
            self.say()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.generation != self._generation:
            return
        answer = event.view.answer
        if self._half_typed and not answer.total and not answer.undecided:
            self.query_one(FilterBar).set_count(0, answer.cached)
            return
        self.view = event.view
        self.cadence.ended(time.monotonic(), counted=not event.light)
        if not event.light:
            self._lacking = event.cover.lacking
        cursor, top = self._where(event)
        self.query_one(EventTable).reset(
            answer.total, event.generation, cursor, top=top,
            rows=event.rows, first=event.first, divider=self.divider(event),
            empty=self.why_empty(answer),
        )  # fmt: skip
        if not answer.total:
            self.query_one(Summary).show(None)
        if not event.light:
            self._counted = self._counts_wanted
            self._show_counts(event)
            self.look_for_offer(event.generation, answer.query)
        self.query_one(FilterBar).set_count(answer.total, answer.cached)
        if not answer.undecided and not self._reading and not self.asking:
            self.query_one(Loading).show(None)
        self.say()
        self.take_growth()

    def _where(self, event: Answered) -> tuple[int, int | None]:
        """Return where cursor and view go: the user may have moved since it was asked."""
        if event.place is not None:
            place = self.query_one(EventTable).place(held=self.has_class("-reading"))
            if place != event.place:
                return event.view.places(*place)
        return event.cursor, event.top

    def lightly(self) -> bool:
        """Return whether growth leaves facets and histogram for later."""
        return False

    def divider(self, event: Answered) -> Divider:  # noqa: ARG002
        """Return what divides the events shown; nothing where nobody follows."""
        return Divider()

    def _show_counts(self, event: Answered) -> None:
        answer = event.view.answer
        included, excluded = chosen(self.question.filter)
        self.query_one(Facets).show(
            answer.facets,
            [Chosen(*pair) for pair in included],
            [Chosen(*pair) for pair in excluded],
        )
        self.query_one(HistogramView).show(answer.histogram, event.cover.strip)

    @on(OfferFound)
    def _offer_found(self, event: OfferFound) -> None:
        if event.generation == self._generation and not self.asking:
            self.show_offer(event.offer)

    @property
    def _reading(self) -> bool:
        """Whether the cache still grows by what is wished, not only by what is new."""
        syncing = self.board.busy and not self.board.overview().again
        return self.progress is not None or syncing

    @property
    def _in_part(self) -> bool:
        """Whether a source was not read to its end, and nobody goes on with it."""
        return self.read_in_part and self.progress is None

    def look_at_clock(self) -> None:
        """Look for what is new if it is time, and say when it will be."""
        self.sync_again_when_due()
        self.say()

    def doing(self) -> str:
        """Return what is being done, for the first line."""
        if self.progress:
            return "reading"
        return wording.syncing(self.board.overview(), self.keys["events.sync"])

    def why_empty(self, answer: Answer) -> str:
        """Say why there is no event in the table."""
        return wording.nothing_found(
            answer,
            self.keys,
            has_words=has_words(self.question.filter),
            reading=self._reading,
            in_part=self._in_part,
            lacking=self._lacking.sentence(),
            overview=self.board.overview(),
        )

    def say(self) -> None:
        """Say where things stand, in the first line and the last."""
        answer = self.view.answer if self.view else None
        failed = self.board.overview().failed > 0
        status = wording.holdings(answer, self.doing(), failed=failed)
        self.query_one("#holdings", StatusLine).show(status)
        if answer and not answer.total:
            self.query_one(EventTable).say_why_empty(self.why_empty(answer))
        cover = wording.cover(
            answer,
            self.question.span,
            self._skipped,
            self.keys,
            reading=self._reading,
            in_part=self._in_part,
            zone=self.zone,
            lacking=self._lacking.sentence(),
            synced=self._lacking.of > 0,
        )
        self.query_one("#cover", StatusLine).show(cover)

    @on(RowsRead)
    def _rows_read(self, event: RowsRead) -> None:
        self.query_one(EventTable).put_rows(event.generation, event.first, event.rows)

    @on(RecordOpened)
    def _record_opened(self, event: RecordOpened) -> None:
        before, self._opened = self._opened, event
        if before is None or (before.number, before.text) != (event.number, event.text):
            self.query_one(RecordView).show(event.record)  # else whoever reads it loses the place
        current = self.query_one(EventTable).current
        if current and current.number == event.number:
            self.query_one(Summary).show(current, event.sightings, event.voucher)

    @on(Problem)
    def _problem(self, event: Problem) -> None:
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
