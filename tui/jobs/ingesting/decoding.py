"""Decoding on every core: threads do not speed up parsing, processes do.

Owns the worker processes. A little work is done in this process, as starting others takes longer.
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
from dataclasses import replace
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
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if size < ALONE_BELOW or not workers or workers < 2:
        for chunk in chunks:
            yield decode(chunk, cap)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _prepare) as pool:
        done = False
        try:
            yield from _in_order(pool, chunks, workers, cap)
            done = True
        except BrokenProcessPool as error:
            raise InputError(_ENDED) from error
        finally:  # nobody waits for what is not wanted; but idle workers go at once, and tidily
            pool.shutdown(wait=done, cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, chunks: Iterable[Chunk], workers: int, cap: int
) -> Iterator[Batch]:
    waiting: deque[tuple[Chunk, Future[_Packed]]] = deque()
    for chunk in chunks:
        waiting.append((chunk, pool.submit(_decode, chunk, cap)))
        if len(waiting) > workers + 1:
            yield _next(waiting)
    while waiting:
        yield _next(waiting)


def _next(waiting: deque[tuple[Chunk, Future[_Packed]]]) -> Batch:
    chunk, future = waiting.popleft()
    return _unpacked(chunk, future.result())


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
