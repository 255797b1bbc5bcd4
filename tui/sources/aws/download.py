"""Many objects fetched at once, handed on in the order in which they were listed.

Owns how much may be under way. It knows no bucket: anything that reads log objects will do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from tui.domain.objects import LogObject

OBJECTS_AHEAD = 4
"""Objects in flight for each thread: fetched and waiting ones keep the threads busy."""
BYTES_AHEAD = 64 << 20
"""Bytes in flight, as listed; a larger object is fetched alone."""


class Readable(Protocol):
    """What log files can be read from."""

    def read(self, item: LogObject) -> bytes:
        """Return a file's bytes; raises OSError when this one cannot be had."""


def fetched(
    source: Readable,
    items: Iterable[LogObject],
    threads: int,
    cancelled: Callable[[], bool] = lambda: False,
    most_bytes: int = BYTES_AHEAD,
) -> Generator[tuple[LogObject, bytes | str], None, None]:
    """Yield each object with its bytes, or with the sentence that says why there are none.

    `items` is taken from only as there is room. Ends early when cancelled; raises what the source
    raises other than OSError, after everything listed before it was yielded.
    """
    flying: deque[tuple[LogObject, Future[bytes | str]]] = deque()
    weight = 0
    coming = iter(items)
    following = next(coming, None)
    pool = ThreadPoolExecutor(threads)
    try:
        while (flying or following) and not cancelled():
            while following and _has_room(
                len(flying), weight + following.size, threads, most_bytes
            ):
                flying.append((following, pool.submit(_read, source, following)))
                weight += following.size
                following = next(coming, None)
            item, content = flying.popleft()
            yield item, content.result()
            weight -= item.size
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _has_room(objects: int, weight: int, threads: int, most_bytes: int) -> bool:
    return objects == 0 or (objects < OBJECTS_AHEAD * threads and weight <= most_bytes)


def _read(source: Readable, item: LogObject) -> bytes | str:
    try:
        return source.read(item)
    except OSError as error:
        return f"It cannot be read: {error.strerror or error}."
