"""Running one piece of work in a process of its own: how long it takes, how much memory.

Owns time, processors and memory. The time begins when the work does, with its imports but without
the start of the process. Memory is sampled from /proc over the process and its descendants.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import Generic, ParamSpec, TypeVar

Value = TypeVar("Value", covariant=True)
Other = TypeVar("Other")
Parameters = ParamSpec("Parameters")

_SAMPLED_EVERY = 0.05


class MissingError(Exception):
    """What a row needs is not on this machine; the text says what."""


@dataclass(frozen=True, slots=True)
class Measured(Generic[Value]):
    """What the work returned, and what it took."""

    value: Value
    seconds: float
    peak: int
    """Highest sum of resident bytes seen; pages that processes share count in each."""
    cpu: float
    """Seconds of processor time of the process and its descendants, from its very start."""


@dataclass(frozen=True, slots=True)
class Timing(Generic[Value]):
    """What the work returned last, the seconds of its first call, and the median of the rest."""

    value: Value
    first: float
    later: float

    def of(self, value: Other) -> Timing[Other]:
        """Return the same times for another form of the value."""
        return Timing(value, self.first, self.later)


def alone(
    cores: int,
    work: Callable[Parameters, Value],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Measured[Value]:
    """Run the work in a fresh process that may use so many processors; raises MissingError."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, cores, work, args, kwargs))
    process.start()
    theirs.close()
    peak, before = 0, _cpu()
    try:
        while not ours.poll(_SAMPLED_EVERY):
            peak = max(peak, _resident_tree(process.pid or 0))
        problem, value, seconds = ours.recv()
    finally:
        process.join()
    if problem:
        raise MissingError(problem)
    return Measured(value, seconds, peak, _cpu() - before)


def timed(times: int, work: Callable[[], Value]) -> Timing[Value]:
    """Do the work so many times in this process."""
    seconds = []
    for _ in range(times):
        started = perf_counter()
        value = work()
        seconds.append(perf_counter() - started)
    return Timing(value, seconds[0], median(seconds[1:] or seconds))


def resident(process: int | str = "self") -> int:
    """Return the resident bytes of a process, 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _run(
    answer: Connection,
    cores: int,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    try:
        _confine(cores)
        started = perf_counter()
        value = work(*args, **kwargs)
    except MissingError as error:
        answer.send((str(error), None, 0.0))
    else:
        answer.send(("", value, perf_counter() - started))


def _cpu() -> float:
    """Return the processor time of all descendants that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _confine(cores: int) -> None:
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < cores:
        raise MissingError(f"needs {cores} processors")
    os.sched_setaffinity(0, usable[-cores:])


def _resident_tree(process: int) -> int:
    total = resident(process)
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            total += sum(_resident_tree(int(child)) for child in children.read_text().split())
        except OSError:
            continue
    return total
