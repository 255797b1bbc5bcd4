"""`trailhound tail` into a pipe: whether it keeps up with a busy account for a minute."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.command import Setup, show
from tests.benchmarks.table import Headline, Report, Table

RATE, SECONDS = 2_000.0, 60.0
_BEGINNING = 5.0
"""Seconds left aside at the start: the process starts, and the first events are still to come."""
_LATE = 60.0
"""Seconds after which an event was made late on purpose."""
_TIME = re.compile(rb'"eventTime":"([^"]+)"')


class Printed(NamedTuple):
    """What came out of the pipe after the beginning; times in seconds."""

    lines: int
    doubled: int
    seconds: float
    lags: list[float]
    """From each event to its line, in the order of lines, those made late left aside."""

    def lag(self, first: float, last: float) -> float:
        """Return the median lag of a part of the lines, such as the last tenth."""
        count = len(self.lags)
        return median(self.lags[int(first * count) : max(1, int(last * count))])


def printed(cache: Path, rate: float, seconds: float) -> Printed:
    """Read what the command prints of the simulated accounts."""
    command = [sys.executable, "-m", "tui", "tail", "--demo", "--rate", str(rate)]
    lines: list[tuple[float, bytes]] = []
    with subprocess.Popen(
        [*command, "--cache", str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first
        begun = time.time() + _BEGINNING
        for line in process.stdout:
            now = time.time()
            if now >= begun:
                lines.append((now, line))
            if now >= begun + seconds:
                break
        process.terminate()
        process.stdout.read()
    lags = [at - _time(line) for at, line in lines]
    doubled = len(lines) - len({line for _, line in lines})
    took = lines[-1][0] - lines[0][0]
    return Printed(len(lines), doubled, took, [each for each in lags if each < _LATE])


def _time(line: bytes) -> float:
    found = _TIME.search(line)
    assert found
    return datetime.fromisoformat(found[1].decode()).timestamp()


def report(setup: Setup) -> Report:
    """Print for a minute beside a cache of all the log files."""
    found = printed(setup.cache(), RATE, SECONDS)
    assert not found.doubled
    rate = found.lines / found.seconds
    rows = [
        ("lines", f"{found.lines:,}"),
        ("lines/s", f"{rate:,.0f}"),
        ("from an event to its line, first tenth", f"{found.lag(0, 0.1):.1f} s"),
        ("from an event to its line, last tenth", f"{found.lag(0.9, 1):.1f} s"),
    ]
    note = (
        f"It keeps up if the lag does not grow, at {RATE:,.0f} events/s; up to 3 s are simulated."
    )
    table = Table("trailhound tail into a pipe", ("", ""), rows, (note,))
    grown = found.lag(0.9, 1) - found.lag(0, 0.1)
    line = Headline(f"a pipe at {rate:,.0f} events/s falls behind by", f"{grown:.1f} s", "0 wanted")
    return Report((table,), (line,))


if __name__ == "__main__":
    show(report)
