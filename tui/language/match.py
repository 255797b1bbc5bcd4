"""A filter on one event: what every other engine has to agree with.

Owns the reference meaning of the tree and of a CloudTrail path. Written to be read, not to be
fast, and it knows nothing of columns or of a database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tui.domain.event import Event
from tui.domain.fields import SEARCHED, Field
from tui.domain.filter import And, Everything, Filter, Not, Or, Path, Present, Term, Text


def matches(tree: Filter, event: Event) -> bool:
    """Return whether the event passes the filter."""
    match tree:
        case Everything():
            return True
        case Term():
            return term_holds(tree, event)
        case Text(text, deep):
            values = texts_of(event.record) if deep else known_values(event)
            wanted = text.lower()
            return any(wanted in value.lower() for value in values)
        case And(parts):
            return all(matches(part, event) for part in parts)
        case Or(parts):
            return any(matches(part, event) for part in parts)
        case Not(part):
            return not matches(part, event)


def term_holds(term: Term, event: Event) -> bool:
    """Return whether any value of the term's subject passes its test."""
    subject, test = term.subject, term.test
    if isinstance(subject, Field):
        return any(test.holds(value) for value in field_values(event, subject))
    if isinstance(test, Present):
        return is_present_at(event.record, subject)
    return any(test.holds(value) for value in values_at(event.record, subject))


def field_values(event: Event, field: Field) -> Iterator[str | int]:
    """Yield the field's values: several for resources, none where it is absent or empty."""
    holder: object = event if field.dimension == "event" else getattr(event, field.dimension)
    holders = event.resources if field.dimension == "resources" else (holder,)
    for each in holders:
        value = getattr(each, field.attribute)
        if value is not None and value != "":
            yield value


def known_values(event: Event) -> Iterator[str]:
    """Yield, as text, every value that bare words are looked for in."""
    for field in SEARCHED:
        yield from map(str, field_values(event, field))


def values_at(record: Mapping[str, object], path: Path) -> Iterator[str]:
    """Yield the scalars at the path as text: numbers and booleans as JSON writes them.

    Nothing for null, for an empty string, and for an object, which has no text of its own; whether
    something is there at all is `is_present_at`.
    """
    for node in _nodes_at(record, path):
        text = _scalar(node)
        if text:
            yield text


def shown_at(record: Mapping[str, object], path: Path) -> Iterator[str]:
    """Yield what there is at the path as text: the scalars of `values_at`, and objects as JSON."""
    for node in _nodes_at(record, path):
        text = _json(node) if node and isinstance(node, Mapping) else _scalar(node)
        if text:
            yield text


def is_present_at(record: Mapping[str, object], path: Path) -> bool:
    """Return whether the path leads to a scalar with a text or to an object that is not empty."""
    return any(
        node if isinstance(node, Mapping) else _scalar(node) for node in _nodes_at(record, path)
    )


def texts_of(record: Mapping[str, object]) -> Iterator[str]:
    """Yield every key and every scalar of the record as text, at any depth."""
    pending: list[object] = [record]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            yield from node
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
        elif text := _scalar(node):
            yield text


def _nodes_at(record: Mapping[str, object], path: Path) -> Iterator[object]:
    """Yield what the path leads to, in the record's order, lists replaced by their elements.

    A name on the path may itself contain dots, as tag keys do. Kept without recursion, because
    how deep a record nests is up to whoever sent the request.
    """
    pending: list[tuple[object, str | None]] = [(record, path.name.lower())]
    while pending:
        node, rest = pending.pop()
        if isinstance(node, list):
            pending.extend((element, rest) for element in reversed(node))
        elif rest is None:
            yield node
        elif isinstance(node, Mapping):
            pending.extend(reversed(list(_steps(node, rest))))


def _steps(node: Mapping[str, object], rest: str) -> Iterator[tuple[object, str | None]]:
    for key, child in node.items():
        name = key.lower()
        if name == rest:
            yield child, None
        elif rest.startswith(f"{name}."):
            yield child, rest[len(name) + 1 :]


def _scalar(node: object) -> str | None:
    if isinstance(node, str):
        return node
    return json.dumps(node) if isinstance(node, bool | int | float) else None


def _json(node: object) -> str:
    try:
        return json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:  # the record itself has it all
        return "{…}"
