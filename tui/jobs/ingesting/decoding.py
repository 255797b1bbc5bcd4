"""Decoding on every core: threads do not speed up parsing, processes do.

Owns the worker processes: one for each core but the one that this process has, which stores what
they decode and decodes meanwhile, too. A little work is done in this process alone, as starting
others takes longer.
"""

from __future__ import annotations

import ctypes
import gc
import marshal
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import NamedTuple, TypeAlias, cast

from tui.domain.batch import Batch
from tui.domain.event import Actor, Origin, Resource
from tui.errors import InputError
from tui.sources.container import CAP
from tui.sources.decode import Delivered, decode

Chunk: TypeAlias = Sequence[Delivered]

ALONE_BELOW = 3 << 20
"""Bytes as delivered below which one process is faster than starting more."""

_WAITING = 3
"""Chunks in the line for each worker, done or not: they are memory."""
_ENDED = (
    "A process that reads log files was ended, most likely as memory ran out. Free some and run it "
    "again: what was stored is kept, and not read twice."
)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT = 1 << 28


def decoded(chunks: Iterable[Chunk], *, size: int, cap: int = CAP) -> Iterator[Batch]:
    """Yield a batch for each chunk, in order; `size` is what they hold in bytes, roughly.

    Raises InputError when a process that decodes is ended from outside.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if size < ALONE_BELOW or not cores or cores < 2:
        for chunk in chunks:
            yield decode(chunk, cap)
        return
    with ProcessPoolExecutor(cores - 1, get_context("spawn"), _prepare) as pool:
        done = False
        try:
            yield from _Line(pool, cores - 1, chunks, cap).batches()
            done = True
        except BrokenProcessPool as error:
            raise InputError(_ENDED) from error
        finally:  # nobody waits for what is not wanted; but idle workers go at once, and tidily
            pool.shutdown(wait=done, cancel_futures=True)


@dataclass(slots=True)
class _Turn:
    """A chunk, and the batch that is made of it: here, or by a worker."""

    chunk: Chunk
    made: Batch | Future[_Packed]

    @property
    def ready(self) -> bool:
        """Whether nobody has to wait for its batch."""
        return isinstance(self.made, Batch) or self.made.done()

    def batch(self) -> Batch:
        """Return its batch, waiting for the worker if need be."""
        if isinstance(self.made, Batch):
            return self.made
        return _unpacked(self.chunk, self.made.result())


class _Line:
    """Chunks being decoded, in their order; while the next is not ready, another is decoded here.

    The first is, while the workers start.
    """

    def __init__(
        self, pool: ProcessPoolExecutor, workers: int, chunks: Iterable[Chunk], cap: int
    ) -> None:
        self._pool = pool
        self._workers = workers
        self._chunks = iter(chunks)
        self._cap = cap
        self._turns: deque[_Turn] = deque()
        self._most = _WAITING * workers + 1

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in order."""
        while True:
            own = next(self._chunks, None) if self._idle() else None
            if own is not None:
                self._decode(own)
                continue
            self._engage()
            if self._turns:
                yield self._turns.popleft().batch()
            else:
                return

    def _idle(self) -> bool:
        """Return whether there is nothing to hand on, and room to wait for what there will be."""
        return not (self._turns and self._turns[0].ready) and len(self._turns) < self._most

    def _decode(self, chunk: Chunk) -> None:
        """Decode a chunk here, with something to do for the workers meanwhile."""
        place = len(self._turns)
        self._engage(beside=1)
        self._turns.insert(place, _Turn(chunk, decode(chunk, self._cap)))

    def _engage(self, beside: int = 0) -> None:
        """Give the workers enough to do: one chunk each, and one that lies ready."""
        busy = sum(not turn.ready for turn in self._turns)
        room = min(self._workers + 1 - busy, self._most - len(self._turns) - beside)
        for chunk in islice(self._chunks, room):
            self._turns.append(_Turn(chunk, self._pool.submit(_decode, chunk, self._cap)))


def _prepare() -> None:
    """Set up a worker: the terminal's interrupt is for the parent, memory is kept for reuse."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # decoding makes no cycles
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:  # glibc gives large blocks back at once, and every file would fault them in again
        mallopt(_M_MMAP_THRESHOLD, _KEPT)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)


def _end_with_parent() -> None:
    """End this worker when its parent was killed: it would wait for more to decode for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Packed(NamedTuple):
    """A batch on its way to the parent, which has the files' bytes already.

    Its many small tuples of text travel as `marshal` data, several times as fast as pickle.
    """

    batch: Batch
    values: bytes


def _decode(chunk: Chunk, cap: int) -> _Packed:
    batch = decode(chunk, cap)
    batch.files = [replace(file, body=None) for file in batch.files]
    actors = [tuple(value) for value in batch.actor_values]
    origins = [tuple(value) for value in batch.origin_values]
    resources = [tuple(map(tuple, value)) for value in batch.resources_values]
    combined = batch.who_values, batch.what_values
    batch.actor_values, batch.origin_values, batch.resources_values = [], [], []
    batch.who_values, batch.what_values = [], []
    return _Packed(batch, marshal.dumps((actors, origins, resources, *combined)))


def _unpacked(chunk: Chunk, packed: _Packed) -> Batch:
    batch = packed.batch
    actors, origins, resources, who, what = marshal.loads(packed.values)  # noqa: S302 our worker's
    batch.who_values, batch.what_values = who, what
    # plain tuples equal the named ones, and nobody asks these for a field by name any more
    batch.actor_values = cast("list[Actor]", actors)
    batch.origin_values = cast("list[Origin]", origins)
    batch.resources_values = cast("list[tuple[Resource, ...]]", resources)
    batch.files = [
        file if isinstance(content, str) else replace(file, body=content)
        for file, (_, content) in zip(batch.files, chunk, strict=True)
    ]
    return batch
