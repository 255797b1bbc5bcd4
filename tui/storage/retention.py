"""Dropping what is older than a user keeps: whole files, and the events that only they held.

A file goes when its newest event is older than what is kept; one without events, when it was
delivered before that. Files of flagged events stay. Owns the order of it all, inside one
transaction of the caller: rows, blocks, coverage and the ledger agree whenever it ends.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.domain.objects import rank
from tui.storage import blocks, covering, flags, ledger

Ints = NDArray[np.int64]


class Dropped(NamedTuple):
    """What went, and what was old enough and stays."""

    files: int = 0
    events: int = 0
    kept_flagged: int = 0


def drop(connection: sqlite3.Connection, cutoff: int) -> Dropped:
    """Drop everything from before a moment, in ms since 1970 UTC."""
    covering.forget_before(connection, cutoff)
    kept = _find(connection, cutoff)
    files: int = connection.execute("SELECT count(*) FROM temp.expired").fetchone()[0]
    if not files:
        return Dropped(kept_flagged=kept)
    last = connection.execute("SELECT coalesce(max(id), 0) FROM fact").fetchone()[0]
    moved = _move(connection)
    gone = _numbers(connection, "SELECT id FROM fact WHERE file IN temp.expired ORDER BY id")
    _forget(connection)
    revision = ledger.removed(connection, last)
    _tell_blocks(connection, moved, gone, revision)
    return Dropped(files, len(gone), kept)


def _find(connection: sqlite3.Connection, cutoff: int) -> int:
    """Put the files that go into a table; return how many flags keep."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS expired (file INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.expired")
    seen = "SELECT sighting.file FROM sighting JOIN fact ON fact.id = sighting.fact WHERE time"
    connection.execute(
        "INSERT INTO temp.expired "
        f"SELECT file FROM fact WHERE time < ?1 UNION {seen} < ?1 "
        "UNION SELECT id FROM file WHERE events = 0 AND coalesce(modified, read_at) < ?1",
        (cutoff,),
    )
    connection.execute(
        "DELETE FROM temp.expired WHERE file IN "
        f"(SELECT file FROM fact WHERE time >= ?1 UNION {seen} >= ?1)",
        (cutoff,),
    )
    return connection.execute(f"DELETE FROM temp.expired WHERE file IN ({flags.FILES})").rowcount


def _move(connection: sqlite3.Connection) -> dict[int, int]:
    """Point events at files that stay, where one holds them too; return the file of each."""
    best: dict[int, tuple[int, int, int]] = {}
    rows = connection.execute(
        "SELECT fact, sighting.file, sighting.ordinal, source FROM sighting "
        "JOIN fact ON fact.id = sighting.fact JOIN file ON file.id = sighting.file "
        "WHERE fact.file IN temp.expired AND sighting.file NOT IN temp.expired "
        "ORDER BY fact, sighting.file, sighting.ordinal"
    )
    for fact, file, ordinal, source in rows:
        if fact not in best or rank(source) > best[fact][0]:
            best[fact] = rank(source), file, ordinal
    connection.executemany(
        "UPDATE fact SET file = ?, ordinal = ? WHERE id = ?",
        [(file, ordinal, fact) for fact, (_, file, ordinal) in best.items()],
    )
    connection.executemany(
        "DELETE FROM sighting WHERE fact = ? AND file = ? AND ordinal = ?",
        [(fact, file, ordinal) for fact, (_, file, ordinal) in best.items()],
    )
    return {fact: file for fact, (_, file, _) in best.items()}


def _forget(connection: sqlite3.Connection) -> None:
    """Delete every row of the files that go; what they alone held goes with them."""
    for statement in (
        "DELETE FROM sighting WHERE file IN temp.expired",
        "DELETE FROM fact WHERE file IN temp.expired",
        "DELETE FROM skipped WHERE file IN temp.expired",
        "DELETE FROM body WHERE file IN temp.expired",
        "DELETE FROM file WHERE id IN temp.expired",
    ):
        connection.execute(statement)


def _tell_blocks(
    connection: sqlite3.Connection, moved: dict[int, int], gone: Ints, revision: int
) -> None:
    """Give the blocks the files of facts that were moved, and none to those that are gone."""
    facts = np.array(sorted(moved), np.int64)
    changed = np.concatenate((facts, gone))
    new = np.array([*(moved[fact] for fact in facts.tolist()), *([0] * len(gone))], np.int64)
    order = np.argsort(changed)
    changed, new = changed[order], new[order]
    for block, some in blocks.holding(connection, changed):
        block.columns["file"][changed[some] - block.first] = new[some]
        blocks.rewrite(connection, block, revision)


def _numbers(connection: sqlite3.Connection, query: str) -> Ints:
    return np.array([number for (number,) in connection.execute(query)], np.int64)
