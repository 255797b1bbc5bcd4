"""DuckDB's answers to the questions, from a table with the very values our cache holds.

The table is made for it: only the columns asked about, newest event first, each event's resources
as the list of distinct names the facet counts. Runs in a process of its own.
"""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.benchmarks.measure import MissingError, resident, timed
from tests.benchmarks.questions import (
    BINS,
    EVERYTHING,
    FACETS,
    PAGE,
    TOP,
    Answers,
    Found,
    Question,
    depths,
)

if TYPE_CHECKING:
    import duckdb

_TEXTS = ("caller", "action", "service", "region", "account", "error", "ip", "result")
_TYPES = {"number": "BIGINT", "time_ms": "BIGINT", **dict.fromkeys(_TEXTS, "VARCHAR")}
_PLAIN = tuple(name for name in FACETS if name != "resource")
_WHICH = "CASE " + " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in _PLAIN) + " END"
_MOST = (
    "QUALIFY row_number() OVER (PARTITION BY field ORDER BY count DESC, value NULLS LAST) "
    f"<= {TOP} ORDER BY count DESC, value NULLS LAST"
)
_FACETS = (
    f"SELECT {_WHICH} AS field, coalesce({', '.join(_PLAIN)}) AS value, count(*) AS count "
    "FROM event WHERE {where} "
    f"GROUP BY GROUPING SETS ({', '.join(f'({name})' for name in _PLAIN)}) {_MOST}"
)
_RESOURCES = (
    "SELECT 'resource' AS field, value, count(*) AS count "
    "FROM (SELECT unnest(resources) AS value FROM event WHERE {where}) GROUP BY value "
    f"ORDER BY count DESC, value NULLS LAST LIMIT {TOP}"
)
_HISTOGRAM = (
    "SELECT (time_ms - {start}) // {step} AS bin, count(*), count(*) FILTER (result <> 'ok') "
    "FROM event WHERE {where} GROUP BY bin"
)
_ROWS = (
    "SELECT * FROM event WHERE {where} ORDER BY time_ms DESC, number DESC "
    f"LIMIT {PAGE} OFFSET {{first}}"
)


def copy(cache: Path, database: Path) -> None:
    """Copy the events of a cache into a new DuckDB file; raises MissingError."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingError("duckdb is not installed") from error
    lines = database.with_suffix(".jsonl")
    _write(cache, lines)
    columns = {**_TYPES, "resources": "VARCHAR[]"}
    with duckdb.connect(str(database), config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"CREATE TABLE event AS SELECT {', '.join(_TYPES)}, CASE WHEN len(resources) = 0 "
            "THEN [NULL] ELSE list_distinct(resources) END AS resources FROM read_json("
            f"?, columns = {columns}, format = 'newline_delimited') "
            "ORDER BY time_ms DESC, number DESC",
            [str(lines)],
        )
    lines.unlink()


def answers(database: Path, asked: tuple[Question, ...], times: int) -> Answers:
    """Open the copy and answer everything so many times, with two threads."""
    started = perf_counter()
    import duckdb

    imported = perf_counter()
    with duckdb.connect(str(database), read_only=True, config={"threads": 2}) as connection:
        copied = _Copy(connection)
        ready = perf_counter()
        resident_loaded = resident()
        shown = {each.name: timed(times, partial(copied.ask, each)) for each in asked}
        windows = {
            name: timed(times, partial(copied.page, EVERYTHING, first))
            for name, first in depths(copied.total).items()
        }
        return Answers(
            imported - started,
            ready - imported,
            resident_loaded,
            resident(),
            {name: each.of(_found(each.value)) for name, each in shown.items()},
            {name: each.of(_numbers(each.value)) for name, each in windows.items()},
        )


class _Shown(NamedTuple):
    """The rows behind every view, as DuckDB gives them."""

    facets: list[tuple[str, str | None, int]]
    bins: list[tuple[int, int, int]]
    page: list[tuple[int, ...]]


class _Copy:
    """The table, open, and the bins of its whole span of time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        query = "SELECT count(*), min(time_ms), max(time_ms) FROM event"
        self.total, self._start, last = connection.execute(query).fetchall()[0]
        self._step = max(1, -(-(last + 1 - self._start) // BINS))

    def ask(self, question: Question) -> _Shown:
        """Return what one screen shows."""
        return _Shown(
            self._all(_FACETS, question) + self._all(_RESOURCES, question),
            self._all(_HISTOGRAM, question, start=self._start, step=self._step),
            self.page(question, 0),
        )

    def page(self, question: Question, first: int) -> list[tuple[int, ...]]:
        """Return some rows, newest first."""
        return self._all(_ROWS, question, first=first)

    def _all(self, query: str, question: Question, **numbers: int) -> list[Any]:
        statement = query.format(where=question.where, **numbers)
        return self._connection.execute(statement, question.values).fetchall()


def _found(shown: _Shown) -> Found:
    facets: dict[str, list[tuple[str | None, int]]] = {name: [] for name in FACETS}
    for name, value, count in shown.facets:
        facets[name].append((value, count))
    bins = {at: (count, troubled) for at, count, troubled in shown.bins}
    counts, troubled = zip(*(bins.get(at, (0, 0)) for at in range(BINS)), strict=True)
    return Found(
        sum(counts),
        tuple((name, tuple(pairs)) for name, pairs in facets.items()),
        counts,
        troubled,
        _numbers(shown.page),
    )


def _numbers(rows: list[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(row[0] for row in rows)


def _write(cache: Path, lines: Path) -> None:
    """Write the events of a cache as lines of JSON."""
    connection = sqlite3.connect(cache)
    try:
        with lines.open("w", encoding="utf-8") as file:
            for *values, names in connection.execute(
                f"SELECT {', '.join(_TYPES)}, resources FROM event"
            ):
                event = {**dict(zip(_TYPES, values, strict=True)), "resources": json.loads(names)}
                file.write(json.dumps(event) + "\n")
    finally:
        connection.close()
