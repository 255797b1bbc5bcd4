"""The half of the events screen that nobody sees: its workers.

They compute and post messages of `work`; they change nothing that is shown. Modules that take long
to import are imported in them, not at the start.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from tui.domain.answer import Row
from tui.domain.coverage import Scope
from tui.domain.fields import Field
from tui.domain.objects import ObjectSource
from tui.domain.syncing import AddedSource, Wish
from tui.errors import CacheDamaged, TrailhoundError
from tui.jobs.exploring.preview import newest, skipped_count
from tui.jobs.syncing.added import added_sources, forget, keep
from tui.jobs.syncing.coverage import Cover, cover
from tui.keymap import Keys
from tui.screens.apart import apart
from tui.screens.syncing.added import ADDED
from tui.screens.syncing.board import SyncBoard
from tui.screens.syncing.filling import fill
from tui.screens.syncing.wishes import Run
from tui.screens.work import (
    Answered,
    CacheRebuilt,
    Completed,
    CoverRead,
    Damaged,
    ExplorerReady,
    FirstRows,
    Grown,
    Problem,
    Read,
    RecordOpened,
    Request,
    RowsRead,
    SyncMoved,
    ToScreen,
)
from tui.storage.cache import Cache

if TYPE_CHECKING:  # loading these takes longer than the first paint
    from tui.jobs.exploring.explore import Explorer, View

AROUND = 128
"""Rows read with an answer, so that the table need not ask for what it shows first."""
COMPLETIONS = 50
"""Values looked up for one completion."""


class Background(Screen[None]):
    """A screen with a cache, an explorer of it, and the workers that use them."""

    keys = Keys()
    """What sentences call the keys."""

    def __init__(self, cache: Cache, wish: Wish | None = None) -> None:
        super().__init__()
        self.cache = cache
        self.board = SyncBoard(wish, lambda: self.post_message(SyncMoved()))
        self.explorer: Explorer | None = None
        self.view: View | None = None
        self.progress: ToScreen | None = None
        """Of the source being read, while it is."""
        self.read_in_part = False
        """Whether a source was begun, and stopped or given up before its end."""

    @work(thread=True, group="start", exit_on_error=False)
    def read_first_rows(self, count: int) -> None:
        """Read what can be shown at once."""
        self.post_message(FirstRows(*newest(self.cache, count)))

    @work(thread=True, group="start", exit_on_error=False)
    def load_explorer(self) -> None:
        """Load the columns of everything cached."""
        from tui.jobs.exploring.explore import Explorer

        explorer = Explorer(self.cache, offline=self.board.wish is None)
        explorer.refresh()
        self.post_message(ExplorerReady(explorer, skipped_count(self.cache)))

    @work(thread=True, group="refresh", exit_on_error=False)
    def refresh_explorer(self, explorer: Explorer) -> None:
        """Take over what was added to the cache."""
        before = explorer.standing
        events = explorer.refresh()
        changed = explorer.standing != before
        self.post_message(Grown(events, skipped_count(self.cache), changed))

    def on_unmount(self) -> None:
        """Stop what is running: nobody waits for it any more."""
        if self.progress:
            self.progress.stop()
        self.board.stop()

    def start_sync(self, only: Scope | None = None) -> None:
        """Fill the cache from AWS, if that is wished; `board` says how it stands and stops it.

        With a scope, only that source is tried again.
        """
        base = self.board.wish
        if only is None or only.source != ADDED:
            self._start(self.board.wishes.runs(only))
        if base and (only is None or only.source == ADDED):
            self._take_up_added(base, only.kind if only else None)

    def sync_too(self, source: AddedSource) -> bool:
        """Sync one more source from now on, and the next time; False if it is synced already."""
        base = self.board.wish
        if base is None or self.board.knows(source):
            return False
        self._keep_added(source.text, base)
        self._start(self.board.add([source]))
        return True

    def sync_no_longer(self, text: str) -> None:
        """Stop syncing an added source, now and the next time; what it brought stays."""
        self._forget_added(text, self.board.drop(text))

    @work(group="added", exit_on_error=False)
    async def _take_up_added(self, base: Wish, only: str | None) -> None:
        found = await apart(partial(added_sources, self.cache, base))
        wanted = (each for each in found if only in (None, each.text))
        self._start(self.board.add(wanted, again=only is not None))

    @work(thread=True, group="added", exit_on_error=False)
    def _keep_added(self, text: str, base: Wish) -> None:
        keep(self.cache, text, base)  # in a thread that leaving waits for: what was said is kept

    @work(thread=True, group="added", exit_on_error=False)
    def _forget_added(self, text: str, scopes: Collection[Scope]) -> None:
        forget(self.cache, text, scopes)

    def sync_again_when_due(self) -> None:
        """Look for what is new, if it is time."""
        if self.board.is_due():
            self._start(self.board.wishes.repeated())

    def _start(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self.board.begin(run)
            self._sync(run)

    @work(group="sync", exit_on_error=False)
    async def _sync(self, run: Run) -> None:
        await apart(partial(fill, self.cache, run, self.board))

    def start_reading(self, source: ObjectSource) -> None:
        """Read a source into the cache; `progress` stops it."""
        self.progress = ToScreen(self)
        self.read_in_part = True
        self._read_source(source, self.progress)

    @work(thread=True, group="source", exit_on_error=False)
    def _read_source(self, source: ObjectSource, progress: ToScreen) -> None:
        from tui.jobs.ingesting.ingest import ingest

        self.post_message(Read(ingest(self.cache, source, progress)))

    @work(thread=True, exclusive=True, group="answer", exit_on_error=False)
    def answer(self, explorer: Explorer, request: Request) -> None:
        """Answer a query."""
        worker = get_current_worker()
        before = self.view
        if explorer.knows(request.query, before) is None:
            view = explorer.answer(request.query)
            if not worker.is_cancelled:
                self._post_answer(request, view)
            if not view.answer.undecided:
                return
        view = explorer.decided(request.query, ToScreen(self, worker), before)
        if not worker.is_cancelled:
            self._post_answer(request, view)
            if view.answer.lost:
                self.post_message(Problem(view.answer.lost))

    def _post_answer(self, request: Request, view: View) -> None:
        cursor, top = view.places(*request.place)
        kept = request.place if request.kept else None
        middle = cursor if top is None else top
        first = max(0, middle - AROUND // 2) // AROUND * AROUND
        rows = self.dressed(view.rows(first, 2 * AROUND))
        covered = Cover() if request.light else self._how_covered(view)
        unseen, missed = view.fresh(request.unseen), view.fresh(request.missed)
        found = (request.generation, view, cursor, first, rows, covered)
        self.post_message(Answered(*found, top, request.light, unseen, missed, kept))

    @work(thread=True, exclusive=True, group="cover", exit_on_error=False)
    def read_cover(self, generation: int, view: View) -> None:
        """Read again how an answer is covered."""
        found = self._how_covered(view)
        if not get_current_worker().is_cancelled:
            self.post_message(CoverRead(generation, found))

    def _how_covered(self, view: View) -> Cover:
        answer = view.answer
        shown = answer.query.span or answer.span
        now = int(time() * 1000)
        return cover(self.cache, shown, answer.histogram, now) if shown else Cover()

    @work(thread=True, group="rows", exit_on_error=False)
    def read_rows(self, view: View, generation: int, first: int, count: int) -> None:
        """Read rows of an answer."""
        self.post_message(RowsRead(generation, first, self.dressed(view.rows(first, count))))

    def dressed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return rows with what they are to be shown with, in a worker; nothing more here."""
        return rows

    @work(thread=True, exclusive=True, group="record", exit_on_error=False)
    def open_record(self, number: int) -> None:
        """Open one event's record."""
        from tui.jobs.exploring.records import as_line, open_record, readable

        opened = open_record(self.cache, number, offline=self.board.wish is None)
        text = as_line(opened.record).decode("utf-8", "replace")
        if not get_current_worker().is_cancelled:
            record = readable(opened.record)
            self.post_message(RecordOpened(number, record, text, opened.sightings, opened.voucher))

    @work(thread=True, exclusive=True, group="complete", exit_on_error=False)
    def complete(self, text: str, cursor: int, saved: Mapping[str, str]) -> None:
        """Look up what could be typed next, `saved` filters among it."""
        from tui.language.complete import complete

        explorer = self.explorer

        def values(field: Field, part: str) -> list[tuple[str, int]]:
            return explorer.values(field, part, COMPLETIONS) if explorer else []

        found = complete(text, cursor, values, saved)
        if not get_current_worker().is_cancelled:
            self.post_message(Completed(text, cursor, found))

    @work(thread=True, exclusive=True, group="rebuild", exit_on_error=False)
    def rebuild_cache(self, damage: CacheDamaged) -> None:
        """Set the damaged cache aside and make a new one of what is whole in it."""
        from tui.jobs.ingesting.rebuild import rebuild

        self.post_message(CacheRebuilt(rebuild(damage.path, ToScreen(self)).sentence()))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong in a worker; what is no known trouble is a crash."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            if isinstance(error, CacheDamaged):
                self.post_message(Damaged(error))
            elif isinstance(error, TrailhoundError):
                self.post_message(Problem(str(error)))
            elif error is not None:
                raise error
