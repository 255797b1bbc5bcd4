"""From the start of the program to what was asked for, beside the least such a program can take."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import gmtime, perf_counter, strftime

from tests.benchmarks.command import Setup, show
from tests.benchmarks.table import Headline, Report, Table
from tests.benchmarks.terminal import COLUMNS, LINES, shown

OURS, EMPTY = "trailhound, the first row", "an empty Textual app"
WHOLE = "trailhound, the whole screen, which takes keys"
_OF_WHOLE = "Enter open"
"""What only the screen of Textual says, in its line of keys."""
COMMAND, IMPORTS = "trailhound events --limit 1", "python -c 'import sqlite3, orjson'"
_TITLES = ("program", "median", "fastest", "slowest", "ratio")


def report(setup: Setup) -> Report:
    """Start everything so many times, in turns."""
    cache = setup.cache()
    paints, killed = _paints(setup)
    commands = _commands(setup)
    note = f"The median of {setup.repeats.paints} starts after one that did not count."
    left = f"{killed} did not leave when q was pressed." if killed else "All left on q."
    return Report(
        (
            Table(
                f"First paint in a terminal of {COLUMNS}x{LINES}, {_events(cache):,} events",
                _TITLES,
                _rows(paints),
                (note, left),
            ),
            Table(
                "One event on stdout",
                _TITLES,
                _rows(commands),
                (f"The median of {setup.repeats.commands} runs after one that did not count.",),
            ),
        ),
        (
            _headline("start to the first row", paints, OURS),
            _headline("start to the whole screen", paints, WHOLE),
            _headline("start to one event on stdout", commands, COMMAND),
        ),
    )


def _paints(setup: Setup) -> tuple[dict[str, list[float]], int]:
    """Return the seconds until each showed something, and how many would not leave."""
    python, cache, times = sys.executable, setup.cache(), setup.repeats.paints
    programs = {
        EMPTY: ([python, "-m", "tests.benchmarks.empty"], "ready"),
        OURS: ([python, "-m", "tui", "--cache", str(cache)], _newest(cache)),
        WHOLE: ([python, "-m", "tui", "--cache", str(cache)], _OF_WHOLE),
    }
    environ = setup.compiled()
    taken: dict[str, list[float]] = {name: [] for name in programs}
    killed = 0
    for turn in range(times + 1):
        for name, (command, text) in programs.items():
            run = shown(command, text, environ)
            killed += run.code < 0
            if turn:  # the first fills the caches of the file system
                taken[name].append(run.seconds)
    return taken, killed


def _commands(setup: Setup) -> dict[str, list[float]]:
    python, cache, times = sys.executable, setup.cache(), setup.repeats.commands
    programs = {
        IMPORTS: [python, "-c", "import sqlite3, orjson"],
        COMMAND: [python, "-m", "tui", "events", "--limit", "1", "--cache", str(cache)],
    }
    environ = setup.compiled()
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(times + 1):
        for name, command in programs.items():
            started = perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environ)
            if turn:
                taken[name].append(perf_counter() - started)
    return taken


def _newest(cache: Path) -> str:
    """Return the time of day of the newest event, which only a row of the table shows."""
    (time,) = _ask(cache, "SELECT max(time) FROM fact")
    return strftime("%H:%M:%S", gmtime(time // 1000))


def _events(cache: Path) -> int:
    return _ask(cache, "SELECT count(*) FROM fact")[0]


def _ask(cache: Path, query: str) -> tuple[int, ...]:
    connection = sqlite3.connect(cache)
    try:
        row: tuple[int, ...] = connection.execute(query).fetchone()
    finally:
        connection.close()
    return row


def _rows(taken: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """Return a row for each program; the first is what the others are held against."""
    least = median(next(iter(taken.values())))
    return [
        (
            name,
            *(f"{seconds * 1000:,.0f} ms" for seconds in (median(runs), min(runs), max(runs))),
            f"{median(runs) / least:.2f}",
        )
        for name, runs in taken.items()
    ]


def _headline(work: str, taken: dict[str, list[float]], ours: str) -> Headline:
    beside = next(iter(taken))
    least, seconds = median(taken[beside]), median(taken[ours])
    return Headline(
        work,
        f"{seconds * 1000:,.0f} ms",
        f"{beside}: {least * 1000:,.0f} ms ({seconds / least:.2f} × as long)",
    )


if __name__ == "__main__":
    show(report)
