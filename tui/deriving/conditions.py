"""Conditions on one event, as the tables write them: a path, an operator and its operand.

Owns the operators. Texts are compared without case. Which conditions matter, and why, is
`signals`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from tui.deriving.tables import PARTS, pattern, texts
from tui.deriving.texts import text_of
from tui.deriving.walk import EMPTY, values_at
from tui.domain.event import Actor, Call, Outcome

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)


class Facts(NamedTuple):
    """What is known of one event; the last three are parsed JSON of any type."""

    actor: Actor
    call: Call
    outcome: Outcome
    request: object = None
    response: object = None
    additional: object = None


_DERIVED = ("actor", "call", "outcome")
_ROOTS = (*_DERIVED, *PARTS)

Test: TypeAlias = Callable[[list[object], Facts], bool]


class Route(NamedTuple):
    """A compiled path; `root` is a place in `Facts`, None for a path inside an element."""

    root: int | None
    steps: tuple[str, ...]

    @classmethod
    def of(cls, path: str) -> Route:
        """Read a path; raises ValueError when it starts at nothing known."""
        first, *steps = path.split(".")
        return cls(_ROOTS.index(first) if first else None, tuple(steps))

    @property
    def part(self) -> str | None:
        """The bulky object of the record that the path leads into."""
        return None if self.root is None or self.root < len(_DERIVED) else _ROOTS[self.root]

    def values(self, facts: Facts, element: object = None) -> list[object]:
        """Return what the path leads to, nulls left out."""
        if self.root is None:
            return values_at(element, self.steps)
        if self.root < len(_DERIVED):
            value = getattr(facts[self.root], self.steps[0])
            return [] if value is None else [value]
        return values_at(facts[self.root], self.steps)


class Condition(NamedTuple):
    """One thing that has to hold."""

    routes: tuple[Route, ...]
    test: Test

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Condition:
        """Read a row of a table; raises ValueError or KeyError when it makes no sense."""
        (operator,) = set(row) - {"path"}
        routes = tuple(Route.of(path) for path in texts(row["path"]))
        return cls(routes, _OPERATORS[operator](row[operator]))

    def holds(self, facts: Facts, element: object = None) -> bool:
        """Return whether it does."""
        found = [value for route in self.routes for value in route.values(facts, element)]
        return self.test(found, facts)

    @property
    def relative(self) -> bool:
        """Whether it is about one element of a list rather than the event."""
        return self.routes[0].root is None


def _lowered(values: Iterable[object]) -> list[str]:
    found = (text_of(value) for value in values)
    return [text.lower() for text in found if text is not None]


def _numbers(values: Iterable[object]) -> list[float]:
    numbers = []
    for text in _lowered(values):
        try:
            numbers.append(float(text))
        except ValueError:
            continue
    return numbers


def _any_of(operand: object) -> Test:
    wanted = frozenset(_lowered(texts(operand)))
    return lambda values, _: not wanted.isdisjoint(_lowered(values))


def _none_of(operand: object) -> Test:
    unwanted = frozenset(_lowered(texts(operand)))
    return lambda values, _: unwanted.isdisjoint(_lowered(values))


def _contains(operand: object) -> Test:
    (part,) = _lowered([operand])
    return lambda values, _: any(part in text for text in _lowered(values))


def _matches(operand: object) -> Test:
    regex = pattern(tuple(_lowered(texts(operand))))
    return lambda values, _: any(regex.match(text) for text in _lowered(values))


def _absent(operand: object) -> Test:
    return lambda values, _: all(value in EMPTY for value in values) is operand


def _present(operand: object) -> Test:
    return lambda values, _: any(value not in EMPTY for value in values) is operand


def _at_most(operand: object) -> Test:
    (bound,) = _numbers([operand])
    return lambda values, _: any(number <= bound for number in _numbers(values))


def _at_least(operand: object) -> Test:
    (bound,) = _numbers([operand])
    return lambda values, _: any(number >= bound for number in _numbers(values))


def _foreign(operand: object) -> Test:
    def names_another(values: list[object], facts: Facts) -> bool:
        own = facts.actor.account
        named = {account for text in _lowered(values) for account in _ACCOUNT.findall(text)}
        return bool(own and named - {own}) is operand

    return names_another


def _differs_from(operand: object) -> Test:
    (other,) = (Route.of(path) for path in texts(operand))

    def differs(values: list[object], facts: Facts) -> bool:
        return not set(_lowered(values)) <= set(_lowered(other.values(facts)))

    return differs


_OPERATORS: Mapping[str, Callable[[object], Test]] = {
    "any_of": _any_of,
    "none_of": _none_of,
    "contains": _contains,
    "matches": _matches,
    "absent": _absent,
    "present": _present,
    "at_most": _at_most,
    "at_least": _at_least,
    "foreign": _foreign,
    "differs_from": _differs_from,
}
