"""Saved filters as rules: which of them an event matches, and what is wrong with them.

Owns what can be said of an event without its record. Where saved filters are kept is
`settings.filters`; who is told of a match is the screen's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from tui.domain.answer import Row
from tui.domain.event import Event
from tui.domain.filter import And, Filter, Not, Or, Path, Term, Text
from tui.domain.saved import Saved, SavedFilter
from tui.errors import FilterError
from tui.language.grammar import parse
from tui.language.match import matches


class Rule(NamedTuple):
    """A saved filter that can be read, and what it means at some moment."""

    saved: SavedFilter
    filter: Filter


def alerts(saved: Saved, now: int, zone: tzinfo = UTC) -> list[Rule]:
    """Return what interrupts the user; `now` is in ms, and what times count from."""
    wanted = (each for each in saved.filters if each.alert)
    return list(_rules(saved, wanted, now, zone))


def highlights(saved: Saved, now: int, zone: tzinfo = UTC) -> list[Rule]:
    """Return what makes events stand out; `now` is in ms, and what times count from."""
    wanted = (each for each in saved.filters if each.highlight)
    return list(_rules(saved, wanted, now, zone))


def matched(rules: Sequence[Rule], row: Row) -> Iterator[SavedFilter]:
    """Yield the saved filters that an event matches, in their order."""
    event = Event(
        row.id,
        row.time,
        row.actor,
        row.call,
        row.resources,
        row.place,
        row.origin,
        row.outcome,
        row.signal,
        record={},
        integrity=row.integrity,
        file=row.file,
        flag=row.flag,
    )
    return (rule.saved for rule in rules if matches(rule.filter, event))


def problem(each: SavedFilter, saved: Saved, now: int, zone: tzinfo = UTC) -> str:
    """Return what is wrong with a saved filter as a sentence, or nothing."""
    where = f"line {each.line}: " if each.line else ""
    try:
        tree = parse(each.text, now, zone, saved.texts)
    except FilterError as error:
        return f"{where}the filter of {each.name} cannot be read: {error.sentence()}"
    if (each.alert or each.highlight) and needs_record(tree):
        return (
            f"{where}{each.name} asks for what only whole records hold, so it finds events but "
            "neither alerts nor highlights."
        )
    return ""


def problems(saved: Saved, now: int, zone: tzinfo = UTC) -> list[str]:
    """Return all that is wrong with the saved filters, what was left out of their file first."""
    found = (problem(each, saved, now, zone) for each in saved.filters)
    return [*saved.problems, *filter(None, found)]


def needs_record(tree: Filter) -> bool:
    """Return whether only an event's whole record can decide a filter."""
    match tree:
        case And(parts) | Or(parts):
            return any(map(needs_record, parts))
        case Not(part):
            return needs_record(part)
        case Term(Path()) | Text(deep=True):
            return True
    return False


def _rules(saved: Saved, wanted: Iterator[SavedFilter], now: int, zone: tzinfo) -> Iterator[Rule]:
    for each in wanted:
        try:
            tree = parse(each.text, now, zone, saved.texts)
        except FilterError:
            continue  # `problem` tells of it
        if not needs_record(tree):
            yield Rule(each, tree)
