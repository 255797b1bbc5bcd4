from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pilot import sample
from tests.pilot.gallery import Gallery, OneWidget
from tui.domain.answer import Sighting
from tui.domain.event import Actor
from tui.domain.progress import Step
from tui.theming import Theme
from tui.widgets import palette
from tui.widgets.loading import Loading
from tui.widgets.status_line import Status, StatusLine
from tui.widgets.summary import Summary


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_progress_is_shown_with_rate_and_time_left_and_goes_when_done() -> None:
    clock = Clock()
    widget = Loading(clock=clock)
    async with OneWidget(widget).staged(120, 5) as pilot:
        assert not widget.display
        for second in range(5):
            clock.now = float(second)
            widget.show(Step("Reading", second * 100, 1_000, "files", "a\x1b.gz"))
        await pilot.pause()
        line = widget.render_line(0).text
        assert "400 of 1,000 files · 100 files/s · about 6 s left · a␛.gz" in line
        assert line.count(widget.glyphs.full) == 8
        widget.show(None)
        assert not widget.display


async def test_progress_without_a_total_has_no_bar() -> None:
    widget = Loading()
    async with OneWidget(widget).staged(80, 5) as pilot:
        widget.show(Step("Counting", 1_234, None, "events"))
        await pilot.pause()
        line = widget.render_line(0).text
        assert "1,234 events" in line
        assert widget.glyphs.empty not in line


async def test_a_status_line_keeps_its_right_end_when_there_is_no_room() -> None:
    widget = StatusLine(Status("many accounts " * 20, "following", name="trailhound"))
    async with OneWidget(widget).staged(40, 3):
        line = widget.render_line(0).text
        assert line.startswith(" trailhound")
        assert line.endswith("… following ")
        assert "…" in line


@pytest.mark.parametrize(
    ("width", "left"),
    [
        (44, "119/min · 3 errors · new: 2 actions"),
        (43, "119/min · 3 errors …"),
        (29, "119/min · 3 errors …"),
        (28, "119/min …"),
        (16, "119/mi…"),
    ],
)
async def test_a_status_line_leaves_out_whole_figures(width: int, left: str) -> None:
    widget = StatusLine(Status("119/min · 3 errors · new: 2 actions", "44 new"))
    async with OneWidget(widget).staged(width, 3):
        line = widget.render_line(0).text
        assert line == f" {left}".ljust(width - len(" 44 new ")) + " 44 new "


async def test_no_text_breaks_a_status_line() -> None:
    widget = StatusLine()
    async with OneWidget(widget).staged(50, 3):

        @settings(max_examples=100)
        @given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=12))
        def it_is_as_wide_as_the_widget(left: str, right: str, name: str) -> None:
            widget.show(Status(left, right, name=name))
            assert widget.render_line(0).cell_length == 50

        it_is_as_wide_as_the_widget()


async def test_the_summary_says_event_severity_time_and_file() -> None:
    widget = Summary()
    async with OneWidget(widget).staged(100, 10):
        assert "No event chosen." in widget.render_line(0).text
        widget.show(sample.row(0), [Sighting("s3://b/k.gz", 3, "s3", "00")])
        text = "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))
        assert "ops-oncall called cloudtrail DeleteTrail" in text
        assert "medium: first time for this caller" in text
        assert "2026-11-22 12:00:00 UTC" in text
        assert "record 3 of s3://b/k.gz" in text


async def test_a_hostile_summary_stays_within_its_lines() -> None:
    widget = Summary()
    async with OneWidget(widget).staged(40, 10):
        widget.show(sample.row(0)._replace(actor=Actor("[b]\x1b[2J漢字\u202e" * 30)))
        for y in range(widget.size.height):
            strip = widget.render_line(y)
            assert strip.cell_length == widget.size.width
            assert not set(strip.text) & set("\x1b\u202e\n")
        assert "[b]␛[2J漢字<U+202E>" in widget.render_line(0).text


@pytest.mark.parametrize("theme", ["trailhound", "daylight", "monochrome", "textual-dark"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
async def test_the_gallery_draws_in_every_theme_and_size(theme: str, size: tuple[int, int]) -> None:
    app = Gallery(theme_name=theme)
    async with app.staged(*size):
        assert app.theme == theme
        assert "TIME" in app.export_screenshot() or size == (40, 10)


async def test_without_colour_the_signs_still_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Gallery()
    async with app.staged(200, 50):
        assert app.no_color
        shown = app.export_screenshot()
        for words in ("▲▲▲", "denied", "NoSuchBucket", "✓", "✗"):
            assert words in shown


async def test_a_theme_that_changes_one_role_only_redraws_what_is_said_in_it() -> None:
    widget = StatusLine(Status("left", "late", right_tone="denied"))
    app = OneWidget(widget)
    async with app.staged(40, 3) as pilot:
        redder = Theme("redder", colors=Theme().colors._replace(denied="#ff0000"))
        app.register_theme(palette.textual_theme(redder))
        app.theme = "redder"
        await pilot.pause()
        await pilot.pause()
        drawn = app.screen._compositor.render_strips()[0]
        colors = [segment.style.color for segment in drawn if segment.style]
        assert "#ff0000" in {color.name for color in colors if color}
