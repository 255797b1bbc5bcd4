"""Following a busy account: how long keys wait while events arrive by the thousand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from textual.events import Key

from tests.benchmarks.command import Setup, show
from tests.benchmarks.table import Headline, Report, Table
from tui.app import TrailhoundApp
from tui.cli.commands.demo import follow_live
from tui.domain.answer import Row
from tui.screens.events import EventsScreen
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable

RATE, SECONDS = 2_000.0, 60.0
MOST_WAIT = 0.1
"""Seconds a key may wait."""
SIZE = (160, 45)
_KEYS = ("down", "down", "down", "pagedown", "pageup", "home")
_PAUSE = 0.05
"""Seconds between an answered key and the next."""
_PATIENCE = 20.0


class Followed(NamedTuple):
    """What was seen, in seconds."""

    landed: int
    seconds: float
    waits: list[float]
    """From each key to the cursor having moved."""
    stall: float
    """The longest time in which the event loop did nothing else."""

    def wait(self, share: float) -> float:
        """Return the wait that this share of the keys did not exceed."""
        return sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


async def followed(cache: Path, rate: float, seconds: float) -> Followed:
    """Follow the simulated accounts over a cache, pressing keys; raises TimeoutError."""
    source = SimulatedAccounts(7, int(time.time() * 1000), events=1_000)
    follower = partial(follow_live, source.live(source.now, rate))
    app = TrailhoundApp(Cache(cache), None, UTC, follower=follower)
    async with app.run_test(size=SIZE) as pilot:
        screen = next(each for each in app.screen_stack if isinstance(each, EventsScreen))
        await _until(lambda: screen.view is not None)
        await pilot.press("f")
        await _until(lambda: screen.unseen.total > 0)
        before, begun = screen.feeds.now().number, time.perf_counter()
        ticker = _Ticker()
        ticking = asyncio.create_task(ticker.run())
        waits = await _waits(app, screen.query_one(EventTable), begun + seconds)
        ticking.cancel()
        landed = screen.feeds.now().number - before
    return Followed(landed, time.perf_counter() - begun, waits, ticker.longest)


async def _waits(app: TrailhoundApp, table: EventTable, end: float) -> list[float]:
    waits = []
    for key in cycle(_KEYS):
        cursor, pressed = table.current, time.perf_counter()
        app.post_message(Key(key, None))
        await _until(partial(_differs, table, cursor))
        waits.append(time.perf_counter() - pressed)
        if time.perf_counter() > end:
            return waits
        await asyncio.sleep(_PAUSE)
    raise AssertionError


class _Ticker:
    longest = 0.0

    async def run(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.perf_counter() - begun)
            await asyncio.sleep(0.005)


def _differs(table: EventTable, row: Row | None) -> bool:
    return table.current != row


async def _until(holds: Callable[[], bool]) -> None:
    end = time.perf_counter() + _PATIENCE
    while not holds():
        if time.perf_counter() > end:
            raise TimeoutError
        await asyncio.sleep(0.001)


def report(setup: Setup) -> Report:
    """Follow for a minute over all of the log files."""
    found = asyncio.run(followed(setup.cache(), RATE, SECONDS))
    rate = found.landed / found.seconds
    rows = [
        ("events that landed", f"{found.landed:,}"),
        ("events/s", f"{rate:,.0f}"),
        ("keys", f"{len(found.waits):,}"),
        ("a key waits, median", f"{found.wait(0.5) * 1e3:,.1f} ms"),
        ("99 of 100 keys wait at most", f"{found.wait(0.99) * 1e3:,.1f} ms"),
        ("the longest wait", f"{max(found.waits) * 1e3:,.1f} ms"),
        ("longest stall of the event loop", f"{found.stall * 1e3:,.1f} ms"),
    ]
    note = f"{MOST_WAIT * 1e3:,.0f} ms are wanted at most, at {RATE:,.0f} events/s."
    table = Table(
        f"Following over {setup.made.contents.records:,} records", ("", ""), rows, (note,)
    )
    line = Headline(
        f"a key while {rate:,.0f} events/s arrive",
        f"{found.wait(0.99) * 1e3:,.0f} ms",
        f"{MOST_WAIT * 1e3:,.0f} ms wanted",
    )
    return Report((table,), (line,))


if __name__ == "__main__":
    show(report)
