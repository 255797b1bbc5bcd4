"""The filter on the cache: a tree becomes one SQL condition over `fact`.

Terms are tested on the few distinct values of a dimension, never row by row. What only a full
record can tell (a CloudTrail path, deep text) cannot be decided here: `condition` then keeps every
fact that may match, and says so, for the caller to look into the records.

NULL never reaches a comparison of SQL: absent values pass no test, and NOT keeps them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.domain.event import FLAGGED, GROUP_OF, NOT_FLAGGED
from tui.domain.fields import SEARCHED, Field
from tui.domain.filter import (
    And,
    Compare,
    Everything,
    Exactly,
    Filter,
    Not,
    Or,
    Path,
    Term,
    Test,
    Text,
)
from tui.domain.guid import guid_bytes

Holds: TypeAlias = Callable[[str | int], bool]

ID_SQL = (
    "CASE typeof(fact.event_id) WHEN 'text' THEN fact.event_id ELSE "
    "lower(substr(hex(fact.event_id), 1, 8) || '-' || substr(hex(fact.event_id), 9, 4) || '-' "
    "|| substr(hex(fact.event_id), 13, 4) || '-' || substr(hex(fact.event_id), 17, 4) || '-' "
    "|| substr(hex(fact.event_id), 21)) END"
)
"""An event id as text, whichever way it is stored."""


@dataclass(slots=True)
class Condition:
    """A condition over `fact`, its parameters, and whether it says all the filter says."""

    sql: str = "1"
    parameters: list[object] = field(default_factory=list)
    decided: bool = True
    """False: the facts found may match, and only their records can tell."""
    tests: list[Holds] = field(default_factory=list)

    def register(self, connection: sqlite3.Connection) -> None:
        """Make the tests callable from this connection's SQL."""
        connection.create_function("holds", 2, self._holds, deterministic=True)

    def _holds(self, number: int, value: str | int | None) -> bool:
        return value is not None and value != "" and self.tests[number](value)


def condition(tree: Filter) -> Condition:
    """Compile a filter."""
    result = Condition()
    result.sql = _compile(tree, result, unknown=True)
    return result


def _compile(tree: Filter, out: Condition, *, unknown: bool) -> str:
    """Return SQL for a tree; `unknown` is what an undecidable leaf counts as at this place."""
    match tree:
        case Everything():
            return "1"
        case And(parts):
            return _joined(" AND ", parts, out, unknown=unknown) or "1"
        case Or(parts):
            return _joined(" OR ", parts, out, unknown=unknown) or "0"
        case Not(part):
            return f"NOT {_compile(part, out, unknown=not unknown)}"
        case Term(Field() as subject, test):
            return _term(subject, test, out)
        case Text(text, deep=False):
            return _text(text, out)
        case Text() | Term(Path(), _):
            out.decided = False
            return "1" if unknown else "0"
    raise AssertionError(tree)


def _joined(sign: str, parts: tuple[Filter, ...], out: Condition, *, unknown: bool) -> str:
    compiled = [_compile(part, out, unknown=unknown) for part in parts]
    return f"({sign.join(compiled)})" if compiled else ""


def _term(subject: Field, test: Test, out: Condition) -> str:
    if subject.name == "time" and isinstance(test, Compare):
        out.parameters.append(test.bound)
        return f"(fact.time {test.operator} ?)"
    if subject.name == "id" and isinstance(test, Exactly):
        out.parameters += [guid_bytes(value) or value for value in test.values]
        return f"(fact.event_id IN ({', '.join('?' * len(test.values))}))"
    return _tested(subject, _number(test.holds, out), out)


def _text(text: str, out: Condition) -> str:
    wanted = text.lower()
    number = _number(lambda value: wanted in str(value).lower(), out)
    return "(" + " OR ".join(_tested(each, number, out) for each in SEARCHED) + ")"


def _number(holds: Holds, out: Condition) -> int:
    out.tests.append(holds)
    return len(out.tests) - 1


def _tested(subject: Field, number: int, out: Condition) -> str:
    out.parameters.append(number)
    if subject.dimension == "event":
        return f"holds(?, {'fact.time' if subject.name == 'time' else ID_SQL})"
    if subject.dimension == "resources":
        return (
            "(fact.resources IN (SELECT resources.id FROM resources "
            "JOIN resource ON resource.id = resources.resource "
            f"WHERE holds(?, resource.{subject.attribute})))"
        )
    if subject.dimension == "integrity":
        out.parameters.append(number)
        return (
            "CASE WHEN fact.id IN (SELECT fact FROM confirmed) THEN holds(?, 'yes') ELSE "
            "fact.file IN (SELECT file FROM file_mark WHERE holds(?, mark)) END"
        )
    if subject.dimension == "flag":
        out.parameters.append(number)
        return (
            f"CASE WHEN fact.id IN (SELECT fact FROM flag) THEN holds(?, '{FLAGGED}') "
            f"ELSE holds(?, '{NOT_FLAGGED}') END"
        )
    if subject.dimension == "file":
        return f"(fact.file IN (SELECT id FROM file WHERE holds(?, {subject.attribute})))"
    group = GROUP_OF[subject.dimension]
    return (
        f"(fact.{group} IN (SELECT id FROM {group} WHERE {subject.dimension} IN "
        f"(SELECT id FROM {subject.dimension} WHERE holds(?, {subject.attribute}))))"
    )
