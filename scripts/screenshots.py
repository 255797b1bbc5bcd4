"""Draws the pictures in `screenshots/` from the demo at a fixed instant, without a terminal.

The same code draws the same bytes, so `--check` can tell whether the pictures are up to date; it
exits with 1 and names those that are not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from textual.pilot import Pilot

from tui.app import TrailhoundApp
from tui.jobs.ingesting.ingest import ingest
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.filter_bar import FilterInput

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = 1_795_348_800_000
"""2026-11-22 12:00 UTC, in ms."""
WIDE, NARROW = (160, 45), (80, 24)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the filter that is asked for, and the keys pressed then."""

    name: str
    size: tuple[int, int] = WIDE
    filter: str = ""
    keys: tuple[str, ...] = ()
    theme: str = "trailhound"


PICTURES = (
    Picture("events", filter="severity:>=medium", keys=("down",) * 4),
    Picture("events-daylight", filter="severity:>=medium", keys=("down",) * 4, theme="daylight"),
    Picture("events-80x24", size=NARROW, filter="error:any", keys=("down",) * 3),
    Picture("record", filter="caller:build-1187 verb:permission,destructive", keys=("enter",)),
    Picture(
        "facets",
        filter="verb:write,destructive -service:logs",
        keys=("b", "b", *("down",) * 3, "space"),
    ),
    Picture("facets-80x24", size=NARROW, filter="-service:s3", keys=("b", "down", "down")),
)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no worker is at work and everything has been drawn."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def drawn(cache: Cache, picture: Picture) -> str:
    """Return a picture as SVG."""
    app = TrailhoundApp(cache, None, UTC)
    async with app.run_test(size=picture.size) as pilot:
        app.register_themes()
        app.theme = picture.theme
        await settled(pilot)
        app.screen.query_one(FilterInput).value = picture.filter
        await settled(pilot)
        app.screen.query_one(EventTable).focus()
        for key in picture.keys:
            await pilot.press(key)
            await settled(pilot)
        return app.export_screenshot(title="trailhound") + "\n"


async def all_drawn() -> dict[Path, str]:
    """Return every picture by the file it belongs in."""
    fixed = patch("tui.screens.background.time", lambda: NOW / 1000)  # decides what is too recent
    with TemporaryDirectory() as folder, fixed:
        cache = Cache(Path(folder) / "cache.db")
        ingest(cache, SimulatedAccounts(7, NOW, events=50_000))
        return {FOLDER / f"{picture.name}.svg": await drawn(cache, picture) for picture in PICTURES}


def main() -> int:
    """Write the pictures, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    os.environ.update(LANG="C.UTF-8", COLORTERM="truecolor")
    for name in ("LC_ALL", "LC_CTYPE", "NO_COLOR"):
        os.environ.pop(name, None)
    stale = 0
    for path, svg in asyncio.run(all_drawn()).items():
        same = path.exists() and path.read_text(encoding="utf-8") == svg
        stale += not same
        if not same and not check:
            path.write_text(svg, encoding="utf-8")
        print(f"{path.name}: {'unchanged' if same else 'not up to date' if check else 'drawn'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
