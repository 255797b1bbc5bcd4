"""Finding events without the screen: numbers of matching rows, newest first, as they are found.

Uses the cache's own engine, which needs no columns in memory. Where only the full record can
decide, each candidate's record is opened and the filter asked again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice

from tui.domain.derive import derive
from tui.domain.filter import Filter
from tui.domain.match import matches
from tui.domain.skipped import Skipped
from tui.jobs.records import Records
from tui.sources.wire import untyped
from tui.storage import reader
from tui.storage.select import condition


def find(connection: sqlite3.Connection, tree: Filter, limit: int = 0) -> Iterator[int]:
    """Yield the numbers of matching rows, newest first; 0 is no limit."""
    wanted = condition(tree)
    if wanted.decided:
        yield from reader.numbers(connection, wanted, limit)
        return
    candidates = reader.numbers(connection, wanted)
    found = (
        number
        for number, record in Records(connection).each(candidates)
        if record_matches(tree, record)
    )
    yield from islice(found, limit or None)


def record_matches(tree: Filter, record: bytes) -> bool:
    """Return whether a filter holds for a delivered record."""
    values = untyped(record)
    event = values if isinstance(values, Skipped) else derive(values)
    return not isinstance(event, Skipped) and matches(tree, event)
