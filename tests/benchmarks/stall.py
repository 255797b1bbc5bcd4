"""How long the screen stands still while a sync fills it: how late a ticker on its loop wakes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic, thread_time

from tests.benchmarks import data
from tests.benchmarks.command import Setup, show
from tests.benchmarks.measure import alone
from tests.benchmarks.sync import ENVIRONMENT
from tests.benchmarks.table import Headline, Report, Table
from tests.servers.bucket import BUCKET, serving

EVENTS = 20_000
MOST_MS = 100.0
_TICK = 0.01
_PATIENCE = 120.0
_REST = 3.0
_SIZE = (160, 45)
_RUNS = 3
_ALWAYS = 4_000_000_000_000


@dataclass
class Ticker:
    """Sleeps a moment again and again; keeps by how much it woke up late, in seconds."""

    late: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Processor time of the thread of the event loop between two wakings."""

    @asynccontextmanager
    async def ticking(self) -> AsyncIterator[None]:
        """Tick meanwhile."""
        task = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            task.cancel()

    async def _tick(self) -> None:
        while True:
            at, used = monotonic(), thread_time()
            await asyncio.sleep(_TICK)
            self.late.append(monotonic() - at - _TICK)
            self.busy.append(thread_time() - used)


@dataclass(frozen=True, slots=True)
class Stalls:
    """The gaps of one run, in ms."""

    longest: float
    usual: float
    """99 of 100 are no longer."""
    busiest: float
    """The longest time that the event loop itself computed without a break."""
    resting: float
    """The longest gap in some seconds while nothing is synced: what the machine itself adds."""
    seconds: float
    events: int


def report(setup: Setup) -> Report:
    """Sync 20,000 events while the screen is looked at; raises AssertionError when some lack."""
    made = data.dataset(EVENTS)
    files = {str(path.relative_to(made.folder)): path for path in made.paths()}
    with serving(files) as url:
        runs = [
            alone(2, _watched, url, setup.folder / f"stall-{number}.db", made.contents.distinct)
            for number in range(_RUNS if setup.repeats.ingest > 1 else 1)
        ]
    stalls = [run.value for run in runs]
    if any(each.events != made.contents.distinct for each in stalls):
        raise AssertionError("not all events arrived")
    rows = [
        (
            f"{each.events:,} events in {each.seconds:.1f} s",
            f"{each.longest:.0f} ms",
            f"{each.usual:.0f} ms",
            f"{each.busiest:.0f} ms",
            f"{each.resting:.0f} ms",
        )
        for each in stalls
    ]
    wanted = (f"No stall above {MOST_MS:.0f} ms is wanted.",)
    columns = ("sync", "longest stall", "99 % below", "longest own work", "longest stall at rest")
    table = Table("The screen during a sync", columns, rows, wanted)
    longest = median(each.longest for each in stalls)
    line = Headline("longest stall during a sync", f"{longest:.0f} ms", f"{MOST_MS:.0f} ms wanted")
    return Report((table,), (line,))


def _watched(url: str, cache: Path, events: int) -> Stalls:
    os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=url)
    return asyncio.run(watched(cache, events, _REST))


async def watched(cache: Path, events: int, rests: float) -> Stalls:
    """Sync a bucket into the explorer until it shows so many events, then rest some seconds."""
    from datetime import UTC

    from tests.pilot.explored import Explored
    from tui.app import TrailhoundApp
    from tui.domain.answer import Span
    from tui.domain.syncing import Wish
    from tui.storage.cache import Cache

    wish = Wish(
        Span(0, _ALWAYS),
        locations=(f"s3://{BUCKET}",),
        history=False,
        s3=False,
    )
    app = TrailhoundApp(Cache(cache), None, UTC, wish=wish)
    ticker = Ticker()
    async with app.run_test(size=_SIZE) as pilot:
        explored = Explored(app, pilot)
        await explored.until(lambda: explored.total >= 0)
        started = monotonic()
        async with ticker.ticking():
            end = started + _PATIENCE
            while (explored.total < events or explored.screen.board.busy) and monotonic() < end:
                await pilot.pause(0.05)
        seconds = monotonic() - started
        rest = Ticker()
        async with rest.ticking():
            await pilot.pause(rests)
        late = sorted(ticker.late)
        return Stalls(
            late[-1] * 1000,
            late[len(late) * 99 // 100] * 1000,
            max(ticker.busy) * 1000,
            max(rest.late) * 1000,
            seconds,
            explored.total,
        )


if __name__ == "__main__":
    show(report)
