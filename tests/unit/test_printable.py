from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.printable import LONGEST, fit, safe

ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x1b\x7f\x9b\n\u202e\u200b\u200d\ufe0f\u0301\u0e31漢👩🇩🏽\ud800\u3164\u1160"
        ),
    ),
    max_size=60,
)


@given(ANY_TEXT)
def test_what_is_shown_holds_nothing_active_or_invisible(text: str) -> None:
    forbidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown = safe(text)
    assert not [char for char in shown if unicodedata.category(char) in forbidden]
    assert all(char == " " or not char.isspace() for char in shown)
    shown.encode("utf-8")


@given(ANY_TEXT, st.integers(0, 40), st.booleans(), st.booleans())
def test_a_fitted_text_is_exactly_as_wide_as_asked(
    text: str, width: int, right: bool, keep_end: bool
) -> None:
    assert cell_len(fit(safe(text), width, right=right, keep_end=keep_end)) == width


@given(ANY_TEXT, ANY_TEXT)
def test_neighbours_do_not_change_the_width_of_a_text(left: str, right: str) -> None:
    one, other = safe(left), safe(right)
    assert cell_len(one + other) == cell_len(one) + cell_len(other)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=50))
def test_plain_text_is_left_alone(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mroot\x07", "␛[31mroot␇"),
        ("a\nb\tc\x7f", "a␊b␉c␡"),
        ("\u202eevil", "<U+202E>evil"),
        ("ro\u200bot", "ro<U+200B>ot"),
        ("a\xa0b", "a<U+00A0>b"),
        ("\x9b31m", "<U+009B>31m"),
        ("\ud83d", "<U+D83D>"),
        ("👩\u200d💻", "👩<U+200D>💻"),
        ("\u0301x", "<U+0301>x"),
        ("e\u0301", "e\u0301"),
        ("[bold]漢字[/bold]", "[bold]漢字[/bold]"),
    ],
)
def test_hostile_text_is_shown_as_what_it_is(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_piles_of_marks_are_cut_to_what_stays_on_its_line() -> None:
    shown = safe("e" + "\u0301" * 50)
    assert shown.startswith("e\u0301\u0301<U+0301>")
    assert shown.count("\u0301") == 2


def test_a_long_text_is_capped_and_says_so() -> None:
    assert safe("x" * (LONGEST + 5)) == "x" * LONGEST + "…"
    assert safe("x" * LONGEST) == "x" * LONGEST


@pytest.mark.parametrize("longest", [0, -1, -20])
def test_where_there_is_no_room_nothing_but_the_cut_is_shown(longest: int) -> None:
    assert safe("us-east-1 gap", longest) == "…"
    assert not safe("", longest)


def test_half_a_wide_character_is_not_drawn() -> None:
    assert fit("漢字漢字", 4) == "漢 …"
    assert fit("漢字", 4) == "漢字"
    assert fit("12", 4, right=True) == "  12"


def test_names_that_differ_at_their_ends_stay_apart() -> None:
    assert fit("stratus-red-team-ec2-steal", 16, keep_end=True) == "stratus-re…steal"
    assert fit("short", 8, keep_end=True) == "short   "
