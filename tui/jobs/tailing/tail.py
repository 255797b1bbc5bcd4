"""Following sources: many are asked again and again, one thread writes, new events are told of.

Each feed runs in a thread and hands over arrivals. What arrives goes the way of all delivered
files: decoded, written together with its feed's position, told apart from what is cached already. A
feed that fails is asked again after a while; the others do not notice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from threading import Event, Lock, Thread

from tui.domain.batch import Batch
from tui.domain.tailing import (
    SETTLES,
    FeedPhase,
    FeedState,
    Landed,
    Position,
    TailProgress,
)
from tui.errors import Cancelled, CredentialsError, TrailhoundError
from tui.jobs.syncing.backlog import Backlog
from tui.jobs.syncing.pausing import Patience, Pause
from tui.jobs.tailing.feeds import Arrival, LiveFeed, Watch
from tui.sources.container import CAP
from tui.sources.decode import decode
from tui.storage import following
from tui.storage.cache import Cache
from tui.storage.writer import Writer, Written

_WAITING = 32 << 20
"""Bytes that may wait for the writer before the feeds have to."""
_TOGETHER = 4 << 20
"""Bytes written in one transaction, if so many wait."""
_BEAT = 0.2
"""Seconds at most between two beats of the progress."""
_GRACE = 1.0
"""Seconds all threads together may take to end; one that waits for AWS is left behind."""
AGAIN_WITHIN = 3_600_000
"""ms for which a feed goes on where an earlier run stood; after that it begins anew."""


def tail(
    cache: Cache,
    feeds: Sequence[LiveFeed],
    progress: TailProgress,
    since: int | None = None,
    until: int | None = None,
    patience: Patience | None = None,
) -> list[FeedState]:
    """Follow the feeds until the progress says stop; return how each stands in the end.

    `since` is where to begin; without it, a feed goes on where an earlier run stood, if that is
    less than AGAIN_WITHIN ago, else SETTLES before now. `until` is when the last question is asked;
    who says stop after it is the progress. All ms since 1970 UTC. Raises CacheError.
    """
    run = _Run(cache, feeds, progress, patience or Patience())
    if feeds:
        run.all(since, until)
    return run.states


class _Run:
    def __init__(
        self,
        cache: Cache,
        feeds: Sequence[LiveFeed],
        progress: TailProgress,
        patience: Patience,
    ) -> None:
        self._cache = cache
        self._feeds = feeds
        self._progress = progress
        self._patience = patience
        self._lock = Lock()
        self._ended = Event()
        self._broken: BaseException | None = None
        self._backlog: Backlog[tuple[int, Arrival]] = Backlog(_WAITING)
        self.states = [FeedState(each.feed) for each in feeds]

    def all(self, since: int | None, until: int | None) -> None:
        """Run the feeds in threads and write what they hand over in this one."""
        with self._cache.connection() as connection:
            threads = []
            for number, each in enumerate(self._feeds):
                start = each.now() - SETTLES if since is None else since
                known = following.position(connection, each.feed)
                if since is None and known is not None and known > each.now() - AGAIN_WITHIN:
                    start = known
                    self.states[number] = self.states[number]._replace(complete_to=known)
                watch = Watch(self._ended.is_set, each.now, until)
                threads.append(Thread(target=self._run, args=(number, start, watch), daemon=True))
            try:
                self._write_all(Writer(self._cache, connection), threads)
            finally:
                self._ended.set()
                for thread in threads:
                    thread.join(_GRACE / len(threads))

    # The writing thread -------------------------------------------------------------------------

    def _write_all(self, writer: Writer, threads: Sequence[Thread]) -> None:
        for state in self.states:
            self._progress.stands(state)  # who counts those that failed has to know of the others
        for thread in threads:
            thread.start()
        while True:
            over = self._ended.is_set() or not any(thread.is_alive() for thread in threads)
            if over and self._backlog.empty():
                break
            taken = self._backlog.take(_TOGETHER, 0 if over else _BEAT)
            if taken:
                self._write(writer, taken)
            self._progress.beat()
            if self._progress.stopped():
                self._ended.set()
        if self._broken:
            raise self._broken

    def _write(self, writer: Writer, taken: Sequence[tuple[int, Arrival]]) -> None:
        contents = [each for _, arrival in taken for each in arrival.contents]
        covered = [each for _, arrival in taken for each in arrival.covered]
        batch = decode(contents, CAP)
        asides = [each for _, arrival in taken for each in arrival.asides]
        written = writer.write(batch, covered, self._positions(taken), asides)
        late = self._account_for(taken, batch, written)
        for number, arrival in taken:
            if arrival.receipts:
                self._feeds[number].committed(arrival.receipts)
        if contents:
            numbers = range(written.first, written.first + written.events)
            self._progress.landed(Landed(numbers, late, written.seen_again, written.skipped))

    def _positions(self, taken: Sequence[tuple[int, Arrival]]) -> list[Position]:
        """Return where each feed will stand, the last word of each."""
        asked = {
            number: each.asked
            for number, each in taken
            if each.asked is not None and not each.lacking
        }
        return [
            Position(self._feeds[number].feed, time - SETTLES) for number, time in asked.items()
        ]

    def _account_for(
        self, taken: Sequence[tuple[int, Arrival]], batch: Batch, written: Written
    ) -> tuple[int, ...]:
        """Take over what arrivals say of their feeds; return the row numbers that came late."""
        brought = _brought(batch, written)
        files = iter(range(len(batch.files)))
        late: list[int] = []
        for number, arrival in taken:
            rows = [row for file in islice(files, len(arrival.contents)) for row in brought[file]]
            complete_to = self.states[number].complete_to or 0
            late += [row for row, time in rows if row and time < complete_to]
            self._change(number, partial(_stored, arrival, rows))
        return tuple(late)

    # The threads of the feeds -------------------------------------------------------------------

    def _run(self, number: int, since: int, watch: Watch) -> None:
        """Run one feed; what nobody expected ends the tail."""
        try:
            self._follow(number, since, watch)
        except BaseException:
            self._broken = sys.exception()
            self._ended.set()
            raise

    def _follow(self, number: int, since: int, watch: Watch) -> None:
        """Run one feed, again and again if it fails."""
        pause = Pause(self._patience, self._ended.is_set)
        while not self._ended.is_set():
            start = max(since, self.states[number].complete_to or 0)
            try:
                self._take(number, pause, self._feeds[number].arrivals(start, watch), watch)
            except Cancelled:
                break
            except TrailhoundError as error:
                self._change(number, partial(_failed, error))
                if not pause.goes_on() or not pause.wait():
                    break
                if isinstance(error, CredentialsError):
                    self._feeds[number].renew()
            else:
                break
        self._change(number, _stopped)

    def _take(self, number: int, pause: Pause, arrivals: Iterator[Arrival], watch: Watch) -> None:
        for arrival in arrivals:
            pause.ended()
            self._change(number, partial(_heard, arrival, watch.now()))
            while not self._backlog.put((number, arrival), arrival.size(), _BEAT):
                if self._ended.is_set():
                    return
            if self._progress.held():
                self._change(number, _held)
                while self._progress.held() and watch.wait(_BEAT):
                    pass
            if self._ended.is_set():
                return

    def _change(self, number: int, change: Callable[[FeedState], FeedState]) -> None:
        with self._lock:
            state = change(self.states[number])
            if state == self.states[number]:
                return
            self.states[number] = state
        self._progress.stands(state)


def _brought(batch: Batch, written: Written) -> list[list[tuple[int, int]]]:
    """Return, for each file, row number (0 for what was cached already) and time of its events."""
    rows = dict(
        zip(written.added, range(written.first, written.first + written.events), strict=True)
    )
    brought: list[list[tuple[int, int]]] = [[] for _ in batch.files]
    for position, (file, time) in enumerate(zip(batch.file, batch.time, strict=True)):
        brought[file].append((rows.get(position, 0), time))
    return brought


def _heard(arrival: Arrival, now: int, state: FeedState) -> FeedState:
    """Return how a feed stands when it handed something over, stored or not."""
    return state._replace(
        phase=FeedPhase.FOLLOWING,
        heard=now,
        ignored=state.ignored + arrival.ignored,
        problem=arrival.problem,
        note=arrival.note or state.note,
    )


def _stored(arrival: Arrival, rows: Sequence[tuple[int, int]], state: FeedState) -> FeedState:
    """Return how a feed stands when what it handed over is stored."""
    complete_to = state.complete_to
    fresh = [time for row, time in rows if row]
    newest = max((time for _, time in rows), default=0)
    if arrival.asked is not None and not arrival.lacking:
        complete_to = max(complete_to or 0, arrival.asked - SETTLES)
    return state._replace(
        complete_to=complete_to,
        sampled=arrival.sampled,
        newest=max(newest, state.newest or 0) or None,
        asked=state.asked if arrival.asked is None else arrival.asked,
        events=state.events + len(fresh),
        late=state.late + sum(time < (state.complete_to or 0) for time in fresh),
    )


def _failed(error: TrailhoundError, state: FeedState) -> FeedState:
    credentials = isinstance(error, CredentialsError)
    phase = FeedPhase.PAUSED if credentials else FeedPhase.FAILED
    return state._replace(phase=phase, problem=str(error))


def _held(state: FeedState) -> FeedState:
    return state._replace(phase=FeedPhase.PAUSED)


def _stopped(state: FeedState) -> FeedState:
    """Return the state of a feed that ended; one that failed stays failed."""
    if state.phase is FeedPhase.FAILED:
        return state
    return state._replace(phase=FeedPhase.STOPPED)
