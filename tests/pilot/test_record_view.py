from __future__ import annotations

import json

import pytest
from textual.widgets import Static

from tests.pilot import sample
from tests.pilot.gallery import OneWidget
from tui.widgets.record_tree import RecordTree, RecordView


def lines(view: RecordView) -> list[str]:
    tree = view.tree_view
    return [tree.render_line(y).text for y in range(min(tree.count, tree.size.height))]


async def test_keys_stand_in_delivered_order_with_their_values() -> None:
    view = RecordView()
    async with OneWidget(view).staged(100, 40):
        view.show(sample.RECORD)
        shown = [line.strip() for line in lines(view)]
        assert shown[0].startswith('eventVersion: "1.11"')
        assert any(line.startswith("readOnly: false") for line in shown)
        assert any(line.startswith("responseElements: null") for line in shown)


async def test_folding_keeps_the_cursor_and_the_path_follows_it() -> None:
    view = RecordView()
    async with OneWidget(view).staged(100, 40) as pilot:
        view.show(sample.RECORD)
        view.tree_view.focus()
        count = view.tree_view.count
        await pilot.press("down", "left")
        folded = view.tree_view.count
        assert folded < count
        await pilot.press("right", "right", "down")
        await pilot.pause()
        assert view.tree_view.count > folded
        assert str(view.query_one("#path", Static).render()) == "userIdentity.arn"
        await pilot.press("left")
        assert view.tree_view.cursor == 1


async def test_a_search_finds_what_is_folded_and_n_goes_round() -> None:
    view = RecordView()
    app = OneWidget(view)
    async with app.staged(100, 40) as pilot:
        view.show(sample.RECORD)
        view.tree_view.focus()
        await pilot.press("down", "left", "slash", *"ARN:", "enter")
        await pilot.pause()
        assert view.tree_view.has_focus
        current = view.tree_view.current
        assert current is not None
        assert [key.name for key in current.path] == ["userIdentity", "arn"]
        total = app.heard(RecordTree.Found)[-1].total
        assert total == 2
        await pilot.press("n", "n")
        await pilot.pause()
        assert app.heard(RecordTree.Found)[-1].number == 1
        await pilot.press("N")
        await pilot.pause()
        assert app.heard(RecordTree.Found)[-1].number == 2


async def test_a_search_without_a_hit_says_so_and_moves_nothing() -> None:
    view = RecordView()
    async with OneWidget(view).staged() as pilot:
        view.show(sample.RECORD)
        view.tree_view.focus()
        await pilot.press("down", "slash", *"zzz", "enter")
        await pilot.pause()
        assert view.tree_view.cursor == 1
        assert "not found" in str(view.query_one("#path", Static).render())


async def test_value_and_path_can_be_copied() -> None:
    view = RecordView()
    app = OneWidget(view)
    async with app.staged() as pilot:
        view.show({"a": {"b": [1, "x\ny"]}})
        view.tree_view.focus()
        await pilot.press("c", "end", "c", "p")
        await pilot.pause()
        whole, value, path = (message.text for message in app.heard(RecordTree.CopyRequested))
        assert json.loads(whole) == {"b": [1, "x\ny"]}
        assert value == "x\ny"
        assert path == "a.b[1]"


async def test_a_hostile_record_is_shown_literally_and_every_line_fits() -> None:
    view = RecordView()
    async with OneWidget(view).staged(60, 20):
        view.show(
            {"\x1b[31m\u202ekey": "[red]漢字\x1b]0;x\x07" * 40, "deep": {"\n": {"\x9b": "\ud800"}}}
        )
        tree = view.tree_view
        for index in range(tree.count):
            strip = tree.line(index, 59, tree.ground(index))
            assert strip.cell_length == 59
            assert not set(strip.text) & set("\x1b\x07\x9b\n\u202e\ud800")
        assert "[red]漢字" in lines(view)[0]


async def test_no_record_is_a_sentence() -> None:
    view = RecordView()
    async with OneWidget(view).staged():
        tree = view.tree_view
        text = "".join(tree.render_line(y).text for y in range(tree.size.height))
        assert "No record to show." in text


@pytest.mark.parametrize("size", [(80, 24), (40, 30)])
async def test_a_text_that_does_not_fit_can_be_read_to_its_end(size: tuple[int, int]) -> None:
    agent = "aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 日本 os/linux#6.8 lang/python#3.11.8 END"
    view = RecordView()
    app = OneWidget(view)
    async with app.staged(*size) as pilot:
        view.show({"eventName": "GetObject", "userAgent": agent})
        view.tree_view.focus()
        assert "…" in lines(view)[1]
        await pilot.press("down", "right")
        await pilot.pause()
        pieces = [line.strip() for line in lines(view)[2:]]
        assert "".join(piece.removeprefix('"').removesuffix('"') for piece in pieces) == agent
        await pilot.press("down", "c")
        await pilot.pause()
        assert app.heard(RecordTree.CopyRequested)[-1].text == agent
        await pilot.resize_terminal(200, 24)
        assert agent in lines(view)[1]
