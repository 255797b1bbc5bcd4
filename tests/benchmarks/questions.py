"""What is asked of a full cache, once as our filter and once as SQL, and how an answer is written.

Both sides give `Answers`; the values in them must be equal, or one of them answered something else.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tests.benchmarks.measure import Timing
from tui.language.tokens import quote

FACETS = ("caller", "action", "service", "resource", "region", "account", "error", "ip")
TOP = 20
BINS = 150
PAGE = 50

Counts: TypeAlias = tuple[tuple[str | None, int], ...]


class Question(NamedTuple):
    """A filter in both languages; `values` are bound to the SQL."""

    name: str
    filter: str
    where: str
    values: tuple[str, ...] = ()


EVERYTHING = Question("unfiltered", "", "true")


class Found(NamedTuple):
    """One answer: all that the events screen shows at once."""

    total: int
    facets: tuple[tuple[str, Counts], ...]
    counts: tuple[int, ...]
    troubled: tuple[int, ...]
    page: tuple[int, ...]
    """Row numbers of the first page."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one side answered, how fast, and at what price."""

    imported: float
    """Seconds until its modules were there."""
    loaded: float
    """Seconds from there until it could be asked."""
    resident_loaded: int
    resident_asked: int
    """Bytes before and after all questions."""
    asked: dict[str, Timing[Found]]
    windows: dict[str, Timing[tuple[int, ...]]]
    """Row numbers of some rows at different depths."""


def questions(cache: Path) -> tuple[Question, ...]:
    """Return what is asked; the narrow one is about whoever fails most often."""
    connection = sqlite3.connect(cache)
    try:
        (caller,) = connection.execute(
            "SELECT caller FROM event WHERE error IS NOT NULL "
            "GROUP BY caller ORDER BY count(*) DESC, caller LIMIT 1"
        ).fetchone()
    finally:
        connection.close()
    return (
        EVERYTHING,
        Question("broad", "-service:kms", "service IS DISTINCT FROM 'kms'"),
        Question(
            "narrow",
            f"caller:={quote(caller)} error:any",
            "caller = ? AND error IS NOT NULL",
            (caller,),
        ),
    )


def depths(total: int) -> dict[str, int]:
    """Return from which row on windows are read."""
    return {"at the top": 0, "half way": total // 2, "at the end": max(0, total - PAGE)}
