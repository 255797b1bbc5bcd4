"""The facts that stand in no block yet, kept as columns until they fill one.

Owns when a block is made. Reading the rows back would do the same and is what happens when another
program wrote in between; keeping the columns spares it.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from tui.storage import blocks


class Tail:
    """The columns of facts that stand in no block yet, while we are the only one who writes."""

    def __init__(self) -> None:
        self._parts: list[tuple[blocks.Block, blocks.Keys]] = []

    def add(self, block: blocks.Block, keys: blocks.Keys) -> None:
        """Take the columns of facts just inserted."""
        if len(block):
            self._parts.append((block, keys))

    def store_full(self, connection: sqlite3.Connection, revision: int) -> None:
        """Store every block that the facts in none fill; `revision` is the ledger's."""
        first, last = blocks.unblocked(connection)
        while last - first + 1 >= blocks.BLOCK_FACTS:
            block, keys = self._take(connection, first, last)
            if block.columns["file"].any():
                blocks.store(connection, block, keys, revision)
            first += len(block)

    def _take(
        self, connection: sqlite3.Connection, first: int, last: int
    ) -> tuple[blocks.Block, blocks.Keys]:
        """Return the next full block: from memory if that holds it all, else from the rows."""
        if not self._covers(first, last):
            self._parts = [blocks.from_rows(connection, first, last - first + 1)]
        block, keys = _joined(self._parts)
        size = blocks.BLOCK_FACTS
        self._parts = [(blocks.part(block, size), keys[size:])]
        return blocks.part(block, 0, size), keys[:size]

    def _covers(self, first: int, last: int) -> bool:
        following = first
        for block, _ in self._parts:
            if block.first != following:
                return False
            following += len(block)
        return following == last + 1


def _joined(
    parts: list[tuple[blocks.Block, blocks.Keys]],
) -> tuple[blocks.Block, blocks.Keys]:
    if len(parts) == 1:
        return parts[0]
    columns = {
        name: np.concatenate([block.columns[name] for block, _ in parts]) for name in blocks.COLUMNS
    }
    time_column = np.concatenate([block.time for block, _ in parts])
    block = blocks.Block(parts[0][0].first, time_column, columns)
    return block, np.concatenate([keys for _, keys in parts])
