"""The least that a cache of this kind can take: a row an event and the bytes, nothing derived.

The same decoding as the limit, then what SQLite needs for a row of integers an event and for each
log file as delivered. No value is looked up, no event recognised, no resource named: whatever
keeps a row an event in SQLite, from one process of Python, takes longer than this.
"""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path

from tests.benchmarks.limit import decoded

_TOGETHER = 100
"""Log files in a transaction, as many as ours writes in one, about."""
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 10000;
CREATE TABLE body (file INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE fact (
    id INTEGER PRIMARY KEY, time INTEGER, file INTEGER, ordinal INTEGER, who INTEGER, what INTEGER,
    resources INTEGER, event_id TEXT
) STRICT;
"""


def store_all(folder: Path, database: Path) -> int:
    """Store every record as a row that says nothing; return how many there are."""
    gc.disable()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript(_SCHEMA)
    rows = 0
    connection.execute("BEGIN")
    for file, (delivered, records) in enumerate(decoded(folder), 1):
        count = len(records)
        same = [file] * count
        ids = [record.event_id for record in records]
        columns = (range(rows, rows + count), same, same, range(count), same, same, same, ids)
        connection.executemany(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)", zip(*columns, strict=True)
        )
        connection.execute("INSERT INTO body VALUES (?, ?)", (file, delivered))
        rows += count
        if file % _TOGETHER == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
    connection.execute("COMMIT")
    connection.close()
    return rows
