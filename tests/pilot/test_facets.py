from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pilot import sample
from tests.pilot.gallery import TITLES, OneWidget
from tui.domain.answer import Facet, FacetCount
from tui.widgets.facets import Chosen, Facets


def facets(*unfolded: str) -> Facets:
    return Facets(TITLES, unfolded=unfolded or ("caller", "error"))


def lines(widget: Facets) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.count)]


def lines_in_view(widget: Facets) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.body_height)]


async def test_counts_stand_at_the_right_and_the_rest_is_counted() -> None:
    widget = facets()
    async with OneWidget(widget).staged():
        widget.show(sample.facets())
        shown = lines(widget)
        assert shown[0].endswith("CALLER")
        assert shown[1].split() == ["deploy", "812"]
        assert shown[5].strip() == "+ 9 more"
        assert any(line.split() == ["(none)", "1,100"] for line in shown)


async def test_space_and_x_tell_value_and_field() -> None:
    widget = facets()
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.show(sample.facets())
        widget.focus()
        await pilot.press("down", "space", "down", "x", "enter")
        await pilot.pause()
        told = [(m.field, m.value, m.include) for m in app.heard(Facets.ValueToggled)]
        assert told == [
            ("caller", "deploy", True),
            ("caller", "maria.lopez", False),
            ("caller", "maria.lopez", True),
        ]


async def test_no_value_is_told_as_none() -> None:
    widget = facets("error")
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.show(sample.facets())
        widget.go(3)
        widget.focus()
        await pilot.press("x")
        await pilot.pause()
        told = app.heard(Facets.ValueToggled)[-1]
        assert (told.field, told.value, told.include) == ("error", None, False)


async def test_the_cursor_stays_on_its_value_while_counts_change() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged():
        widget.show([Facet("caller", (FacetCount("a", 3), FacetCount("b", 2)), 0)])
        widget.go(2)
        widget.show(
            [Facet("caller", (FacetCount("z", 9), FacetCount("b", 8), FacetCount("a", 1)), 0)]
        )
        assert widget.cursor == 2
        widget.show([Facet("caller", (FacetCount("b", 8), FacetCount("a", 1)), 0)])
        assert widget.cursor == 1
        widget.show([Facet("caller", (FacetCount("a", 1),), 0)])
        assert lines(widget)[widget.cursor].split() == ["a", "1"]


async def test_chosen_values_are_marked_and_stay_when_the_answer_has_none_of_them() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged():
        widget.show(
            [Facet("caller", (FacetCount("a", 1),), 0)],
            included=[Chosen("caller", "a")],
            excluded=[Chosen("caller", "gone"), Chosen("caller", None)],
        )
        shown = [line.split() for line in lines(widget)]
        assert [widget.glyphs.included, "a", "1"] in shown
        assert [widget.glyphs.excluded, "gone", "0"] in shown
        assert [widget.glyphs.excluded, "(none)", "0"] in shown
        assert shown[0][-1] == "3"


async def test_unfolding_asks_for_counts_that_are_not_here() -> None:
    widget = facets("caller")
    app = OneWidget(widget)
    async with app.staged() as pilot:
        widget.show(sample.facets()[:1])
        widget.focus()
        await pilot.press("end", "right")
        await pilot.pause()
        assert [message.field for message in app.heard(Facets.FacetWanted)] == ["ip"]
        assert list(widget.unfolded) == ["caller", "ip"]
        await pilot.press("down", "left")
        await pilot.pause()
        assert list(widget.unfolded) == ["caller"]
        assert [message.field for message in app.heard(Facets.FacetFolded)] == ["ip"]
        assert widget.cursor == widget.count - 1


async def test_what_is_unfolded_at_the_edge_comes_into_view_with_its_title() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged(height=7) as pilot:
        widget.show(sample.facets())
        widget.focus()
        widget.go(6)
        assert [line.split()[-1] for line in lines_in_view(widget)][-2:] == ["more", "ACTION"]
        await pilot.press("enter")
        seen = lines_in_view(widget)
        assert "ACTION" in seen[widget.cursor - widget.top]
        assert "+ 212 more" in seen[-1]


async def test_values_that_come_later_are_brought_into_view_as_well() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged(height=9) as pilot:
        widget.show(sample.facets()[:1])
        widget.focus()
        await pilot.press("end", "enter")
        several = Facet("ip", tuple(FacetCount(f"10.0.0.{n}", 9 - n) for n in range(9)), 0)
        widget.show([*sample.facets()[:1], several])
        assert "IP" in lines_in_view(widget)[0]
        assert "10.0.0.6" in lines_in_view(widget)[7]
        await pilot.press("home")
        widget.show([*sample.facets()[:1], several])
        assert "CALLER" in lines_in_view(widget)[0]


async def test_more_values_are_listed_where_the_cursor_stands() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged(height=15) as pilot:
        counts = tuple(FacetCount(f"user-{n:02}", 99 - n) for n in range(60))
        widget.show([Facet("caller", counts, 7)])
        widget.focus()
        widget.go(9)
        assert lines_in_view(widget)[9].strip() == "+ 59 more"
        await pilot.press("enter")
        assert (widget.top, widget.cursor) == (0, 9)
        assert lines_in_view(widget)[9].split()[0] == "user-08"
        assert lines_in_view(widget)[14].split()[0] == "user-13"


async def test_a_facet_without_values_says_so() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged():
        widget.show([Facet("caller", (), 0)])
        assert lines(widget)[1].strip() == "no values"


async def test_no_value_breaks_a_line() -> None:
    widget = facets("caller")
    async with OneWidget(widget).staged():

        @settings(max_examples=100)
        @given(st.text(max_size=40), st.integers(0, 10**9), st.integers(12, 60))
        def every_line_is_as_wide_as_asked(value: str, number: int, width: int) -> None:
            counts = (FacetCount(value, number), FacetCount("漢字", number // 3))
            widget.show([Facet("caller", counts, 4)], excluded=[Chosen("caller", "漢字")])
            for index in range(widget.count):
                assert widget.line(index, width, widget.ground(index)).cell_length == width

        every_line_is_as_wide_as_asked()
