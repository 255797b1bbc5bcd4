"""A filter: one immutable tree that every engine evaluates, and that describes itself.

This module owns the tree and its algebra. Reading it from text is `grammar`; evaluating it on one
event is `match`; on the cache `storage.select`; on columns `analysis.select`. All must agree on
three rules: a term holds when any value of its field passes its test; an absent value passes no
test; NOT keeps whatever the term does not hold for, so `-error:AccessDenied` keeps the successes.
`field:none` is the negation of `field:any`. An empty string counts as absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeAlias

from tui.domain.fields import Field

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
"""A number as JSON writes it, give or take a sign or leading zeros; not `nan`, not `1_000`."""


def _chunk(literal: str) -> str:
    return "".join("." if char == "?" else re.escape(char) for char in literal)


def _glob(pattern: str) -> str:
    """Return the pattern as a regular expression that stays quick on any value.

    Text between two stars is taken where it first occurs and never given back; that is enough to
    find a match where there is one, and `*a*a*a*b` cannot run away on a long hostile value.
    """
    first, *others = re.split(r"\*+", pattern)
    if not others:
        return _chunk(first)
    *middle, last = others
    return f"{_chunk(first)}{''.join(f'(?>.*?{_chunk(text)})' for text in middle)}.*{_chunk(last)}"


@dataclass(frozen=True, slots=True)
class Path:
    """A CloudTrail path that no field holds, such as `requestParameters.bucketName`.

    Names are compared without case; a list on the way means any of its elements.
    """

    name: str


Subject: TypeAlias = Field | Path


@dataclass(frozen=True)
class OneOf:
    """Any of these patterns: `*` and `?` are wildcards, case does not count."""

    patterns: tuple[str, ...]

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        alternatives = "|".join(_glob(pattern.lower()) for pattern in self.patterns)
        return re.compile(f"(?:{alternatives})", re.DOTALL)

    def holds(self, value: str | int) -> bool:
        """Return whether the whole value matches one of the patterns."""
        return self._regex.fullmatch(str(value).lower()) is not None


@dataclass(frozen=True, slots=True)
class Exactly:
    """Any of these values, letter for letter: `action:=DeleteBucket`."""

    values: tuple[str, ...]

    def holds(self, value: str | int) -> bool:
        """Return whether the value is one of ours."""
        return str(value) in self.values


@dataclass(frozen=True, slots=True)
class Compare:
    """A number (or a time in ms, or a severity) against a bound; other values do not pass."""

    operator: str
    """One of >=, <=, >, <."""
    bound: float

    def holds(self, value: str | int) -> bool:
        """Return whether the value is a number on the right side of the bound."""
        text = str(value)
        if _NUMBER.fullmatch(text) is None:
            return False
        number = float(text)
        return {
            ">=": number >= self.bound,
            "<=": number <= self.bound,
            ">": number > self.bound,
            "<": number < self.bound,
        }[self.operator]


@dataclass(frozen=True, slots=True)
class Within:
    """An address inside a network: `ip:10.0.0.0/8`; a service name is in none."""

    network: IPv4Network | IPv6Network

    def holds(self, value: str | int) -> bool:
        """Return whether the value is an address of the network."""
        try:
            return ip_address(str(value)) in self.network
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Present:
    """Any value at all: `error:any`."""

    def holds(self, value: str | int) -> bool:
        """Return whether there is a value."""
        return value != ""


Test: TypeAlias = OneOf | Exactly | Compare | Within | Present


@dataclass(frozen=True, slots=True)
class Everything:
    """No filter."""


@dataclass(frozen=True, slots=True)
class Term:
    """One field (or path) and the test its value has to pass."""

    subject: Subject
    test: Test


@dataclass(frozen=True, slots=True)
class Text:
    """Text to be found inside any known value, without case.

    Known values are those of `fields.SEARCHED`. With `deep`, any key or value of the record.
    """

    text: str
    deep: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """Every part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Filter


Filter: TypeAlias = Everything | Term | Text | And | Or | Not

NOTHING = Not(Everything())
"""The filter that no event passes."""


def simplify(tree: Filter) -> Filter:
    """Return the same filter without needless nesting: the form that parsing text gives."""
    match tree:
        case Not(part):
            inner = simplify(part)
            return inner.part if isinstance(inner, Not) else Not(inner)
        case And(parts):
            return _joined(And, parts, neutral=Everything(), decisive=NOTHING)
        case Or(parts):
            return _joined(Or, parts, neutral=NOTHING, decisive=Everything())
        case _:
            return tree


def _joined(
    kind: type[And | Or], parts: tuple[Filter, ...], neutral: Filter, decisive: Filter
) -> Filter:
    flat: list[Filter] = []
    for part in map(simplify, parts):
        if part == decisive:
            return decisive
        if part != neutral:
            flat.extend(part.parts if isinstance(part, kind) else (part,))
    if not flat:
        return neutral
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
