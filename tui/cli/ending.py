"""How a command learns that it is to end, and ends though answers of AWS are still waited for.

An endless one learns it by signals, or as nobody reads it any more. What is stored is stored in
whole transactions, so nothing is lost with a process that goes before its threads do.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread, active_count, current_thread, main_thread
from types import FrameType, TracebackType
from typing import NoReturn, Self, TypeAlias

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | signal.Handlers | None
_ENDING = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130
"""The exit code after the interrupt key."""
KEPT = "trailhound: Interrupted; what was stored is kept.\n"
_GRACE = 2.0
"""Seconds that requests under way may take to end after the interrupt key."""


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


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the interrupt key end a command soon: its threads may wait minutes for an answer.

    The signal is learned of by a thread of its own. This one is told only when it gets to run, and
    a signal that comes as it begins to wait for the others is told when they are done.
    """
    if current_thread() is not main_thread():
        yield
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    over = Event()
    watcher = Thread(target=_watch, args=(heard, over), daemon=True)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        os.close(told)
        watcher.join()
        os.close(heard)


def _watch(heard: int, over: Event) -> None:
    """End the process a while after the interrupt key, unless the command is over before."""
    while number := os.read(heard, 1):
        if number[0] == signal.SIGINT and not over.wait(_GRACE):
            _gone()


def leave(code: int) -> NoReturn:
    """End the process; threads that wait for an answer which nobody wants any more go with it.

    Python looks for cycles through everything it holds before it ends, for a tenth of a second
    after AWS was asked: that is left to the system, which takes back all memory at once.
    """
    gc.freeze()
    if active_count() == 1:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    _end_processes()
    os._exit(code)


def _gone() -> None:
    sys.stderr.write(KEPT)
    sys.stderr.flush()
    _end_processes()
    os._exit(INTERRUPTED)


def _end_processes() -> None:
    """End those that decode, and unlink what they shared, as Python does where it ends by itself.

    Else its resource tracker would write about leaked semaphores on the terminal given back.
    """
    util = sys.modules.get("multiprocessing.util")
    if util is None:
        return
    from multiprocessing import active_children

    children = [child.pid for child in active_children() if child.pid]
    _send(children, signal.SIGSTOP)  # nobody is to notice that one is gone, nor miss what is next
    util._run_finalizers(0)  # noqa: SLF001 what else runs them waits for threads as well
    _send(children, signal.SIGKILL)


def _send(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
