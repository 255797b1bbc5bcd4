"""`@name` stands for a saved filter, and nobody waits for one that contains itself."""

from __future__ import annotations

import pytest

from tui.domain.fields import BY_NAME
from tui.domain.filter import Filter, Text
from tui.errors import FilterError
from tui.language.complete import complete
from tui.language.describe import to_text
from tui.language.grammar import parse
from tui.language.narrow import exclude, include
from tui.language.references import expanded

SAVED = {
    "denied": "error:AccessDenied OR result:denied",
    "mine": "-@denied caller:alice",
    "bad": "severity:>",
    "worse": "x @bad",
    "lost": "@nowhere",
    "a": "@b x",
    "b": "NOT @c",
    "c": "@a",
    "recent": "time:>=-1h",
    **{f"twice-{n}": f"@twice-{n + 1} @twice-{n + 1}" for n in range(30)},
    "twice-30": "x",
    **{f"next-{n}": f"@next-{n + 1}" for n in range(2_000)},
    "next-2000": "x",
}


def read(text: str) -> Filter:
    return parse(text, 7_200_000, saved=SAVED)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("@denied", "error:AccessDenied OR result:denied"),
        ("-@denied", "-(error:AccessDenied OR result:denied)"),
        ("NOT NOT @denied x", "(error:AccessDenied OR result:denied) x"),
        ("@denied service:s3", "(error:AccessDenied OR result:denied) service:s3"),
        ("service:s3 @denied", "service:s3 (error:AccessDenied OR result:denied)"),
        ("(@denied)@mine", f"({SAVED['denied']}) (-({SAVED['denied']}) caller:alice)"),
        ("@mine OR @denied", f"(-({SAVED['denied']}) caller:alice) OR ({SAVED['denied']})"),
        ("@recent", "time:>=1970-01-01T01:00:00Z"),
    ],
)
def test_a_name_stands_for_its_text_in_parentheses(text: str, same: str) -> None:
    assert read(text) == read(same)
    assert read(expanded(text, SAVED)) == read(text)


@pytest.mark.parametrize("text", ["a@denied", '"@denied"', "*@denied*", "a@b.example"])
def test_a_sign_that_begins_no_word_is_text(text: str) -> None:
    assert read(text) == Text(text.strip('"*'))


def test_a_text_that_begins_with_the_sign_is_written_in_quotes() -> None:
    assert to_text(Text("@denied")) == '"@denied"'
    assert to_text(Text("@denied", deep=True)) == "record:@denied"


@pytest.mark.parametrize(
    ("text", "column", "said", "suggestion"),
    [
        ("x @denid", 2, 'There is no saved filter "denid"', "@denied"),
        ("@example.com", 0, "Put it in quotes if you mean the text", None),
        ("-@", 1, "A name is missing", None),
        ("x -@bad", 3, "The saved filter @bad cannot be read: A value is missing", None),
        ("@worse", 0, "@worse cannot be read: The saved filter @bad cannot be read", None),
        ("@lost", 0, '@lost cannot be read: There is no saved filter "nowhere"', None),
        ("x @b", 2, "A filter cannot contain itself: @b names @c names @a names @b.", None),
        ("x @twice-0", 2, "more than 10,000 characters", None),
        ("@denied @twice-22 @twice-22", 18, "more than 10,000 characters", None),
        ("@next-0", 0, "at most 50 times in a row", None),
        ('"a"@denied', 3, "A space is missing", None),
    ],
)
def test_what_cannot_stand_for_anything_is_an_error_at_its_column(
    text: str, column: int, said: str, suggestion: str | None
) -> None:
    with pytest.raises(FilterError) as caught:
        read(text)
    assert said in caught.value.sentence()
    assert (caught.value.column, caught.value.suggestion) == (column, suggestion)


def test_parentheses_count_through_names() -> None:
    saved = {"deep": "(" * 30 + "x" + ")" * 30}
    assert parse("@deep", 0, saved=saved) == Text("x")
    with pytest.raises(FilterError, match="at most 50 deep"):
        parse("(" * 20 + "@deep" + ")" * 20, 0, saved=saved)


def test_values_are_added_beside_a_name_and_leave_it_as_it_is() -> None:
    caller = BY_NAME["caller"]
    assert include("@denied", caller, "bob", SAVED) == "@denied caller:=bob"
    assert exclude("@denied OR x", caller, "bob", SAVED) == "(@denied OR x) -caller:=bob"
    with pytest.raises(FilterError, match="no saved filter"):
        include("@denied", caller, "bob")


def offered(text: str) -> list[str]:
    saved = {"denied": "error:any", "mine": "caller:me"}
    found = complete(text, len(text), lambda _field, _text: (), saved)
    return [text[: each.start] + each.insert + text[each.end :] for each in found]


def test_names_are_offered_where_a_term_may_begin() -> None:
    assert offered("@") == ["@denied", "@mine"]
    assert offered("x -@mi") == ["x -@mine"]
    assert offered("(denie") == ["(@denied"]
    assert "@denied" in offered("")
    assert offered("caller:@") == []
    assert offered("@mine O") == [f"@mine {each}" for each in offered("O")] + ["@mine OR "]
