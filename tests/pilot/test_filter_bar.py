from __future__ import annotations

from textual.widgets import OptionList, Static

from tests.pilot.gallery import OneWidget
from tui.widgets.filter_bar import Completion, FilterBar, FilterInput

OFFERS = [Completion("caller:", 0, "who"), Completion("category:", 0), Completion("code:", 0)]


def shown(bar: FilterBar, id: str) -> str:  # noqa: A002
    return str(bar.query_one(f"#{id}", Static).render())


async def test_typing_tells_the_text_and_asks_for_completions() -> None:
    bar = FilterBar()
    app = OneWidget(bar)
    async with app.staged() as pilot:
        await pilot.press("c", "a", "enter")
        await pilot.pause()
        assert [m.text for m in app.heard(FilterBar.Changed)] == ["c", "ca"]
        assert [(m.text, m.cursor) for m in app.heard(FilterBar.CompletionsWanted)] == [
            ("c", 1),
            ("ca", 2),
        ]
        assert [m.text for m in app.heard(FilterBar.Submitted)] == ["ca"]


async def test_tab_takes_the_first_completion_and_enter_the_chosen_one() -> None:
    bar = FilterBar()
    app = OneWidget(bar)
    async with app.staged() as pilot:
        await pilot.press("c")
        bar.set_completions(OFFERS)
        await pilot.press("tab")
        assert bar.text == "caller:"
        bar.set_text("x c")
        bar.set_completions([offer._replace(start=2) for offer in OFFERS])
        await pilot.press("down", "down", "enter")
        assert bar.text == "x category:"
        assert app.heard(FilterBar.Submitted) == []


async def test_escape_closes_the_list_first_and_leaves_then() -> None:
    bar = FilterBar()
    app = OneWidget(bar)
    async with app.staged() as pilot:
        await pilot.press("c")
        bar.set_completions(OFFERS)
        await pilot.press("escape")
        assert app.heard(FilterBar.Left) == []
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.heard(FilterBar.Left)) == 1


async def test_an_error_stands_under_its_column_until_the_text_changes() -> None:
    bar = FilterBar()
    async with OneWidget(bar).staged() as pilot:
        bar.set_text("a colour:red")
        bar.set_error("There is no field [b]colour[/b].", 2)
        caret, sentence = shown(bar, "error").split("\n")
        assert caret.index(bar.glyphs.caret) == 2
        assert sentence == "There is no field [b]colour[/b]."
        await pilot.press("x")
        await pilot.pause()
        assert not bar.query_one("#error").display


async def test_the_count_says_how_many_of_how_many() -> None:
    bar = FilterBar()
    async with OneWidget(bar).staged():
        for number, words in ((1_204, "1,204 of 812,443"), (812_443, "812,443")):
            bar.set_count(number, 812_443)
            assert shown(bar, "count") == words
        bar.set_count(None, 5)
        assert shown(bar, "count") == "··· of 5"


async def test_completions_that_differ_at_their_ends_are_told_apart() -> None:
    bar = FilterBar()
    async with OneWidget(bar).staged() as pilot:
        await pilot.press("c")
        arn = "arn:aws:kms:us-east-1:123837392027:key/550d796a-ed57-427d-9a5f-"
        bar.set_completions([Completion(f"{arn}{end}", 0) for end in ("aaaa", "bbbb")])
        options = bar.query_one("#completions", OptionList)
        assert str(options.get_option_at_index(0).prompt).endswith("-9a5f-aaaa")
        assert str(options.get_option_at_index(1).prompt).endswith("-9a5f-bbbb")


async def test_completions_are_shown_literally() -> None:
    bar = FilterBar()
    async with OneWidget(bar).staged() as pilot:
        await pilot.press("c")
        bar.set_completions([Completion("caller:[red]\x1b[2J", 0, "\u202e12")])
        option = bar.query_one("#completions", OptionList).get_option_at_index(0)
        assert str(option.prompt) == "caller:[red]␛[2J  <U+202E>12"


async def test_what_a_terminal_must_not_get_becomes_a_wildcard() -> None:
    bar = FilterBar()
    async with OneWidget(bar).staged():
        bar.set_text("caller:a\x1b[2Jb\u202e\nc漢é")
        assert bar.text == "caller:a?[2Jb??c漢é"
        assert bar.query_one(FilterInput).value == bar.text
