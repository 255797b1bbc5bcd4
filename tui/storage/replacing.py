"""Giving stored facts another record to stand for them: row, block and revision together."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tui.storage import blocks, ledger

_COLUMNS = ("time", "ordinal", *blocks.COLUMNS)
Ints = NDArray[np.int64]


def replace(
    connection: sqlite3.Connection, rows: Mapping[str, Ints], better: Mapping[int, int]
) -> int:
    """Point facts at other records; return the ledger's revision.

    `rows` are columns of records, `better` the position in them for each fact.
    """
    facts = np.array(sorted(better), np.int64)
    positions = np.array([better[fact] for fact in facts.tolist()], np.int64)
    columns = {name: rows[name][positions] for name in _COLUMNS}
    sets = ", ".join(f"{name} = ?" for name in _COLUMNS)
    values = (*(columns[name].tolist() for name in _COLUMNS), facts.tolist())
    connection.executemany(f"UPDATE fact SET {sets} WHERE id = ?", zip(*values, strict=True))
    revision = ledger.rewritten(connection)
    for block, some in blocks.holding(connection, facts):
        at = facts[some] - block.first
        block.time[at] = columns["time"][some]
        for name in blocks.COLUMNS:
            block.columns[name][at] = columns[name][some]
        blocks.rewrite(connection, block, revision)
    return revision
