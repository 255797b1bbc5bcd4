"""The least that a cache of this kind can take: a row an event, its values numbered, the bytes.

The limit's decompressing, the same fields decoded with objects left as bytes, then three lookups an
event (who, what, on what), so that its row can be integers, and what SQLite needs for the row and
for each log file as delivered. Nothing is derived from a value, no event recognised, no time read:
whatever keeps such a row an event in SQLite, from one process of Python, takes longer than this.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path

import msgspec
from isal import isal_zlib

from tests.benchmarks.data import log_files
from tests.benchmarks.limit import WBITS_GZIP, Fields, as_delivered

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
_Raw = msgspec.Raw
_ABSENT = _Raw(b"null")


class _Record(Fields, gc=False, rename=as_delivered):
    """The fields of the limit, objects as bytes."""

    user_identity: _Raw = _ABSENT
    resources: _Raw = _ABSENT
    request_parameters: _Raw = _ABSENT


class _LogFile(msgspec.Struct, gc=False, rename=as_delivered):
    records: list[_Record]


_identity = attrgetter("user_identity")
_where = attrgetter(
    "recipient_account_id", "aws_region", "source_ip", "user_agent", "vpc_endpoint_id"
)
_what = attrgetter(
    "event_source", "event_name", "event_type", "event_category", "read_only", "error_code"
)
_listed, _asked = attrgetter("resources"), attrgetter("request_parameters")


class _Numbers(dict[object, int]):
    """A number for each key, given when it is first met."""

    def __missing__(self, key: object) -> int:
        number = self[key] = len(self) + 1
        return number


class _Numbering:
    """What the events of one transaction stand for."""

    def __init__(self) -> None:
        self._who, self._what, self._resources = _Numbers(), _Numbers(), _Numbers()

    def columns(self, records: list[_Record]) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
        """Return who, what and on what of each."""
        identities = map(bytes, map(_identity, records))
        callers = zip(identities, map(_where, records), strict=True)
        about = [
            bytes(asked if listed is _ABSENT else listed)
            for listed, asked in zip(map(_listed, records), map(_asked, records), strict=True)
        ]
        return (
            map(self._who.__getitem__, callers),
            map(self._what.__getitem__, map(_what, records)),
            map(self._resources.__getitem__, about),
        )


def store_all(folder: Path, database: Path) -> int:
    """Store every record as a row of numbers; return how many there are."""
    gc.disable()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript(_SCHEMA)
    decoder = msgspec.json.Decoder(_LogFile)
    rows = 0
    connection.execute("BEGIN")
    numbering = _Numbering()
    for file, path in enumerate(log_files(folder), 1):
        delivered = path.read_bytes()
        records = decoder.decode(isal_zlib.decompress(delivered, WBITS_GZIP)).records
        count = len(records)
        same = [file] * count
        ids = [record.event_id for record in records]
        numbers = numbering.columns(records)
        columns = (range(rows, rows + count), same, same, range(count), *numbers, ids)
        connection.executemany(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)", zip(*columns, strict=True)
        )
        connection.execute("INSERT INTO body VALUES (?, ?)", (file, delivered))
        rows += count
        if file % _TOGETHER == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
            numbering = _Numbering()
    connection.execute("COMMIT")
    connection.close()
    return rows
