"""Filling the cache from sources that are asked for time ranges, many at once.

Each stream runs in a thread and hands over deliveries: files, and the ranges that are covered once
those files are stored. One thread decodes and writes; a delivery and what it covers are committed
together, so a stream that is killed goes on where the cache says it stands, whatever happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event
from typing import Protocol

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Failure
from tui.domain.syncing import Phase, Standing, SyncProgress, Unwatched
from tui.errors import TrailhoundError
from tui.sources.container import CAP
from tui.sources.decode import Delivered, decode
from tui.storage import covering
from tui.storage.cache import Cache, Connection, transaction
from tui.storage.writer import Writer

_WAITING = 64
"""Deliveries that may wait for the writer before the streams have to."""
_TOGETHER = 32
"""Deliveries written in one transaction, if so many wait."""
_POLL = 0.2


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files, and what is covered once they are stored."""

    contents: Sequence[Delivered]
    covered: Sequence[Covered] = ()


class Stream(Protocol):
    """A source for one scope."""

    standing: Standing

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield what is missing, newest first; raises TrailhoundError when it cannot go on."""


@dataclass(slots=True)
class Synced:
    """What one run did."""

    events: int = 0
    """Events added."""
    seen_again: int = 0
    files: int = 0
    skipped: int = 0
    seconds: float = 0.0
    standings: list[Standing] = field(default_factory=list)

    @property
    def failed(self) -> list[Standing]:
        """The sources that did not come to their end."""
        return [each for each in self.standings if each.phase is not Phase.DONE]


def sync(
    cache: Cache,
    streams: Sequence[Stream],
    progress: SyncProgress | None = None,
    cap: int = CAP,
) -> Synced:
    """Run every stream to its end, or until the progress says stop; raises CacheError."""
    started = time.perf_counter()
    result = Synced(standings=[stream.standing for stream in streams])
    run = _Run(cache, progress or Unwatched(), cap, result)
    run.all(streams)
    result.seconds = time.perf_counter() - started
    return result


class _Run:
    def __init__(self, cache: Cache, progress: SyncProgress, cap: int, result: Synced) -> None:
        self._cache = cache
        self._progress = progress
        self._cap = cap
        self._result = result
        self._queue: Queue[tuple[Stream, Delivery]] = Queue(_WAITING)
        self._broken = Event()

    def all(self, streams: Sequence[Stream]) -> None:
        """Run the streams in threads and write what they deliver in this one."""
        if not streams:
            return
        with self._cache.connection() as connection, ThreadPoolExecutor(len(streams)) as threads:
            known = {id(each): covering.spans(connection, each.standing.scope) for each in streams}
            writer = Writer(self._cache, connection)
            running = [threads.submit(self._feed, each, known[id(each)]) for each in streams]
            try:
                while not (self._queue.empty() and all(each.done() for each in running)):
                    self._write(writer)
                for future in running:
                    future.result()
                self._note_endings(connection, streams)
            finally:
                self._broken.set()

    def _stopped(self) -> bool:
        return self._broken.is_set() or self._progress.cancelled()

    def _feed(self, stream: Stream, covered: Sequence[Span]) -> None:
        standing = stream.standing
        standing.phase = Phase.RUNNING
        self._progress.stands(standing)
        try:
            for delivery in stream.deliveries(covered, self._stopped):
                if not self._put(stream, delivery):
                    break
            standing.phase = Phase.STOPPED if self._stopped() else Phase.DONE
        except TrailhoundError as error:
            standing.phase, standing.reason = Phase.FAILED, str(error)
        self._progress.stands(standing)

    def _put(self, stream: Stream, delivery: Delivery) -> bool:
        while not self._broken.is_set():
            try:
                self._queue.put((stream, delivery), timeout=_POLL)
            except Full:
                continue
            return True
        return False

    def _write(self, writer: Writer) -> None:
        taken = list(self._take())
        if not taken:
            return
        contents = [each for _, delivery in taken for each in delivery.contents]
        covered = [each for _, delivery in taken for each in delivery.covered]
        written = writer.write(decode(contents, self._cap), covered)
        self._result.events += written.events
        self._result.seen_again += written.seen_again
        self._result.files += written.files
        self._result.skipped += written.skipped
        for stream in {id(stream): stream for stream, _ in taken}.values():
            self._progress.stands(stream.standing)

    def _take(self) -> Iterable[tuple[Stream, Delivery]]:
        try:
            yield self._queue.get(timeout=_POLL)
            for _ in range(_TOGETHER - 1):
                yield self._queue.get_nowait()
        except Empty:
            return

    def _note_endings(self, connection: Connection, streams: Sequence[Stream]) -> None:
        now = int(time.time() * 1000)
        with transaction(connection):
            for standing in (stream.standing for stream in streams):
                if standing.phase is Phase.FAILED:
                    covering.failed(connection, Failure(standing.scope, standing.reason, now))
                elif standing.phase is Phase.DONE:
                    covering.succeeded(connection, standing.scope)
