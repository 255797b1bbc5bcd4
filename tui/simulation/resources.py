"""What there is in one account and Region: the names requests are about.

Names are drawn with a power law close to Zipf's, so a few things are busy and most are quiet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from tui.simulation.organization import read_table
from tui.simulation.tokens import base32, seeded

_MARK = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Pool:
    """A name pattern and how many things are named so."""

    name: str
    size: int
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """The table of `data/resources.toml`."""

    words: tuple[str, ...]
    suffixes: tuple[str, ...]
    table_suffixes: tuple[str, ...]
    instance_types: tuple[str, ...]
    people: tuple[str, ...]
    pools: dict[str, Pool]


@cache
def stock() -> Stock:
    """Return the table of pools."""
    return read_table("resources.toml", Stock)


def skewed(rng: Random, size: int) -> int:
    """Return an index below `size`; small ones are far more frequent."""
    u = rng.random()
    return int(size * u * u * u)


def _name(pool: Pool, number: int, place: tuple[str, str], rng: Random) -> str:
    known = stock()
    turn, word = divmod(number, len(known.words))
    fixed = {
        "word": known.words[word],
        "suffix": known.suffixes[turn % len(known.suffixes)],
        "table": known.table_suffixes[turn % len(known.table_suffixes)],
        "person": known.people[number % len(known.people)],
        "type": known.instance_types[number % len(known.instance_types)],
        "account_name": place[0],
        "region": place[1],
        "n": str(number),
        "base9": base32(rng, 9),
    }

    def value(mark: re.Match[str]) -> str:
        label = mark[1]
        if label in fixed:
            return fixed[label]
        digits = int(label[3:])
        text = f"{rng.getrandbits(4 * digits):0{digits}x}"
        return text.upper() if label.startswith("HEX") else text

    return _MARK.sub(value, pool.name)


class Resources:
    """The names of one account and Region, made when first asked for."""

    def __init__(self, seed: int, account: str, region: str, scale: float) -> None:
        self._seed = seed
        self._place = (account, region)
        self._scale = scale
        self._pools: dict[str, tuple[str, ...]] = {}

    def names(self, kind: str) -> tuple[str, ...]:
        """Return every name of one pool."""
        found = self._pools.get(kind)
        if found is None:
            pool = stock().pools[kind]
            size = int(pool.size * self._scale) if pool.scaled else pool.size
            rng = seeded(self._seed, "resources", *self._place, kind)
            found = tuple(_name(pool, number, self._place, rng) for number in range(size))
            self._pools[kind] = found
        return found

    def pick(self, kind: str, rng: Random) -> str:
        """Return one name of the pool."""
        names = self.names(kind)
        return names[skewed(rng, len(names))]
