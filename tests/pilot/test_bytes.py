"""What a key costs on the wire, in bytes of a terminal with 16 million colours."""

from __future__ import annotations

import pytest

from tests.pilot.gallery import Gallery
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
