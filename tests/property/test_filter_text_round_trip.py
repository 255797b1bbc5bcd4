"""Writing a filter as text and reading it back gives the same filter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.property.strategies import NOW, events, filters
from tui.domain.event import Event
from tui.domain.fields import Field, Kind
from tui.domain.filter import And, Compare, Filter, Not, Or, Term, simplify
from tui.errors import FilterError
from tui.language.describe import describe, to_text
from tui.language.grammar import parse
from tui.language.match import matches


def _whole_ms(tree: Filter) -> Filter:
    """Return the tree with `<=` and `>` on times as the `<` and `>=` of the next millisecond."""
    match tree:
        case And(parts):
            return And(tuple(map(_whole_ms, parts)))
        case Or(parts):
            return Or(tuple(map(_whole_ms, parts)))
        case Not(part):
            return Not(_whole_ms(part))
        case Term(Field(kind=Kind.TIME) as time, Compare("<=" | ">" as operator, bound)):
            return Term(time, Compare({"<=": "<", ">": ">="}[operator], bound + 1))
        case _:
            return tree


@given(filters())
def test_text_of_a_filter_parses_to_the_same_filter(tree: Filter) -> None:
    assert parse(to_text(tree), NOW) == _whole_ms(simplify(tree))


@given(filters(), events())
def test_text_of_a_filter_passes_the_same_events(tree: Filter, event: Event) -> None:
    assert matches(parse(to_text(tree), NOW), event) == matches(tree, event)


@given(filters(), filters())
def test_a_name_reads_as_its_text_in_parentheses(tree: Filter, other: Filter) -> None:
    text, beside = (to_text(each) or "*" for each in (tree, other))
    saved = {"one": text, "two": f"{beside} -@one"}
    for named, written in (
        ("@one", text),
        (f"{beside} -@one", f"{beside} -({text})"),
        ("-@two OR @one", f"-({beside} -({text})) OR ({text})"),
    ):
        assert parse(named, NOW, saved=saved) == parse(written, NOW)


@given(filters())
def test_no_text_of_a_filter_acts_on_a_terminal(tree: Filter) -> None:
    assert to_text(tree).isprintable()
    assert describe(tree).isprintable()


@given(st.text('ab "\\:,()-*>=.\n', max_size=30) | st.text(max_size=30))
def test_any_text_is_a_filter_that_reads_back_or_an_error_inside_the_text(text: str) -> None:
    try:
        tree = parse(text, NOW)
    except FilterError as error:
        column = error.column
    else:
        assert parse(to_text(tree), NOW) == tree
        column = 0
    assert 0 <= column <= len(text)
