"""Reading the tables in `tui/data`, and the action patterns written in them.

Owns the files' location, the two small types their compiled forms share, and what an action
pattern means. What a table says is the business of the module that asks for it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tui.deriving.texts import text_of
from tui.deriving.walk import flat

_FOLDER = Path(__file__).parent.parent / "data"

_API_DATE = re.compile(r"(?<=\D)(?:\d{8}|\d{4}_\d\d_\d\d)(?:v\d+)?\Z", re.ASCII)

PARTS = ("requestParameters", "responseElements", "additionalEventData")
"""The bulky objects of a record that the tables look into."""


class Needs(NamedTuple):
    """Which bulky objects of a record have to be parsed to answer for a call."""

    request: bool
    response: bool
    additional: bool

    @classmethod
    def of(cls, roots: Iterable[str]) -> Needs:
        """Return the needs of paths that begin with these names."""
        known = set(roots)
        return cls(*(part in known for part in PARTS))


@cache
def table(name: str) -> Mapping[str, object]:
    """Return the table `tui/data/<name>.toml`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def rows(value: object) -> list[Mapping[str, object]]:
    """Return the tables of an array of tables."""
    return [row for row in flat(value) if isinstance(row, dict)]


def texts(value: object) -> tuple[str, ...]:
    """Return a text or a list of texts as a tuple."""
    found = (text_of(item) for item in flat(value))
    return tuple(text for text in found if text is not None)


@cache
def pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for all patterns; `*` and `?` are wildcards, case counts."""
    return re.compile("|".join(translate(each) for each in patterns) or r"(?!)")


def bare(action: str) -> str:
    """Return the action without the API date that Lambda and CloudFront append.

    `AddPermission20150331v2` is the API action AddPermission, `CreateDistribution2020_05_31` is
    CreateDistribution. Source: user guide, "CloudTrail record contents", eventName.
    """
    return _API_DATE.sub("", action)
