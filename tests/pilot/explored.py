"""The whole explorer on a small cache, for pilot tests: sources, what the screen shows, waiting."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic

from textual.pilot import Pilot

from tui.app import TrailhoundApp
from tui.domain.objects import LogObject, ObjectSource
from tui.domain.syncing import Wish
from tui.screens.events import EventsScreen
from tui.screens.following.follow import Follower
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable

NOW = 1_795_348_800_000
"""2026-11-22 12:00 UTC, in ms."""
WIDE, NARROW = (160, 45), (80, 24)
PATIENCE = 20.0
"""Seconds a test waits for what must come; more than any slow machine takes."""


class Copied:
    """The log files of another source as if they lay in a folder: they cover nothing."""

    def __init__(self, source: ObjectSource) -> None:
        self.passed_over = source.passed_over
        self.objects = source.objects
        self.read = source.read


def simulated(events: int = 1_500) -> Copied:
    """Return the files of a small organization, the same every time."""
    return Copied(SimulatedAccounts(7, NOW, events=events))


def record(number: int, **more: object) -> dict[str, object]:
    """Return a record, one minute older for each number."""
    moment = datetime.fromtimestamp(NOW / 1000 - 60 * number, UTC)
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": f"user-{number}", "accountId": "1" * 12},
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9",
        "eventID": f"00000000-0000-4000-8000-{number:012}",
        "recipientAccountId": "1" * 12,
        **more,
    }


class Files:
    """A source of log files that are given, each read only once the test lets it."""

    def __init__(self, files: Mapping[str, Sequence[Mapping[str, object]] | bytes]) -> None:
        self.passed_over = 0
        self._bodies = {
            name: content
            if isinstance(content, bytes)
            else gzip.compress(json.dumps({"Records": content}).encode(), compresslevel=0)
            for name, content in files.items()
        }
        self.gates = {name: Event() for name in files}

    def let_all(self) -> Files:
        """Open every gate."""
        for gate in self.gates.values():
            gate.set()
        return self

    def objects(self) -> Iterator[LogObject]:
        """Yield the files in their order."""
        for name, body in self._bodies.items():
            yield LogObject(f"file:///logs/{name}", "local", len(body))

    def read(self, item: LogObject) -> bytes:
        """Return a file's bytes once its gate is open."""
        name = item.uri.rpartition("/")[2]
        if not self.gates[name].wait(PATIENCE):
            raise OSError("the test never opened the gate")
        return self._bodies[name]


class Explored:
    """A running explorer and a hand on its keys."""

    def __init__(self, app: TrailhoundApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> EventsScreen:
        """The events screen, whatever lies over it."""
        return next(each for each in self.app.screen_stack if isinstance(each, EventsScreen))

    @property
    def table(self) -> EventTable:
        """The table of events."""
        return self.screen.query_one(EventTable)

    @property
    def total(self) -> int:
        """How many events the answer has; -1 before there is one."""
        return self.screen.view.answer.total if self.screen.view else -1

    @property
    def text(self) -> str:
        """All that stands on the screen now."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.pilot.press(*(_KEYS.get(char, char) for char in text))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to become true; fail with the screen if it does not."""
        end = monotonic() + PATIENCE
        while not holds():
            assert monotonic() < end, f"it never came:\n{self.text}"
            await self.pilot.pause(0.01)

    async def filter(self, text: str) -> None:
        """Type a filter and wait until it is answered."""
        await self.press("slash")
        await self.type(text)
        await self.press("enter")
        await self.until(lambda: self.screen.question.text == text)
        await self.settled()

    async def settled(self) -> None:
        """Wait until no worker is at work and every message is handled."""
        await self.until(lambda: not any(w.is_running for w in self.app.workers))
        await self.pilot.pause()
        await self.pilot.pause()


_KEYS = {" ": "space", "-": "minus", ":": "colon", ">": "greater_than_sign"}


@asynccontextmanager
async def exploring(
    cache: Path,
    source: ObjectSource | None = None,
    size: tuple[int, int] = WIDE,
    wish: Wish | None = None,
    follower: Follower | None = None,
    filters: str = "",
) -> AsyncIterator[Explored]:
    """Run the explorer on a cache until the test is done with it.

    `filters` is what the file of saved filters says, which lies beside the cache.
    """
    path = cache.with_name("filters.toml")
    if filters:
        path.write_text(filters, encoding="utf-8")
    app = TrailhoundApp(Cache(cache), source, UTC, wish=wish, follower=follower, filters_file=path)
    async with app.run_test(size=size, notifications=True) as pilot:
        explored = Explored(app, pilot)
        if source is None:
            await explored.until(lambda: explored.total >= 0)
            if wish is None:  # a sync never lets the workers rest
                await explored.settled()
        yield explored
