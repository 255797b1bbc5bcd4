from __future__ import annotations

import pytest

from tests.pilot import sample
from tests.pilot.gallery import OneWidget
from tui.domain.answer import Histogram, Span
from tui.widgets.histogram import HistogramView, duration, levels, shares

SHOWN = Histogram(1_000_000, 1_000, (0, 4, 8, 1, 0), (0, 0, 8, 0, 0))


def test_a_single_event_is_never_nothing() -> None:
    assert levels((0, 1, 1_000_000), 1_000_000, 16) == [0, 1, 16]
    assert levels((0, 0), 0, 8) == [0, 0]


def test_the_troubled_part_of_a_bar_is_its_share() -> None:
    assert shares([8, 8, 1, 0], (10, 10, 20, 0), (10, 5, 1, 0)) == [8, 4, 0, 0]


@pytest.mark.parametrize(
    ("length", "words"),
    [(300_000, "5 min"), (5_400_000, "1.5 h"), (86_400_000, "1 d"), (1, "1 ms"), (0, "0 ms")],
)
def test_a_bin_is_told_in_the_unit_that_fits(length: int, words: str) -> None:
    assert duration(length) == words


async def test_it_tells_how_many_bins_there_is_room_for() -> None:
    widget = HistogramView()
    app = OneWidget(widget)
    async with app.staged(80, 24) as pilot:
        assert [message.bins for message in app.heard(HistogramView.BinsWanted)] == [78]
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        assert app.heard(HistogramView.BinsWanted)[-1].bins == 118


async def test_a_range_is_picked_by_keys() -> None:
    widget = HistogramView()
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.show(SHOWN)
        widget.focus()
        await pilot.press("right", "shift+right", "shift+right", "enter", "escape")
        await pilot.pause()
        assert [m.span for m in app.heard(HistogramView.SpanPicked)] == [Span(1_001_000, 1_004_000)]
        assert len(app.heard(HistogramView.SpanCleared)) == 1


async def test_the_cursor_stays_within_the_bins() -> None:
    widget = HistogramView()
    async with OneWidget(widget).staged() as pilot:
        widget.show(SHOWN)
        widget.focus()
        await pilot.press("left", "end", "right", "shift+right")
        assert widget.picked == Span(1_004_000, 1_005_000)
        widget.show(Histogram(0, 1, (1,), (0,)))
        assert widget.picked == Span(0, 1)


async def test_a_range_is_picked_by_dragging() -> None:
    widget = HistogramView()
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.show(SHOWN)
        await pilot.mouse_down(HistogramView, offset=(2, 0))
        await pilot.hover(HistogramView, offset=(4, 0))
        await pilot.mouse_up(HistogramView, offset=(4, 0))
        await pilot.pause()
        assert [m.span for m in app.heard(HistogramView.SpanPicked)] == [Span(1_001_000, 1_004_000)]


async def test_trouble_has_a_sign_and_the_words_say_how_much() -> None:
    widget = HistogramView()
    async with OneWidget(widget).staged():
        widget.show(Histogram(0, 1_000, (*(1,) * 30, 8, 1), (*(0,) * 30, 8, 0)))
        axis = widget.render_line(widget.size.height - 1).text
        assert axis.index(widget.glyphs.trouble) == 31
        widget.focus()
        widget.action_move(-100)
        widget.action_move(30)
        assert "8 events, 8 not ok" in widget.render_line(widget.size.height - 1).text


async def test_a_range_of_days_names_the_day_it_ends_on() -> None:
    widget = HistogramView()
    async with OneWidget(widget).staged(80, 5):
        widget.show(Histogram(0, 6 * 3_600_000, (1, 0, 1, 2, 4, 0, 0, 0, 8), (0,) * 9))
        widget.focus()
        widget.action_move(-100)
        axis = widget.size.height - 1
        assert "01-01 00:00:00 – 06:00:00  1 event, 0 not ok" in widget.render_line(axis).text
        widget.action_stretch(4)
        assert "01-01 00:00:00 – 01-02 06:00:00  8 events" in widget.render_line(axis).text


@pytest.mark.parametrize("width", [20, 80, 200])
@pytest.mark.parametrize("focused", [True, False])
async def test_every_line_is_as_wide_as_the_widget(width: int, focused: bool) -> None:
    widget = HistogramView()
    async with OneWidget(widget).staged(width, 10) as pilot:
        widget.can_focus = focused
        widget.focus()
        for bins in (1, width - 2, width + 50):
            widget.show(sample.histogram(bins))
            await pilot.pause()
            for y in range(widget.size.height):
                assert widget.render_line(y).cell_length == width


async def test_no_events_is_a_sentence() -> None:
    widget = HistogramView()
    async with OneWidget(widget).staged():
        for shown in (None, Histogram(0, 1, (), ()), Histogram(0, 1, (0, 0), (0, 0))):
            widget.show(shown)
            assert "No events in this time." in widget.render_line(0).text


@pytest.mark.parametrize(
    ("step", "labels"),
    [
        (10, "23:59:58"),  # twenty bars apart are of the same second
        (1_000, "23:59:58 00:00:18 00:00:38"),
        (30_000, "23:59 00:09 00:19"),
        (3_600_000, "01-01 23:59 01-02 19:59 01-03 15:59"),
        (86_400_000, "01-01 23:59 01-21 23:59 02-10 23:59"),
        (20 * 86_400_000, "1970-01-01 1971-02-05 1972-03-11"),
    ],
)
async def test_times_under_the_bars_tell_them_apart(step: int, labels: str) -> None:
    widget = HistogramView()
    app = OneWidget(widget)
    async with app.staged(110, 24) as pilot:
        app.set_focus(None)
        await pilot.pause()
        widget.show(Histogram(86_398_000, step, (1, *(0,) * 59), (0,) * 60))
        axis = widget.render_line(widget.size.height - 1).text
        assert axis.partition("  peak")[0].split() == labels.split()
