"""What a key costs in a terminal: bytes written and time to the last of them, beside peers.

Everybody shows the same events: ours from the cache, Textual's DataTable from lists in memory, lnav
and toolong from the lines that `trailhound events` prints.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import gmtime, strftime
from typing import NamedTuple

from tests.benchmarks.command import Setup, show
from tests.benchmarks.table import NOT_RUN, Headline, Report, Table
from tests.benchmarks.terminal import PAUSE, Reply, Terminal, Written

OURS, DATATABLE, LNAV, TOOLONG = "trailhound", "Textual's DataTable", "lnav", "toolong"
PEERS = (OURS, DATATABLE, LNAV, TOOLONG)
COLUMNS, LINES = 200, 50
ROWS = 100_000
"""For the peers, which read lines: as many as DataTable can still be asked to hold."""
HOME, DOWN, PAGE_DOWN = "\x1b[H", "\x1b[B", "\x1b[6~"
HELD = 1 / 30
"""Seconds between two presses of a key that is held down."""
TYPED, TYPING = "action:getobject", 0.1
"""What is typed, and the seconds between two of its keys."""
IDLE = 10.0
_LEAST_IDLE = 1.0


class Costs(NamedTuple):
    """What was measured of one program; an idle share is of one processor."""

    held: float
    """Bytes for each press of a key held down."""
    down: Sequence[Reply]
    page: Sequence[Reply]
    idle_bytes: int
    idle_share: float


class Typed(NamedTuple):
    """What typing a filter costs: bytes a key meanwhile, and the answer after the last one."""

    key: float
    answer: Reply


class Program(NamedTuple):
    """A program, and a text that says it is ready."""

    command: Sequence[str]
    ready: str


def report(setup: Setup) -> Report:
    """Press each key so many times in every program."""
    cache = setup.cache()
    presses = setup.repeats.keys
    lines = _lines(cache, setup.folder / "events.txt")
    found = {name: _costs(each, presses) for name, each in _programs(cache, lines).items()}
    typed = _typed(cache)
    return Report((_keys(found, presses), _typing(typed)), _headlines(found, typed))


def _programs(cache: Path, lines: Path) -> dict[str, Program]:
    first = lines.read_text().splitlines()[1].split()[0]
    table = [sys.executable, "-m", "tests.benchmarks.datatable", str(lines)]
    lnav, toolong = shutil.which("lnav"), shutil.which("tl")
    found = {OURS: _ours(cache), DATATABLE: Program(table, first)}
    if lnav:
        found[LNAV] = Program([lnav, "-q", str(lines)], lines.name)
    if toolong:
        found[TOOLONG] = Program([toolong, str(lines)], "Help")
    return found


def _ours(cache: Path) -> Program:
    command = [sys.executable, "-m", "tui", "--offline", "--cache", str(cache)]
    return Program(command, _newest(cache))


def _costs(program: Program, presses: int) -> Costs:
    with Terminal(program.command, COLUMNS, LINES) as terminal:
        terminal.until(program.ready)
        terminal.settle()
        terminal.press(HOME)
        terminal.press(DOWN)
        down = [terminal.press(DOWN) for _ in range(presses)]
        terminal.press(HOME)
        held = terminal.type([DOWN] * presses, HELD) / presses
        terminal.press(PAGE_DOWN)
        page = [terminal.press(PAGE_DOWN) for _ in range(presses)]
        terminal.settle()
        seconds = _idle(presses)
        before = terminal.processor_seconds()
        written = terminal.written(seconds)
        share = (terminal.processor_seconds() - before) / seconds
        terminal.leave()
    return Costs(held, down, page, written, share)


def _idle(presses: int) -> float:
    return IDLE if presses > 1 else _LEAST_IDLE


def _typed(cache: Path) -> Typed:
    program = _ours(cache)
    with Terminal(program.command, COLUMNS, LINES) as terminal:
        terminal.until(program.ready)
        terminal.settle()
        terminal.press("/")
        key = terminal.type(TYPED, TYPING) / len(TYPED)
        answer = terminal.press("\r")
        terminal.leave()
    return Typed(key, answer)


def _lines(cache: Path, path: Path) -> Path:
    command = [sys.executable, "-m", "tui", "events", "--limit", str(ROWS), "--cache", str(cache)]
    with path.open("wb") as out:
        subprocess.run(command, check=True, stdout=out, stderr=subprocess.DEVNULL)
    return path


def _newest(cache: Path) -> str:
    """Return the time of day of the newest event, which only a row of the table shows."""
    connection = sqlite3.connect(cache)
    try:
        (time,) = connection.execute("SELECT max(time) FROM fact").fetchone()
    finally:
        connection.close()
    return strftime("%H:%M:%S", gmtime(time // 1000))


def _keys(found: dict[str, Costs], presses: int) -> Table:
    return Table(
        f"A key at {COLUMNS}x{LINES}",
        ("program", "held", "down", "", "at rest", "", "page down", "", "at rest", "", "idle", ""),
        [(name, *_cells(found.get(name))) for name in PEERS],
        (
            f"Medians of {presses} presses: bytes written, and time to the last of them.",
            f"First up to {PAUSE * 1000:.0f} ms without a byte: what answers the key.",
            "At rest: with all that follows; ours puts the event in words.",
            f"Held: bytes a press at {1 / HELD:.0f} presses of down a second.",
            f"Idle: bytes written in {_idle(presses):.0f} s, and share of one processor.",
            "lnav and toolong move the text, not a cursor.",
        ),
    )


def _typing(typed: Typed) -> Table:
    return Table(
        f"Typing `{TYPED}` into the filter, {1 / TYPING:.0f} keys a second",
        ("a key meanwhile", "the answer, after Enter", ""),
        [(f"{typed.key:,.0f} B", *_written([typed.answer.all]))],
    )


def _cells(costs: Costs | None) -> tuple[str, ...]:
    if costs is None:
        return (NOT_RUN,) * 11
    held, idle = f"{costs.held:,.0f} B", f"{costs.idle_bytes:,} B"
    keys = (*_reply(costs.down), *_reply(costs.page))
    return (held, *keys, idle, f"{costs.idle_share:.1%}")


def _reply(replies: Sequence[Reply]) -> tuple[str, ...]:
    """Return bytes and time of the answer, and of all until the program rests."""
    first = _written([reply.first for reply in replies])
    return (*first, *_written([reply.all for reply in replies]))


def _written(found: Sequence[Written]) -> tuple[str, str]:
    size = median(each.bytes for each in found)
    return f"{size:,.0f} B", _ms(median(each.seconds for each in found))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _headlines(found: dict[str, Costs], typed: Typed) -> tuple[Headline, ...]:
    ours = found[OURS]
    return (
        _headline("cursor down", {name: each.down for name, each in found.items()}),
        _headline(f"page down at {COLUMNS}x{LINES}", {k: v.page for k, v in found.items()}),
        Headline("a key typed in the filter", f"{typed.key:,.0f} B", NOT_RUN),
        Headline("idle", f"{ours.idle_bytes:,} B, {ours.idle_share:.1%} of a core", NOT_RUN),
    )


def _headline(work: str, found: dict[str, Sequence[Reply]]) -> Headline:
    beside = "; ".join(
        f"{name} {', '.join(_reply(each)[:2])}" for name, each in found.items() if name != OURS
    )
    return Headline(work, ", ".join(_reply(found[OURS])[:2]), beside)


if __name__ == "__main__":
    show(report)
