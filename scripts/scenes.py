"""Every screen on the demo's organization at a fixed instant: for pictures and for snapshots.

Owns which screens there are to see and the keys that lead to each. The same code shows the same:
the clock stands at the instant up to which the organization is simulated.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import time_machine
from textual.pilot import Pilot

from tui.app import TrailhoundApp
from tui.cli.commands.demo import Audits
from tui.domain.answer import Span
from tui.domain.progress import Quiet
from tui.domain.verifying import Wanted
from tui.jobs.ingesting.ingest import ingest
from tui.screens.places import WIDE
from tui.screens.resting import TYPING
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.filter_bar import FilterInput

NOW = 1_795_348_800_000
"""2026-11-22 12:00 UTC, in ms."""
_IDS = re.compile(r"terminal-\d+")
_KEY = re.compile("(key(?: |&#160;))[0-9a-f]{8}")
_SAVED = "the-saved-filters-of-all-scenes/filters.toml"
"""As long as what is shown of a path, wherever that leads."""
_WEEK = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to see: the filter that is asked for, and the keys pressed then."""

    name: str
    filter: str = ""
    keys: tuple[str, ...] = ()
    narrow: tuple[str, ...] | None = None
    """The keys where facets and events do not fit side by side, if they are others."""
    filters: str = ""
    """What the file of saved filters says."""


FILTERS = """\
[denied]
filter = "result:denied -caller:aws*"
highlight = "high"

[logins]
filter = "action:ConsoleLogin,SwitchRole"
alert = true
highlight = "accent"

[prod-buckets]
filter = "requestParameters.bucketName:prod-*"
alert = true
"""
SCENES = (
    Scene("events", "severity:>=medium", ("down",) * 4),
    Scene(
        "facets",
        "verb:write,destructive -service:logs",
        ("b", "b", *("down",) * 3, "space"),
        narrow=("b", *("down",) * 3, "space"),
    ),
    Scene("record", "caller:build-1187 verb:permission,destructive", ("enter",)),
    Scene("integrity", "", ("i", "n")),
    Scene("hour", "", ("i", "n", "enter")),
    Scene("coverage", "", ("c",)),
    Scene("sync", "", ("s",)),
    Scene("skipped", "", ("exclamation_mark",)),
    Scene("highlights", "severity:>=low", ("down",) * 6, filters=FILTERS),
    Scene("saved", "", ("at", "down"), filters=FILTERS),
    Scene("columns", "", ("o",)),
    Scene("themes", "", ("T",)),
    Scene("keys", "", ("question_mark",)),
    Scene("error", "caller:deploy errorr:any", ("slash", "enter")),
    Scene("nothing", "action:DeleteEverything"),
)


def alike(shown: str) -> str:
    """Return text or SVG without what differs: the demo makes its key at start.

    The ids within an SVG follow from all that it shows.
    """
    return _IDS.sub("terminal-0", _KEY.sub(r"\g<1>00000000", shown))


@contextmanager
def clock() -> Iterator[None]:
    """Let it be the instant of the scenes."""
    with time_machine.travel(NOW / 1000, tick=False):
        yield


def filled(folder: Path, events: int) -> Cache:
    """Return a cache with so many events of the demo's organization, verified."""
    cache = Cache(folder / "cache.db")
    source = SimulatedAccounts(7, NOW, events=events)
    with clock():
        ingest(cache, source)
        Audits(source)(cache, Wanted(Span(NOW - _WEEK, NOW), NOW), Quiet())
    return cache


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no worker is at work, nothing waits for a rest, and everything has been drawn."""
    await pilot.pause(TYPING + 0.05)
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@asynccontextmanager
async def staged(
    cache: Cache, scene: Scene, size: tuple[int, int], theme: str = "trailhound"
) -> AsyncIterator[TrailhoundApp]:
    """Show a scene in a terminal of this size."""
    saved = cache.path.parent / _SAVED
    saved.parent.mkdir(exist_ok=True)
    saved.write_text(scene.filters, encoding="utf-8")
    app = TrailhoundApp(cache, None, UTC, filters_file=saved)
    with clock():
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            app.theme = theme
            if scene.filter:
                app.screen.query_one(FilterInput).value = scene.filter
                await settled(pilot)
            app.screen.query_one(EventTable).focus()
            narrow = size[0] < WIDE and scene.narrow is not None
            for key in scene.narrow or () if narrow else scene.keys:
                await pilot.press(key)
                await settled(pilot)
            yield app
