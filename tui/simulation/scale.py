"""Writes a simulated bucket to a folder, in several processes: for benchmarks and trials."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tui.simulation.accounts import SimulatedAccounts

SHARES_PER_PROCESS = 12


@dataclass(frozen=True, slots=True)
class Size:
    """What to simulate; `now` in ms since 1970 UTC."""

    seed: int
    now: int
    days: float
    events: int


class Written(NamedTuple):
    """How many files, and how many bytes in them."""

    files: int
    bytes: int


@lru_cache(maxsize=1)
def _simulated(size: Size) -> SimulatedAccounts:
    return SimulatedAccounts(size.seed, size.now, size.days, size.events)


def write_share(size: Size, folder: Path, share: int, shares: int) -> Written:
    """Write every `shares`-th file, from the one numbered `share`."""
    simulated = _simulated(size)
    items = list(simulated.objects())[share::shares]
    total = 0
    for item in items:
        path = folder / item.uri.removeprefix("s3://").partition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        total += path.write_bytes(simulated.read(item))
    return Written(len(items), total)


def write_bucket(
    size: Size, folder: Path, processes: int, report: Callable[[Written], None]
) -> Written:
    """Write the whole bucket below `folder`; `report` gets what is written so far."""
    shares = max(1, processes) * SHARES_PER_PROCESS
    files = total = 0
    # Forking is not safe where threads run; a fresh process costs a tenth of a second.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(write_share, size, folder, share, shares) for share in range(shares)]
        for job in as_completed(jobs):
            written = job.result()
            files, total = files + written.files, total + written.bytes
            report(Written(files, total))
    return Written(files, total)
