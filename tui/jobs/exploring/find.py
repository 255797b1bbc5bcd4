"""Finding events without the screen: numbers of matching rows, newest first, as they are found.

Uses the cache's own engine, which needs no columns in memory. Where only the full record can
decide, each candidate's record is opened and the filter asked again, by `decide`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tui.domain.filter import Filter
from tui.domain.lost import Lost
from tui.storage import reader
from tui.storage.cache import Connection
from tui.storage.select import condition


def find(
    connection: Connection, tree: Filter, limit: int = 0, lost: Lost | None = None
) -> Iterator[int]:
    """Yield the numbers of matching rows, newest first; 0 is no limit.

    Records that are needed to decide and cannot be had are counted in `lost`.
    """
    wanted = condition(tree)
    if wanted.decided:
        return reader.numbers(connection, wanted, limit)
    from tui.jobs.exploring.decide import (
        matching,  # deriving events takes longer to load than to ask
    )

    candidates = reader.numbers(connection, wanted)
    return islice(
        matching(connection, tree, candidates, Lost() if lost is None else lost), limit or None
    )
