"""What the events screen asks: filter text, time range, and how many of what.

Owns reading the text and turning it into a query; it knows no widget and no cache.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from types import MappingProxyType

from tui.domain.answer import Query, Span
from tui.domain.fields import Field, shown
from tui.domain.filter import And, Everything, Exactly, Filter, Not, OneOf, Or, Present, Term, Text

ALWAYS_COUNTED = ("account", "region")
"""Facets the status line speaks of."""

NONE: Mapping[str, str] = MappingProxyType({})
"""No saved filters."""
TOP = 100
"""Values counted for each facet; the list shows fewer until it is asked for more."""


@dataclass(frozen=True, slots=True)
class Question:
    """The current question, as a value."""

    text: str = ""
    filter: Filter = field(default_factory=Everything)
    span: Span | None = None
    deep: bool = False

    def typed(self, text: str, zone: tzinfo = UTC, saved: Mapping[str, str] = NONE) -> Question:
        """Return the question with another filter text, which may name `saved` ones.

        Raises FilterError.
        """
        from tui.language.grammar import parse  # nothing is typed before the first paint

        tree = parse(text, int(time.time() * 1000), zone, saved)
        return replace(self, text=text, filter=tree, deep=False)

    def within(self, span: Span | None) -> Question:
        """Return the question about another time range; None is all of it."""
        return replace(self, span=span)

    def in_records(self) -> Question:
        """Return the question with its words looked for in whole records too."""
        return replace(self, deep=True)

    def query(self, facets: tuple[str, ...], bins: int, top: int = TOP) -> Query:
        """Return the query that answers it."""
        tree = deepened(self.filter) if self.deep else self.filter
        names = tuple(dict.fromkeys((*facets, *ALWAYS_COUNTED)))
        return Query(tree, self.span, names, top, bins)


def deepened(tree: Filter) -> Filter:
    """Return the filter with its words looked for in whole records as well."""
    match tree:
        case Text(text, deep=False):
            return Or((tree, Text(text, deep=True)))
        case And(parts):
            return And(tuple(deepened(part) for part in parts))
        case Or(parts):
            return Or(tuple(deepened(part) for part in parts))
        case Not(part):
            return Not(deepened(part))
    return tree


def half_typed(text: str) -> bool:
    """Return whether the text ends within a term: its value would match nothing yet."""
    from tui.language.tokens import Kind, scan

    tokens = scan(text)
    return bool(tokens) and tokens[-1].kind is Kind.TERM and tokens[-1].end == len(text)


def has_words(tree: Filter) -> bool:
    """Return whether the filter has words that are only looked for in known values."""
    return deepened(tree) != tree


def chosen(tree: Filter) -> tuple[set[tuple[str, str | None]], set[tuple[str, str | None]]]:
    """Return the (field, value) pairs that top-level terms include, and those they exclude."""
    included: set[tuple[str, str | None]] = set()
    excluded: set[tuple[str, str | None]] = set()
    for part in tree.parts if isinstance(tree, And) else (tree,):
        negated = isinstance(part, Not)
        target = excluded if negated else included
        inner = part.part if isinstance(part, Not) else part
        if isinstance(inner, Term) and isinstance(inner.subject, Field):
            if isinstance(inner.test, Present):
                (included if negated else excluded).add((inner.subject.name, None))
            else:
                field_values = (shown(inner.subject, value) for value in _values(inner))
                target.update((inner.subject.name, value) for value in field_values)
    return included, excluded


def _values(term: Term) -> Iterator[str]:
    if isinstance(term.test, Exactly):
        yield from term.test.values
    elif isinstance(term.test, OneOf):
        yield from term.test.patterns
