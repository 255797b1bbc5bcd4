"""Who is in the simulated organization: accounts, Regions, people, addresses and personas.

Read from the tables in `data`, which are checked against the types here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")

SLOTS_PER_HOUR = 12
SLOTS_PER_WEEK = 168 * SLOTS_PER_HOUR
HOME = "us-east-1"
"""Where global services record their events (CloudTrail user guide, global service events)."""


def read_table(name: str, shape: type[T]) -> T:
    """Return one of the data files in this shape."""
    text = files("tui.simulation").joinpath("data", name).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), shape)


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of caller: what it does is a menu, when it does it a rhythm. See personas.toml."""

    kind: str
    accounts: tuple[str, ...]
    regions: dict[str, float]
    share: float
    hours: str
    weekend: float
    life: int
    run: int
    faults: float
    menu: dict[str, float]
    agents: str
    addresses: str
    members: int
    name: str = ""
    role: str = ""
    via: str = ""
    minutes: str = "9" * SLOTS_PER_HOUR
    console: float = 0.0
    scaled: bool = False
    source_identity: bool = False

    def pulse(self) -> list[int]:
        """Return how busy it is in each five minutes of a week that begins Monday 00:00 UTC."""
        hours = [int(digit) for digit in self.hours] * 7
        minutes = [int(digit) for digit in self.minutes]
        days = [100] * 120 + [int(100 * self.weekend)] * 48
        return [h * m * d for h, d in zip(hours, days, strict=True) for m in minutes]


@dataclass(frozen=True, slots=True)
class Names:
    """A table with one list of names."""

    names: tuple[str, ...]
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """Names and numbers of the whole organization; `accounts` maps names to ids."""

    id: str
    bucket: str
    foreign_account: str
    accounts: dict[str, str]
    regions: Names
    people: Names
    addresses: dict[str, tuple[str, ...]]
    agents: dict[str, tuple[str, ...]]


@cache
def organization() -> Organization:
    """Return the organization."""
    return read_table("organization.toml", Organization)


@cache
def personas() -> dict[str, Persona]:
    """Return every persona by its name."""
    rows = read_table("personas.toml", dict[str, dict[str, object]])
    return {name: msgspec.convert({**row, "name": name}, Persona) for name, row in rows.items()}
