"""The filter on columns: which events match, and which only their record can tell.

Every tree gives two masks by position: events it certainly holds for, and events it possibly holds
for. They differ only where a leaf needs the full record (a CloudTrail path, deep text). NOT swaps
them, so "unknown" stays unknown through any nesting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui.analysis.columns import CHUNK, Columns
from tui.analysis.values import Bools, Values
from tui.domain.fields import SEARCHED, Field
from tui.domain.filter import And, Compare, Everything, Filter, Not, Or, Path, Term, Test, Text

IdLookup: TypeAlias = Callable[[Term], Iterable[int]]
"""Gives the row numbers an `id:` term holds for: ids are not kept in memory."""


class Found(NamedTuple):
    """By position: `sure` events match; `maybe` includes those that may."""

    sure: Bools
    maybe: Bools


def select(tree: Filter, columns: Columns, id_lookup: IdLookup) -> Found:
    """Evaluate a filter on every event."""
    match tree:
        case Everything():
            return _both(np.ones(len(columns), bool))
        case And(parts):
            return _combined(np.logical_and, parts, columns, id_lookup, empty=True)
        case Or(parts):
            return _combined(np.logical_or, parts, columns, id_lookup, empty=False)
        case Not(part):
            inner = select(part, columns, id_lookup)
            return Found(~inner.maybe, ~inner.sure)
        case Term(Field() as subject, _):
            return _both(_term(tree, subject, columns, id_lookup))
        case Text(text, deep=False):
            return _both(_text(text, columns))
        case Text() | Term(Path(), _):
            return Found(np.zeros(len(columns), bool), np.ones(len(columns), bool))
    raise AssertionError(tree)


def _both(mask: Bools) -> Found:
    return Found(mask, mask)


def _combined(
    operator: np.ufunc,
    parts: tuple[Filter, ...],
    columns: Columns,
    id_lookup: IdLookup,
    *,
    empty: bool,
) -> Found:
    found = [select(part, columns, id_lookup) for part in parts]
    if not found:
        return _both(np.full(len(columns), empty))
    sure = operator.reduce([each.sure for each in found])
    if all(each.sure is each.maybe for each in found):
        return _both(sure)
    return Found(sure, operator.reduce([each.maybe for each in found]))


def _term(term: Term, subject: Field, columns: Columns, id_lookup: IdLookup) -> Bools:
    if subject.name == "id":
        return np.isin(columns.number, np.fromiter(id_lookup(term), np.int64))
    if subject.name == "time":
        return _on_time(term.test, columns)
    return _on_dimension(subject, columns, lambda values: values.passing(term.test))


def _on_time(test: Test, columns: Columns) -> Bools:
    if isinstance(test, Compare):
        compare = {
            ">=": np.greater_equal,
            "<=": np.less_equal,
            ">": np.greater,
            "<": np.less,
        }[test.operator]
        result: Bools = compare(columns.time, test.bound)
        return result
    distinct, inverse = np.unique(columns.time, return_inverse=True)
    return np.fromiter((test.holds(int(t)) for t in distinct), bool, len(distinct))[inverse]


def _text(text: str, columns: Columns) -> Bools:
    result = np.zeros(len(columns), bool)
    by_dimension: dict[str, list[Field]] = {}
    for subject in SEARCHED:
        by_dimension.setdefault(subject.dimension, []).append(subject)
    for dimension, subjects in by_dimension.items():
        lookups = [_lookup(s, columns, lambda values: values.containing(text)) for s in subjects]
        result |= taken(np.any(np.stack(lookups), axis=0), columns.ids(dimension))
    return result


def _on_dimension(subject: Field, columns: Columns, passing: Callable[[Values], Bools]) -> Bools:
    return taken(_lookup(subject, columns, passing), columns.ids(subject.dimension))


def _lookup(subject: Field, columns: Columns, passing: Callable[[Values], Bools]) -> Bools:
    """Return, by id of a dimension's row (or of a resource set), whether a value passes."""
    if subject.dimension != "resources":
        attribute = columns.dimensions[subject.dimension].attribute(subject.attribute)
        return passing(attribute.values)[attribute.codes]
    values, sets, codes = columns.resource_sets.values(subject.attribute)
    result = np.zeros(len(columns.resource_sets), bool)
    result[sets[passing(values)[codes]]] = True
    return result


def taken(lookup: Bools, ids: NDArray[np.int32]) -> Bools:
    """Return `lookup[ids]`, in chunks that stay in the processor's cache."""
    result = np.empty(len(ids), bool)
    for start in range(0, len(ids), CHUNK):
        np.take(lookup, ids[start : start + CHUNK], out=result[start : start + CHUNK], mode="clip")
    return result
