"""The laws that every engine has to keep, on the reference."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.property.strategies import WORDS, events, field_terms, filters, path_terms
from tui.domain.event import Event
from tui.domain.fields import FIELDS, Field
from tui.domain.filter import And, Exactly, Filter, Not, OneOf, Or, Present, Term, simplify
from tui.language.match import matches

_trees = filters()


@given(_trees, events())
def test_not_not_is_the_filter_itself(tree: Filter, event: Event) -> None:
    assert matches(Not(Not(tree)), event) == matches(tree, event)


@given(_trees, _trees, events())
def test_de_morgan(left: Filter, right: Filter, event: Event) -> None:
    neither = matches(Not(Or((left, right))), event)
    not_both = matches(Not(And((left, right))), event)
    assert neither == matches(And((Not(left), Not(right))), event)
    assert not_both == matches(Or((Not(left), Not(right))), event)


@given(_trees, events())
def test_a_filter_and_its_negation_split_the_events(tree: Filter, event: Event) -> None:
    assert matches(tree, event) != matches(Not(tree), event)


@given(field_terms() | path_terms(), events())
def test_not_keeps_events_whose_value_is_absent(term: Term, event: Event) -> None:
    absent = not matches(Term(term.subject, Present()), event)
    if absent:
        assert matches(Not(term), event)
        assert not matches(term, event)


@given(_trees, events())
def test_simplifying_changes_no_answer_and_settles(tree: Filter, event: Event) -> None:
    simple = simplify(tree)
    assert matches(simple, event) == matches(tree, event)
    assert simplify(simple) == simple


@given(st.sampled_from(FIELDS), st.lists(st.sampled_from(WORDS), max_size=3), events())
def test_exact_values_also_match_without_case(
    field: Field, values: list[str], event: Event
) -> None:
    if matches(Term(field, Exactly(tuple(values))), event):
        assert matches(Term(field, OneOf(tuple(values))), event)


@given(st.text("ab*?", max_size=8), st.text("abA", max_size=8))
def test_wildcards_agree_with_a_plain_definition(pattern: str, value: str) -> None:
    assert OneOf((pattern,)).holds(value) == _globs(pattern, value.lower())


def _globs(pattern: str, value: str) -> bool:
    if not pattern:
        return not value
    if pattern[0] == "*":
        return any(_globs(pattern[1:], value[at:]) for at in range(len(value) + 1))
    return bool(value) and pattern[0] in {"?", value[0]} and _globs(pattern[1:], value[1:])
