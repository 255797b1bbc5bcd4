"""How far cached files and events are vouched for, as follows from the verdicts that stand.

Owns reading the views `file_mark`, `event_mark` and `confirmed`, and what they follow from. A mark
is a value of `domain.integrity.Mark`, or None where no digest vouches for the hour. Verdicts change
without the events changing: `standing` tells when they did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from tui.domain.digests import VALID
from tui.domain.event import File, Flag, Integrity
from tui.domain.integrity import LOG_KINDS, Kind, Voucher
from tui.storage import flags

_AT_ONCE = 500
_PROVEN = (VALID, Kind.DIGEST_MOVED)
"""Verdicts of digests that are signed themselves."""


class Standing(NamedTuple):
    """What marks depend on: while it is the same, so are they."""

    revision: int = -1
    """Grows with each change of a verdict."""
    last: int = -1
    """The highest number of a file."""


def standing(connection: sqlite3.Connection) -> Standing:
    """Return what marks depend on now."""
    query = "SELECT revision, (SELECT coalesce(max(id), 0) FROM file) FROM judged"
    return Standing(*connection.execute(query).fetchone())


def of_files(connection: sqlite3.Connection, after: int = 0) -> list[tuple[int, str | None]]:
    """Return each file above a number with its mark."""
    query = "SELECT file, mark FROM file_mark WHERE file > ?"
    return connection.execute(query, (after,)).fetchall()


def confirmed(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return (event, file) of events that only a further delivery, in a verified file, confirms."""
    query = (
        "SELECT confirmed.fact, min(sighting.file) FROM confirmed "
        "JOIN sighting ON sighting.fact = confirmed.fact "
        "JOIN file_mark ON file_mark.file = sighting.file AND mark = 'yes' "
        "GROUP BY confirmed.fact ORDER BY confirmed.fact"
    )
    return connection.execute(query).fetchall()


class Beside(NamedTuple):
    """What is known of an event that its record does not say."""

    integrity: Integrity = Integrity()
    file: File = File()
    flag: Flag = Flag()


def of_events(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Beside]:
    """Return what is known of some events besides their records."""
    found: dict[int, Beside] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        query = (
            f"SELECT fact.id, event_mark.mark, file.uri, {flags.VALUE} FROM fact "
            "JOIN file ON file.id = fact.file "
            f"JOIN event_mark ON event_mark.fact = fact.id WHERE fact.id IN ({marks})"
        )
        for number, mark, uri, flagged in connection.execute(query, some):
            found[number] = Beside(Integrity(mark), File(uri), Flag(flagged))
    return found


class Evidence(NamedTuple):
    """What speaks for or against an event, with the digest file that says so."""

    voucher: Voucher
    digest: bytes | None
    """As stored."""


def evidence(connection: sqlite3.Connection, number: int) -> Evidence | None:
    """Return what decides an event's mark; None where nothing was verified.

    What is wrong comes before what is right.
    """
    found = [
        (bool(own), Evidence(Voucher(uri, verdict, digest, None, at, bool(chained)), body))
        for uri, verdict, digest, at, chained, body, own in connection.execute(
            _HELD, (*_PROVEN, number, number)
        )
    ]
    alone = connection.execute(_ALONE, (number,)).fetchone()
    if alone is not None:
        return Evidence(Voucher(*alone), None)
    weighed = min(found, key=_weight, default=None)
    return weighed[1] if weighed else None


_HELD = (
    "SELECT log.uri, iif(digest.trusted, log_bytes.verdict, digest.verdict), "
    "digest.uri, digest.at, digest.trusted AND digest.verdict NOT IN (?, ?), digest.body, "
    "log.uri = file.uri FROM ("
    "SELECT file FROM fact WHERE id = ? UNION SELECT file FROM sighting WHERE fact = ?) AS seen "
    "JOIN file ON file.id = seen.file JOIN log_bytes ON log_bytes.sha256 = file.sha256 "
    "JOIN log ON log.id = log_bytes.log JOIN digest ON digest.id = log.digest "
    "WHERE log.uri = file.uri OR file.source = 'local' "
    "ORDER BY digest.at DESC"
)
_ALONE = (
    "SELECT log.uri, log.verdict, NULL, NULL, log.at FROM fact JOIN file ON file.id = fact.file "
    "JOIN log ON log.uri = file.uri WHERE fact.id = ? AND log.digest IS NULL ORDER BY log.id"
)


def _weight(found: tuple[bool, Evidence]) -> int:
    """Put what is wrong with its own file first, then what is right, then what is wrong of a copy.

    What was held against a digest that is not valid itself decides nothing, and comes last.
    """
    own, evidence = found
    verdict = evidence.voucher.verdict
    if verdict == VALID:
        return 1
    if verdict not in LOG_KINDS.values():
        return 3
    return 0 if own else 2
