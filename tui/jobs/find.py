"""Finding events without the screen: numbers of matching rows, newest first, as they are found.

Uses the cache's own engine, which needs no columns in memory. Where only the full record can
decide, each candidate's record is opened and the filter asked again, by `decide`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tui.domain.filter import Filter
from tui.storage import reader
from tui.storage.cache import Connection
from tui.storage.select import condition


def find(connection: Connection, tree: Filter, limit: int = 0) -> Iterator[int]:
    """Yield the numbers of matching rows, newest first; 0 is no limit."""
    wanted = condition(tree)
    if wanted.decided:
        return reader.numbers(connection, wanted, limit)
    from tui.jobs.decide import matching  # deriving events takes longer to load than to ask

    candidates = reader.numbers(connection, wanted)
    return islice(matching(connection, tree, candidates), limit or None)
