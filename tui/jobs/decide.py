"""Deciding events by their records, where a filter asks for more than the cache's columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.deriving.derive import derive
from tui.domain.filter import Filter
from tui.domain.skipped import Skipped
from tui.jobs.records import Records
from tui.language.match import matches
from tui.sources.wire import untyped
from tui.storage.cache import Connection


def matching(connection: Connection, tree: Filter, candidates: Iterable[int]) -> Iterator[int]:
    """Yield those row numbers whose records a filter holds for, in the order given."""
    for number, record in Records(connection).each(candidates):
        if record_matches(tree, record):
            yield number


def record_matches(tree: Filter, record: bytes) -> bool:
    """Return whether a filter holds for a delivered record."""
    values = untyped(record)
    event = values if isinstance(values, Skipped) else derive(values)
    return not isinstance(event, Skipped) and matches(tree, event)
