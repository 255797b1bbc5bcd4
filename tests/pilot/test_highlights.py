"""What a saved filter highlights stands out anywhere in the table, by a sign first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pilot.explored import NARROW, WIDE, Explored, Files, exploring, record
from tui.domain.answer import WINDOW
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache
from tui.widgets.glyphs import ASCII, UNICODE

FIVES = '[fives]\nfilter = "caller:user-*5"\nhighlight = "high"\n'
TENS = '[tens]\nfilter = "caller:user-1?"\nalert = true\nhighlight = "low"\n'
BROKEN = '[broken]\nfilter = "severity:>"\nhighlight = "low"\n[odd]\nfilter = 3\n'


def filled(folder: Path, events: int = 12) -> Path:
    path = folder / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(n) for n in range(events)]}).let_all())
    return path


def marked(explored: Explored, sign: str) -> list[str]:
    """Return the callers of the rows that a sign stands in."""
    table = explored.table
    lines = [table.render_line(y).text for y in range(1, table.size.height)]
    rows = [re.search(rf"{re.escape(sign)}.*?(user-\d+)", line) for line in lines]
    return [row[1] for row in rows if row]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_row_stands_out_by_a_sign_a_colour_and_in_words(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with exploring(filled(tmp_path, 20), size=size, filters=FIVES + TENS) as explored:
        expected = ["user-5", *(f"user-{n}" for n in range(10, 20))]
        shown = marked(explored, UNICODE.highlight)
        assert shown == expected[: len(shown)]
        assert len(shown) >= 3
        await explored.press(*["down"] * 15)
        await explored.until(lambda: "● @fives  ● @tens" in explored.text)
        high = explored.app.theme_variables["severity-high"]
        line = next(
            explored.table.render_line(y)
            for y in range(1, explored.table.size.height)
            if "user-15" in explored.table.render_line(y).text
        )
        colors = {s.text.strip(): s.style.color for s in line if s.style}
        found = next(color for text, color in colors.items() if "user-15" in text)
        assert found is not None
        assert found.name == high.lower()


async def test_a_row_stands_out_in_ascii_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    async with exploring(filled(tmp_path), size=NARROW, filters=FIVES) as explored:
        assert marked(explored, ASCII.highlight) == ["user-5"]


async def test_rows_that_come_into_view_later_stand_out_too(tmp_path: Path) -> None:
    path = filled(tmp_path, 6 * WINDOW + 6)
    async with exploring(path, size=NARROW, filters=FIVES) as explored:
        await explored.press("G")
        wanted = f"user-{6 * WINDOW + 5 - (6 * WINDOW) % 10}"
        await explored.until(lambda: wanted in marked(explored, UNICODE.highlight))


async def test_what_is_wrong_with_a_saved_filter_is_said_and_the_others_work(
    tmp_path: Path,
) -> None:
    async with exploring(filled(tmp_path), filters=BROKEN + FIVES) as explored:
        said = "".join(each.message for each in explored.app._notifications)
        assert "line 5: odd needs its filter" in said
        assert "And 1 more" in said
        assert marked(explored, UNICODE.highlight) == ["user-5"]


async def test_a_name_finds_what_its_text_finds(tmp_path: Path) -> None:
    async with exploring(filled(tmp_path), filters=FIVES + TENS) as explored:
        await explored.filter("@tens OR @fives")
        assert explored.total == 3
        await explored.press("u")
        await explored.filter("-@tens")
        assert explored.total == 10
        await explored.press("slash")
        await explored.type(" @fiv")
        await explored.until(lambda: "caller:user-*5" in explored.text)
        await explored.press("tab", "enter")
        await explored.until(lambda: explored.screen.question.text == "-@tens @fives")
        await explored.settled()
        assert explored.total == 1
