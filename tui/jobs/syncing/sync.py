"""Filling the cache from sources that are asked for time ranges, many at once.

Each stream runs in a thread and hands over deliveries: files, and the ranges that are covered once
those files are stored. One thread decodes and writes; a delivery and what it covers are committed
together, so a stream that is killed goes on where the cache says it stands, whatever happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from typing import NamedTuple, Protocol

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Failure
from tui.domain.limits import NO_LIMITS, Limits, Shed
from tui.domain.spans import merged
from tui.domain.syncing import Aside, Phase, Standing, SyncProgress, Unwatched
from tui.errors import Cancelled, CredentialsError, TrailhoundError
from tui.jobs.ingesting.limiting import Limiter
from tui.jobs.syncing.backlog import Backlog
from tui.jobs.syncing.pausing import Patience, Pause
from tui.sources.container import CAP
from tui.sources.decode import Delivered, decode
from tui.storage import covering
from tui.storage.cache import Cache, transaction
from tui.storage.writer import Writer, Written

_WAITING = 32 << 20
"""Bytes that may wait for the writer before the streams have to."""
_TOGETHER = 4 << 20
"""Bytes written in one transaction, if so many wait."""
_LEAST = 1 << 10
"""Bytes that a delivery counts for at least: it holds more than its files."""
_POLL = 0.2
_NOTHING = Aside()


class Ended(NamedTuple):
    """How a stream stands once all that it delivered is stored."""

    phase: Phase
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files, and what is covered once they are stored."""

    contents: Sequence[Delivered]
    covered: Sequence[Covered] = ()
    aside: Aside = _NOTHING
    ends: Ended | None = None

    def size(self) -> int:
        """Return about how many bytes it holds in memory."""
        return _LEAST + sum(len(content) for _, content in self.contents)


class Stream(Protocol):
    """A source for one scope."""

    standing: Standing

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield what is missing, newest first; raises TrailhoundError when it cannot go on.

        After a CredentialsError it may be called again, with what is covered by then.
        """

    def renew(self) -> None:
        """Take up credentials that may have become good."""


@dataclass(slots=True)
class Synced:
    """What one run did."""

    events: int = 0
    """Events added."""
    seen_again: int = 0
    files: int = 0
    skipped: int = 0
    seconds: float = 0.0
    replaced: int = 0
    """Events known before, for which a log file now stands in place of an API's copy."""
    shed: Shed = field(default_factory=Shed)
    """What the limits took away."""
    standings: list[Standing] = field(default_factory=list)

    @property
    def failed(self) -> list[Standing]:
        """The sources that did not come to their end."""
        return [each for each in self.standings if each.phase is not Phase.DONE]

    @property
    def incomplete(self) -> list[Standing]:
        """The sources that did not, and those of which something could not be read."""
        return [each for each in self.standings if each.phase is not Phase.DONE or each.unread]


def sync(
    cache: Cache,
    streams: Sequence[Stream],
    progress: SyncProgress | None = None,
    cap: int = CAP,
    patience: Patience | None = None,
    *,
    limits: Limits = NO_LIMITS,
    noted: bool = True,
) -> Synced:
    """Run every stream to its end, or until the progress says stop; raises CacheError.

    A stream whose credentials do not work is paused until they do, as long as patience lasts:
    without a limit unless one is given. Which failed is `noted` in the cache until it succeeds.
    The cache is kept within the `limits` from the start on.
    """
    started = time.perf_counter()
    result = Synced(standings=[stream.standing for stream in streams])
    run = _Run(cache, progress or Unwatched(), cap, result, patience or Patience())
    run.all(streams, limits)
    if noted and streams:
        _note_endings(cache, streams)
    result.seconds = time.perf_counter() - started
    return result


class _Run:
    def __init__(
        self,
        cache: Cache,
        progress: SyncProgress,
        cap: int,
        result: Synced,
        patience: Patience,
    ) -> None:
        self._cache = cache
        self._progress = progress
        self._cap = cap
        self._result = result
        self._patience = patience
        self._backlog: Backlog[tuple[Stream, Delivery]] = Backlog(_WAITING)
        self._broken = Event()

    def all(self, streams: Sequence[Stream], limits: Limits) -> None:
        """Run the streams in threads and write what they deliver in this one."""
        with self._cache.connection() as connection:
            limiter = Limiter(connection, limits)
            self._result.shed = limiter.shed
            limiter.begin()
            if streams:
                known = [covering.spans(connection, each.standing.scope) for each in streams]
                self._run(streams, known, Writer(self._cache, connection), limiter)

    def _run(
        self,
        streams: Sequence[Stream],
        known: Sequence[Sequence[Span]],
        writer: Writer,
        limiter: Limiter,
    ) -> None:
        with ThreadPoolExecutor(len(streams)) as threads:
            running = [
                threads.submit(self._feed, each, covered)
                for each, covered in zip(streams, known, strict=True)
            ]
            try:
                while not (all(each.done() for each in running) and self._backlog.empty()):
                    self._write(writer, limiter)
                for future in running:
                    future.result()
            finally:
                self._broken.set()

    def _stopped(self) -> bool:
        return self._broken.is_set() or self._progress.cancelled()

    def _feed(self, stream: Stream, covered: Sequence[Span]) -> None:
        standing = stream.standing
        self._hold(standing)
        standing.phase, standing.reason = Phase.RUNNING, ""
        self._progress.stands(standing)
        try:
            for delivery in self._deliveries(stream, covered):
                if not self._put(stream, delivery):
                    break
                self._hold(standing)
            ended = Ended(Phase.STOPPED if self._stopped() else Phase.DONE, standing.reason)
        except Cancelled:
            ended = Ended(Phase.STOPPED, standing.reason)
        except TrailhoundError as error:
            ended = Ended(Phase.FAILED, str(error))
        if not self._put(stream, Delivery((), ends=ended)):
            self._ends(standing, ended)

    def _ends(self, standing: Standing, ended: Ended) -> None:
        standing.phase, standing.reason = ended
        self._progress.stands(standing)

    def _hold(self, standing: Standing) -> None:
        """Wait while the progress says so."""
        if not self._progress.held() or self._stopped():
            return
        standing.phase = Phase.PAUSED
        self._progress.stands(standing)
        while self._progress.held() and not self._stopped():
            time.sleep(_POLL)
        standing.phase = Phase.RUNNING
        self._progress.stands(standing)

    def _deliveries(self, stream: Stream, covered: Sequence[Span]) -> Iterator[Delivery]:
        """Yield what a stream delivers; while its credentials do not work, it is paused."""
        done = list(covered)
        pause = Pause(self._patience, self._stopped)
        while True:
            try:
                for delivery in stream.deliveries(done, self._stopped):
                    pause.ended()
                    self._runs(stream.standing)
                    yield delivery
                    own = (
                        each for scope, each in delivery.covered if scope == stream.standing.scope
                    )
                    done = merged([*done, *own])
            except CredentialsError as error:
                if not pause.goes_on():
                    raise
                self._pauses(stream.standing, str(error))
                if not pause.wait():
                    return
                stream.renew()
            else:
                return

    def _pauses(self, standing: Standing, reason: str) -> None:
        standing.phase, standing.reason = Phase.PAUSED, reason
        self._progress.stands(standing)

    def _runs(self, standing: Standing) -> None:
        if standing.phase is Phase.PAUSED:
            standing.phase, standing.reason = Phase.RUNNING, ""
            self._progress.stands(standing)

    def _put(self, stream: Stream, delivery: Delivery) -> bool:
        while not self._broken.is_set():
            if self._backlog.put((stream, delivery), delivery.size(), _POLL):
                return True
        return False

    def _write(self, writer: Writer, limiter: Limiter) -> None:
        taken = self._backlog.take(_TOGETHER, _POLL)
        if not taken:
            return
        contents = [each for _, delivery in taken for each in delivery.contents]
        covered = [each for _, delivery in taken for each in delivery.covered]
        asides = [delivery.aside for _, delivery in taken]
        batch = decode(contents, self._cap)
        self._count(writer.write(batch, covered, asides=asides))
        limiter.hold()
        files = iter(batch.files)
        for stream, delivery in taken:
            stream.standing.events += sum(
                file.events for file in islice(files, len(delivery.contents))
            )
        for stream in {id(stream): stream for stream, _ in taken}.values():
            self._progress.stands(stream.standing)
        for stream, delivery in taken:
            if delivery.ends:
                self._ends(stream.standing, delivery.ends)

    def _count(self, written: Written) -> None:
        result = self._result
        result.events += written.events
        result.seen_again += written.seen_again
        result.files += written.files
        result.skipped += written.skipped
        result.replaced += written.replaced


def _note_endings(cache: Cache, streams: Sequence[Stream]) -> None:
    now = int(time.time() * 1000)
    with cache.connection() as connection, transaction(connection):
        for standing in (stream.standing for stream in streams):
            if standing.phase is Phase.FAILED:
                covering.failed(connection, Failure(standing.scope, standing.reason, now))
            elif standing.phase is Phase.DONE:
                covering.succeeded(connection, standing.scope)
