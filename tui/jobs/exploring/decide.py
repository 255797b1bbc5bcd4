"""Deciding events by their records, where a filter asks for more than the cache's columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from tui.deriving.derive import derive
from tui.domain.filter import Filter
from tui.domain.lost import Lost
from tui.domain.skipped import Skipped
from tui.jobs.exploring.records import Records
from tui.language.match import matches
from tui.sources.wire import untyped
from tui.storage import marks
from tui.storage.cache import Connection

UNKNOWN = marks.Beside()
"""Of a record by itself: not verified yet, in no file."""
_AT_ONCE = 100
"""Records looked at together: few, so that the first ones found are told early."""


def matching(
    connection: Connection, tree: Filter, candidates: Iterable[int], lost: Lost
) -> Iterator[int]:
    """Yield those row numbers whose records a filter holds for, in the order given.

    What cannot be decided, as its record cannot be had, is counted in `lost`.
    """
    found = Records(connection).had(candidates, lost)
    while some := list(islice(found, _AT_ONCE)):
        known = marks.of_events(connection, [number for number, _ in some])
        for number, record in some:
            if record_matches(tree, record, known[number]):
                yield number


def record_matches(tree: Filter, record: bytes, beside: marks.Beside = UNKNOWN) -> bool:
    """Return whether a filter holds for a delivered record and what is known beside it."""
    values = untyped(record)
    event = values if isinstance(values, Skipped) else derive(values)
    if isinstance(event, Skipped):
        return False
    return matches(tree, event._replace(**beside._asdict()))
