"""How an endless command learns that it is to end: by signals, or as nobody reads it any more."""

from __future__ import annotations

import select
import signal
import sys
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import Self, TypeAlias

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | signal.Handlers | None
_ENDING = (signal.SIGINT, signal.SIGTERM)


class Ending:
    """Takes note of the first interrupt; the second one ends the program at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> Self:
        if current_thread() is main_thread():  # nobody else may set handlers
            self._before = {each: signal.signal(each, self._take) for each in _ENDING}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _take(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def reader_left() -> bool:
    """Return whether stdout is a pipe that nobody reads any more: no write would tell in a lull."""
    if not hasattr(select, "poll"):
        return False
    try:
        number = sys.stdout.fileno()
    except OSError:  # what stands in for stdout has no file
        return False
    poll = select.poll()
    poll.register(number, 0)
    return any(happened & (select.POLLERR | select.POLLNVAL) for _, happened in poll.poll(0))
