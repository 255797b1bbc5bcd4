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
        alternatives = (
            "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern.lower())
            for pattern in self.patterns
        )
        return re.compile(f"(?:{'|'.join(alternatives)})", re.DOTALL)

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
        try:
            number = float(value)
        except ValueError:
            return False
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
            return ip_address(value) in self.network
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

    Known values are those of every facet field. With `deep`, any key or value of the record.
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
