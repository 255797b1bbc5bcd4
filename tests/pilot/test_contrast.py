"""What Textual draws for us can be read in every theme: notifications, palette, tooltips, inputs.

The colours are those of the cells that are drawn, whatever rule they come from.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest
from rich.style import Style
from textual.color import Color
from textual.command import CommandList, CommandPalette
from textual.notifications import SeverityLevel
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets._toast import Toast
from textual.widgets._tooltip import Tooltip

from tests.pilot.explored import Explored, Files, record
from tui.app import TrailhoundApp
from tui.jobs.ingesting.ingest import ingest
from tui.paths import theme_folders
from tui.storage.cache import Cache
from tui.theming import READABLE, Theme, contrast, load
from tui.widgets.key_line import KeyLine

THEMES = load(theme_folders()).found
GO_TOGETHER = {("color(15)", "color(4)"), ("color(0)", "color(7)")}
"""Of a terminal's sixteen colours: bright white on blue, and black on white."""
SEVERITIES: tuple[SeverityLevel, ...] = ("information", "warning", "error")


@asynccontextmanager
async def explored(folder: Path, *, tooltips: bool = False) -> AsyncIterator[Explored]:
    """Run the explorer of a few events, with notifications."""
    cache = Cache(folder / "cache.db")
    ingest(cache, Files({"a.json.gz": [record(number) for number in range(9)]}).let_all())
    app = TrailhoundApp(cache, None, UTC)
    async with app.run_test(size=(90, 30), notifications=True, tooltips=tooltips) as pilot:
        found = Explored(app, pilot)
        await found.until(lambda: found.total == 9)
        await found.settled()
        yield found


def drawn(widgets: Iterable[Widget]) -> Iterator[tuple[str, Style]]:
    """Yield the words on these widgets as they are drawn, with their styles."""
    for widget in widgets:
        region = widget.region
        lines = widget.screen._compositor.render_strips()[region.y : region.bottom]
        for segment in (each for line in lines for each in line.crop(region.x, region.right)):
            if segment.style and any(char.isalnum() for char in segment.text):
                yield segment.text, segment.style


def unreadable(theme: Theme, style: Style) -> str:
    """Return why text of a style cannot be read; nothing if it can.

    4.5:1 also for what WCAG 2.2 (1.4.3) lets be less: placeholders tell what to type.
    """
    assert style.color
    assert style.bgcolor
    if theme.terminal:
        pair = (style.color.name, style.bgcolor.name)
        return "" if pair[1] == "default" or pair in GO_TOGETHER else f"{pair[0]} on {pair[1]}"
    text, ground = (Color.from_rich_color(each).hex for each in (style.color, style.bgcolor))
    found = contrast(text, ground)
    return "" if found >= READABLE and not style.dim else f"{found:.2f}, {style}"


def check(theme: Theme, widgets: Iterable[Widget], *words: str) -> None:
    """Check that the words stand on the widgets, and that all there can be read."""
    found = [*drawn(widgets)]
    text = " ".join(each for each, _ in found)
    assert all(word in text for word in words), f"{theme.name}: {text}"
    bad = {each: why for each, style in found if (why := unreadable(theme, style))}
    assert not bad, theme.name


async def wear(found: Explored, theme: Theme) -> None:
    """Have the explorer drawn in a theme."""
    found.app.theme = theme.name
    await found.pilot.pause()
    await found.pilot.pause()


async def test_notifications_can_be_read(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        for severity in SEVERITIES:
            found.app.notify("what happened", title="title", severity=severity, timeout=600)
        await found.until(lambda: len(found.app.screen.query(Toast)) == len(SEVERITIES))
        for theme in THEMES.values():
            await wear(found, theme)
            check(theme, found.app.screen.query(Toast), "Error: title", "what happened")
            check(theme, found.app.screen.query(Input), "filter: caller")


@pytest.mark.parametrize("terminal", [False, True])
async def test_what_is_offered_while_typing_can_be_read(tmp_path: Path, *, terminal: bool) -> None:
    themes = [theme for theme in THEMES.values() if theme.terminal == terminal]
    async with explored(tmp_path) as found:
        await wear(found, themes[0])
        offered = await offering(found)
        for theme in themes:
            await wear(found, theme)
            check(theme, [offered, found.app.screen.query_one(Input)], "re", "recorded in")


async def offering(found: Explored) -> OptionList:
    """Type `re`, and choose the first of what is offered for it."""
    await found.type("/re")
    await found.until(lambda: "region:" in found.text and "role:" not in found.text)
    await found.press("down")
    offered = found.app.screen.query_one(OptionList)
    assert offered.highlighted == 0
    await found.pilot.pause()
    found.app.screen.query_one(Input).cursor_blink = False
    return offered


async def test_what_is_selected_can_be_read(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        await found.type("/region:")
        await found.settled()
        line = found.app.screen.query_one(Input)
        line.action_select_all()
        for theme in THEMES.values():
            await wear(found, theme)
            assert not line.selection.is_empty
            check(theme, [line], "region:")


async def test_what_an_input_suggests_and_asks_for_can_be_read(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        await found.press("m")
        line = found.app.screen.query_one(Input)
        line.suggester = SuggestFromList(["caller:somebody"])
        for theme in THEMES.values():
            line.value = ""
            await wear(found, theme)
            check(theme, [line], "filter")
            line.value = "caller"
            line.action_end()
            await found.until(lambda: "somebody" in "".join(text for text, _ in drawn([line])))
            check(theme, [line], "caller", "somebody")


@pytest.mark.slow  # it keeps the colours it was opened with, so it is opened for each theme
async def test_the_palette_can_be_read(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        for theme in THEMES.values():
            await wear(found, theme)
            palette = await opened(found)
            shown = [palette.query_one(Input), palette.query_one(CommandList)]
            check(theme, shown, "n action's name; Esc leaves", "Ask AWS", "ask AWS now")
            await found.press("escape")
            await found.pilot.pause()


async def opened(found: Explored) -> CommandPalette:
    """Open the palette and wait for what it offers."""
    await found.press("ctrl+p")
    palette = found.app.screen
    assert isinstance(palette, CommandPalette)
    await found.until(lambda: "Ask AWS" in found.text)
    palette.query_one(Input).cursor_blink = False
    return palette


async def test_a_tooltip_can_be_read(tmp_path: Path) -> None:
    async with explored(tmp_path, tooltips=True) as found:
        found.app.screen.query_one(KeyLine).tooltip = "what this is"
        await found.pilot.hover(KeyLine, offset=(3, 0))
        await found.until(lambda: "what this is" in found.text)
        for theme in THEMES.values():
            await wear(found, theme)
            check(theme, found.app.screen.query(Tooltip), "what this is")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a terminal without colour and without Unicode."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LANG", "C")
    for name in ("LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("plain")
async def test_without_colour_a_notification_says_how_grave_it_is(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        for severity in SEVERITIES:
            found.app.notify(f"said as {severity}", severity=severity, timeout=600)
        await found.until(lambda: "said as error" in found.text)
        lines = [line.split("|")[-1].strip() for line in found.text.splitlines()]
        assert lines[lines.index("said as warning") - 1] == "Warning"
        assert lines[lines.index("said as error") - 1] == "Error"
        assert lines[lines.index("said as information") - 1] == ""
        assert found.text.isascii()


@pytest.mark.usefixtures("plain")
async def test_without_colour_the_chosen_line_is_marked_by_more_than_a_grey(tmp_path: Path) -> None:
    async with explored(tmp_path) as found:
        rows = [(text, style.reverse) for text, style in drawn([found.table]) if "user-" in text]
        assert [bool(reverse) for _, reverse in rows] == [True, *[False] * (len(rows) - 1)]
        palette = await opened(found)
        assert found.text.isascii()
        marked = {text.strip(): style.underline for text, style in drawn([palette])}
        assert marked["Ask AWS"]
        assert not marked["Back"]
        await found.press("escape")
        await found.pilot.pause()
        offered = [
            (text.strip(), style.underline) for text, style in drawn([await offering(found)])
        ]
        assert dict(offered)["resource:"]
        assert not dict(offered)["region:"]
