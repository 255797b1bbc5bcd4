"""Draws the pictures in `screenshots/`: each screen in two themes, and two on a small terminal.

The same code draws the same bytes, so `--check` can tell whether the pictures are up to date; it
exits with 1 and names those that are not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scripts.scenes import SCENES, Scene, alike, filled, staged
from tui.storage.cache import Cache

FOLDER = Path(__file__).parent.parent / "screenshots"
EVENTS = 50_000
WIDE, NARROW = (160, 45), (80, 24)
DARK, LIGHT = "trailhound", "daylight"
ON_A_SMALL_TERMINAL = ("events", "facets")
PARTS = 2
"""Drawn at once, each by a process."""


class Picture(NamedTuple):
    """One picture of a scene."""

    name: str
    scene: Scene
    size: tuple[int, int]
    theme: str


def pictures() -> Iterator[Picture]:
    """Yield what is drawn."""
    for scene in SCENES:
        yield Picture(scene.name, scene, WIDE, DARK)
        yield Picture(f"{scene.name}-{LIGHT}", scene, WIDE, LIGHT)
        if scene.name in ON_A_SMALL_TERMINAL:
            yield Picture(f"{scene.name}-80x24", scene, NARROW, DARK)


async def drawn(cache: Cache, picture: Picture) -> str:
    """Return a picture as SVG."""
    async with staged(cache, picture.scene, picture.size, picture.theme) as app:
        return alike(app.export_screenshot(title="trailhound")) + "\n"


async def some_drawn(part: int) -> dict[Path, str]:
    """Return one part of the pictures, by the file each belongs in."""
    some = islice(pictures(), part, None, PARTS)
    with TemporaryDirectory() as folder:
        cache = filled(Path(folder), EVENTS)
        return {FOLDER / f"{each.name}.svg": await drawn(cache, each) for each in some}


def draw(part: int) -> dict[Path, str]:
    """Do the same in a process of its own."""
    os.environ.update(LANG="C.UTF-8", COLORTERM="truecolor")
    for name in ("LC_ALL", "LC_CTYPE", "NO_COLOR"):
        os.environ.pop(name, None)
    return asyncio.run(some_drawn(part))


def all_drawn() -> dict[Path, str]:
    """Return every picture by the file it belongs in."""
    with ProcessPoolExecutor(PARTS) as pool:
        found = {path: svg for part in pool.map(draw, range(PARTS)) for path, svg in part.items()}
    return dict(sorted(found.items()))


def main() -> int:
    """Write the pictures, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    wanted = all_drawn()
    gone = sorted(set(FOLDER.glob("*.svg")) - wanted.keys())
    stale = len(gone)
    for path, svg in wanted.items():
        same = path.exists() and path.read_text(encoding="utf-8") == svg
        stale += not same
        if not same and not check:
            path.write_text(svg, encoding="utf-8")
        print(f"{path.name}: {'unchanged' if same else 'not up to date' if check else 'drawn'}")
    for path in gone:
        print(f"{path.name}: {'of no screen' if check else 'removed'}")
        if not check:
            path.unlink()
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
