"""What a key costs on the wire, in bytes of a terminal with 16 million colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from tests.pilot.explored import Files, exploring, record
from tests.pilot.gallery import Gallery
from tests.pilot.live import Handed
from tui.app import TrailhoundApp
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache
from tui.widgets.summary import Summary


@pytest.mark.parametrize(
    ("size", "key", "most"),
    [
        ((80, 24), "down", 450),
        ((200, 50), "down", 600),
        ((80, 24), "pagedown", 5_000),
        ((200, 50), "pagedown", 16_000),
    ],
)
async def test_a_key_in_the_table_draws_little(size: tuple[int, int], key: str, most: int) -> None:
    app = Gallery()
    async with app.staged(*size) as pilot:
        app.query_one(Summary).display = False
        await pilot.press("down", "pagedown")
        await pilot.pause()
        app.written = 0
        await pilot.press(key)
        await pilot.pause()
        assert 0 < app.written <= most


async def test_the_words_about_an_event_cost_only_what_changes() -> None:
    app = Gallery()
    async with app.staged(200, 50) as pilot:
        await pilot.press("down", "down")
        await pilot.pause()
        app.written = 0
        await pilot.press("down")
        await pilot.pause()
        assert 0 < app.written <= 1_500


@pytest.mark.parametrize(("size", "most"), [((80, 24), 5_700), ((200, 50), 21_000)])
async def test_to_begin_and_to_end_following_draws_the_screen_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], most: int
) -> None:
    drawn: list[int] = []
    display = TrailhoundApp._display

    def count(
        app: TrailhoundApp, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        update: object = renderable
        if isinstance(update, CompositorUpdate):
            console = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)
            drawn.append(len(update.render_segments(console).encode()))
        display(app, screen, renderable)

    monkeypatch.setattr(TrailhoundApp, "_display", count)
    path = tmp_path / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(10 + n) for n in range(200)]}).let_all())
    async with exploring(path, size=size, follower=Handed().follow) as explored:
        for _ in ("begin", "end"):
            drawn.clear()
            await explored.press("f")
            await explored.until(lambda: bool(drawn))
            await explored.pilot.pause(0.2)
            large, *rest = sorted(drawn, reverse=True)
            assert large <= most
            assert sum(rest) <= most / 3, "a few lines, and nothing twice"
        assert not explored.screen.following
