from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.pilot import sample
from tests.pilot.gallery import Gallery, OneWidget
from tui.domain.answer import WINDOW, Row
from tui.domain.event import (
    FLAGGED,
    Actor,
    Call,
    Flag,
    Integrity,
    Outcome,
    Resource,
    Severity,
    Signal,
)
from tui.domain.integrity import Mark
from tui.domain.saved import Highlight
from tui.widgets.columns import Setting
from tui.widgets.event_table import WINDOWS, EventTable
from tui.widgets.glyphs import ASCII, UNICODE

MILLIONS = 12_000_000


def table_of(app: Gallery) -> EventTable:
    return app.query_one(EventTable)


def screen_lines(table: EventTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


async def test_only_what_is_in_view_is_asked_for() -> None:
    app = Gallery(MILLIONS)
    async with app.staged():
        wanted = app.heard(EventTable.WindowWanted)
        assert [(message.first, message.count) for message in wanted] == [(0, WINDOW)]
        assert table_of(app).current == sample.row(0)


async def test_the_end_of_millions_is_one_key_away() -> None:
    app = Gallery(MILLIONS)
    async with app.staged() as pilot:
        await pilot.press("G")
        await pilot.pause()
        table = table_of(app)
        assert table.cursor == MILLIONS - 1
        assert table.current == sample.row(MILLIONS - 1)
        last = app.heard(EventTable.WindowWanted)[-1]
        assert last.first + last.count == MILLIONS
        await pilot.press("g")
        assert table.cursor == 0


@pytest.mark.parametrize(
    ("keys", "position"),
    [
        (("down", "j", "j", "up", "k"), 1),
        (("end",), 999),
        (("end", "home"), 0),
        (("up",), 0),
        (("G", "down"), 999),
    ],
)
async def test_keys_move_the_cursor_and_tell_where_it_is(
    keys: Sequence[str], position: int
) -> None:
    app = Gallery(1_000)
    async with app.staged() as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert table_of(app).cursor == position
        told = app.heard(EventTable.Highlighted)[-1]
        assert (told.position, told.row) == (position, sample.row(position))


async def test_a_page_moves_cursor_and_view_alike() -> None:
    app = Gallery(1_000)
    async with app.staged() as pilot:
        table = table_of(app)
        await pilot.press("down", "down", "pagedown")
        assert table.cursor == 2 + table.body_height
        assert table.cursor - table.top == 2
        await pilot.press("pageup")
        assert (table.cursor, table.top) == (2, 0)


async def test_enter_and_a_second_click_open_an_event() -> None:
    app = Gallery(1_000)
    async with app.staged() as pilot:
        await pilot.press("down", "enter")
        await pilot.click(EventTable, offset=(20, 4))
        assert table_of(app).cursor == 3
        await pilot.double_click(EventTable, offset=(20, 5))
        await pilot.pause()
        opened = [message.position for message in app.heard(EventTable.Opened)]
        assert opened == [1, 4]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = Gallery(1_000)
    async with app.staged() as pilot:
        table = table_of(app)
        for _ in range(5):
            table.scroll_relative(y=2, animate=False)
        await pilot.pause()
        assert table.top == 10
        assert table.cursor == 0
        await pilot.press("down")
        assert table.top <= table.cursor < table.top + table.body_height


async def test_rows_on_their_way_are_dim_and_rows_of_another_answer_are_dropped() -> None:
    widget = EventTable()
    app = OneWidget(widget)
    async with app.staged():
        widget.reset(50, generation=7)
        assert widget.glyphs.waiting * 3 in screen_lines(widget)[1]
        widget.put_rows(6, 0, sample.rows(0, 50))
        assert widget.row_at(0) is None
        widget.put_rows(7, 0, sample.rows(0, 50))
        assert widget.row_at(0) == sample.row(0)
        assert "cloudtrail" in screen_lines(widget)[1]


async def test_the_same_event_stays_in_place_when_others_arrive_above_it() -> None:
    app = Gallery(1_000)
    async with app.staged() as pilot:
        table = table_of(app)
        await pilot.press("pagedown", "down", "down")
        height, before = table.cursor - table.top, table.cursor
        table.reset(1_040, 2, cursor=before + 40)
        await pilot.pause()
        assert table.cursor == before + 40
        assert table.cursor - table.top == height


async def test_rows_given_with_an_answer_need_no_asking() -> None:
    widget = EventTable()
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.reset(20, 1, rows=sample.rows(0, 20))
        await pilot.pause()
        assert app.heard(EventTable.WindowWanted) == []
        assert app.heard(EventTable.Highlighted)[-1].row == sample.row(0)


async def test_half_a_window_is_asked_for_again_and_never_taken_for_a_whole_one() -> None:
    widget = EventTable()
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.reset(1_000, 1, rows=sample.rows(0, 20))
        await pilot.pause()
        assert app.heard(EventTable.WindowWanted)[0].first == 0


async def test_memory_is_bounded_however_far_one_scrolls() -> None:
    app = Gallery(MILLIONS)
    async with app.staged() as pilot:
        table = table_of(app)
        for position in range(0, MILLIONS, MILLIONS // 60):
            table.go(position)
            await pilot.pause()
        held = sum(table.row_at(n * WINDOW) is not None for n in range(MILLIONS // WINDOW))
        assert 0 < held <= WINDOWS


async def test_an_empty_answer_says_a_sentence() -> None:
    app = Gallery(0)
    async with app.staged():
        table = table_of(app)
        assert any("No events match." in line for line in screen_lines(table))
        table.reset(0, 2, empty="Nothing is cached yet.")
        assert any("Nothing is cached yet." in line for line in screen_lines(table))
        table.action_open()
        assert app.heard(EventTable.Opened) == []


async def test_columns_can_be_chosen_and_ordered() -> None:
    app = Gallery(100)
    async with app.staged():
        table = table_of(app)
        table.show_columns(["result", "caller"])
        assert screen_lines(table)[0].split() == ["RESULT", "CALLER"]
        with pytest.raises(KeyError):
            table.show_columns(["colour"])
        table.show_columns(None)
        assert "ACTION" in screen_lines(table)[0]


async def test_at_eighty_columns_time_caller_action_and_result_are_there() -> None:
    app = Gallery(100)
    async with app.staged(80, 24):
        header = screen_lines(table_of(app))[0]
        assert header.split() == ["TIME", "UTC", "CALLER", "ACTION", "RESULT"]


HOSTILE = st.text(
    st.characters() | st.sampled_from("\x1b\n\u202e\u200d\u0301漢👩[]"), min_size=1, max_size=30
)


def hostile_row(text: str, severity: int = Severity.CRITICAL) -> Row:
    return sample.row(0)._replace(
        actor=Actor(text, role=text + "!"),
        call=Call(text, text),
        resources=(Resource(text), Resource(text)),
        outcome=Outcome(text, text, "failed"),
        signal=Signal(severity),
    )


async def test_no_text_breaks_a_line() -> None:
    widget = EventTable()
    app = OneWidget(widget)
    async with app.staged(120, 10):

        @settings(max_examples=150)
        @given(HOSTILE, st.integers(20, 220))
        def every_line_is_as_wide_as_asked(text: str, width: int) -> None:
            widget.reset(2, 1, rows=[hostile_row(text), sample.row(1)])
            for index in range(2):
                strip = widget.line(index, width, widget.ground(index))
                assert strip.cell_length == width
                assert cell_len(strip.text) == width
                assert "\x1b" not in strip.text
                assert "\n" not in strip.text

        every_line_is_as_wide_as_asked()


async def test_markup_in_an_event_is_shown_as_it_is() -> None:
    widget = EventTable()
    async with OneWidget(widget).staged():
        widget.reset(1, 1, rows=[hostile_row("[red]x[/]")])
        assert "[red]x[/]" in screen_lines(widget)[1]


async def test_severity_is_told_by_sign_also_in_ascii() -> None:
    widget = EventTable(setting=Setting(glyphs=ASCII))
    async with OneWidget(widget).staged():
        rows = [hostile_row("x", severity) for severity in Severity]
        widget.reset(len(rows), 1, rows=rows)
        lines = screen_lines(widget)[1:6]
        assert [line[:3].strip() for line in lines] == ["", "-", "!", "!!", "!!!"]
        assert "".join(lines).isascii()


async def test_how_far_an_event_is_vouched_for_is_told_by_sign_also_in_ascii() -> None:
    for glyphs, signs in ((ASCII, "+.-X"), (UNICODE, "✓·–✗")):
        widget = EventTable(setting=Setting(glyphs=glyphs))
        async with OneWidget(widget).staged():
            marks = (Mark.VERIFIED, Mark.NOT_YET, None, Mark.FAILED)
            rows = [hostile_row("x", 0)._replace(integrity=Integrity(mark)) for mark in marks]
            widget.reset(len(rows), 1, rows=rows)
            assert [line[5:7] for line in screen_lines(widget)[1:5]] == [f" {s}" for s in signs]


async def test_a_flag_stands_before_what_an_event_is_vouched_for() -> None:
    for glyphs, signs in ((ASCII, "*."), (UNICODE, "⚑·")):
        widget = EventTable(setting=Setting(glyphs=glyphs))
        async with OneWidget(widget).staged():
            rows = [hostile_row("x", 0)._replace(flag=Flag(said)) for said in (FLAGGED, "no")]
            widget.reset(len(rows), 1, rows=rows)
            assert [line[5:7] for line in screen_lines(widget)[1:3]] == [signs, f" {signs[1]}"]


async def test_a_resize_keeps_the_cursor_in_view() -> None:
    app = Gallery(1_000)
    async with app.staged(80, 40) as pilot:
        table = table_of(app)
        for _ in range(20):
            await pilot.press("down")
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        assert table.top <= table.cursor < table.top + table.body_height


async def test_signs_take_no_room_of_the_columns() -> None:
    widget = EventTable(setting=Setting(glyphs=UNICODE))
    rows = [sample.row(n) for n in range(3)]
    rows[1] = rows[1]._replace(highlights=(Highlight("mine", "low"),))
    plain = [row._replace(highlights=()) for row in rows]
    async with OneWidget(widget).staged() as pilot:
        for ids in (None, ("caller", "action"), ("caller",)):
            widget.show_columns(ids)
            widget.signs = {}
            widget.reset(3, 1, rows=plain)
            await pilot.pause()
            before = screen_lines(widget)
            widget.signs = {rows[1].number: UNICODE.late, rows[2].number: UNICODE.notable}
            widget.reset(3, 2, rows=rows)
            await pilot.pause()
            after = screen_lines(widget)
            assert [len(line) for line in after] == [len(line) for line in before]
            signs = [f"{UNICODE.late}{UNICODE.highlight}", f"{UNICODE.notable} "]
            for old, new, sign in zip(before[2:4], after[2:4], signs, strict=True):
                assert (sign in new) is (ids != ("caller",))
                assert new.replace(sign, "  ", 1) == old
