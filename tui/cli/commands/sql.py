"""`trailhound sql`: one reading SQL statement over the cache, its rows as a table, JSON or CSV."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf

from tui.cli.caching import open_cache
from tui.cli.table import as_csv, as_table
from tui.errors import UsageError
from tui.storage.sql import Value, asked


def run(parsed: argparse.Namespace) -> int:
    """Print the rows; raises UsageError, CacheError, Cancelled."""
    statement = " ".join(parsed.text).strip() or _from_stdin()
    if any("\ud800" <= char <= "\udfff" for char in statement):  # as Python has what is no UTF-8
        raise UsageError("The statement is no UTF-8 text. Give it in that encoding.")
    cache = open_cache(parsed)
    with cache.connection() as connection, asked(connection, statement) as (titles, rows):
        for line in _FORMS[parsed.format](titles, rows):
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _from_stdin() -> str:
    statement = "" if sys.stdin.isatty() else sys.stdin.read().strip()
    if not statement:
        raise UsageError(
            "There is no statement. Try: trailhound sql "
            "'select caller, count(*) from event group by caller order by 2 desc limit 10'"
        )
    return statement


def _cell(value: Value) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return "" if value is None else str(value)


def _cells(rows: Iterable[Sequence[Value]]) -> Iterator[list[str]]:
    return ([_cell(value) for value in row] for row in rows)


def _json(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """Yield a JSON array, an object on each line; bytes as hexadecimal text."""
    names = _distinct(titles)
    before = "["
    for row in rows:
        values = dict(zip(names, map(_value, row), strict=True))
        yield before + json.dumps(values, allow_nan=False)
        before = ","
    yield "[]" if before == "[" else "]"


def _value(value: Value) -> Value:
    """Return what JSON can hold: no bytes, and no infinite number, which becomes a text."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if value in (inf, -inf) else value


def _distinct(titles: Sequence[str]) -> list[str]:
    """Return the titles with a number behind those met before: an object holds a name once."""
    names: list[str] = []
    for title in titles:
        name, times = title, 1
        while name in names:
            times += 1
            name = f"{title}_{times}"
        names.append(name)
    return names


_FORMS: dict[str, Callable[[Sequence[str], Iterable[Sequence[Value]]], Iterator[str]]] = {
    "table": lambda titles, rows: as_table(titles, _cells(rows)),
    "csv": lambda titles, rows: as_csv(titles, _cells(rows)),
    "json": _json,
}
