"""`trailhound events`: the found events, newest first, as delivered or as chosen fields."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.cli.caching import open_cache
from tui.cli.fields import Column, Printed, columns_of
from tui.cli.filtering import filter_of, number_of
from tui.cli.offering import say_offer
from tui.cli.plain import plain
from tui.cli.table import as_csv, as_table
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.lost import Lost
from tui.domain.words import counted
from tui.jobs.exploring.find import find
from tui.jobs.syncing.coverage import known_since, lacking
from tui.language.moment import parse_span
from tui.storage import reader
from tui.storage.cache import Cache, Connection

_DEFAULT = "time,caller,service,action,resource,account,region,result,error,ip"
_AT_ONCE = 500
_LOST = 2


def run(parsed: argparse.Namespace) -> int:
    """Print the events; 2 if records could not be had.

    Raises FilterError, TimeError, UsageError, CacheError.
    """
    limit = number_of(parsed.limit, "--limit")
    tree = filter_of(parsed)
    names = parsed.fields or (_DEFAULT if parsed.format in _CELLS else "")
    columns = columns_of(names) if names else ()
    cache = open_cache(parsed)
    with cache.connection() as connection:
        lost = Lost()
        limited = Limited(find(connection, tree, limit + 1 if limit else 0, lost), limit)
        if parsed.format in _CELLS:
            titles = [column.title for column in columns]
            cells = (
                [c.cell(v) for c, v in zip(columns, row, strict=True)]
                for row in _values(connection, columns, limited, lost)
            )
            lines: Iterable[str] = _CELLS[parsed.format](titles, cells)
        else:
            lines = _DOCUMENTS[parsed.format](_documents(connection, columns, limited, lost))
        for line in lines:
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
        _say_what_is_left(connection, limited, _uncovered(cache, parsed))
    if not limited.more:
        say_offer(cache, tree, limited.count)
    return _said(lost)


def _said(lost: Lost) -> int:
    """Tell of records that could not be had, and return the exit code that means."""
    if lost.count:
        sys.stderr.write(plain(f"trailhound: {lost.sentence()}") + "\n")
    return _LOST if lost.count else 0


@dataclass(slots=True)
class Limited:
    """Numbers up to a limit, counted, with the knowledge whether there were more."""

    numbers: Iterator[int]
    limit: int
    count: int = 0
    more: bool = False

    def __iter__(self) -> Iterator[int]:
        for number in self.numbers:
            if self.limit and self.count == self.limit:
                self.more = True
                return
            self.count += 1
            yield number


def _uncovered(cache: Cache, parsed: argparse.Namespace) -> str:
    """Return what was not synced of the time asked for, or of all that ever was; raises TimeError.

    Says nothing for a cache that was never synced.
    """
    now = int(time.time() * 1000)
    asked = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    start = asked.start if parsed.since else known_since(cache, now)
    return lacking(cache, Span(start, asked.end), now).sentence()


def _say_what_is_left(connection: Connection, limited: Limited, uncovered: str) -> None:
    """Tell on stderr what a reader could mistake the output for."""
    totals = reader.totals(connection)
    said = f"{limited.count:,} of {totals.events:,} cached events"
    if limited.more:
        said += "; there are more, --limit 0 prints all"
    if uncovered:
        said += f"; {uncovered}, see: trailhound coverage"
    if totals.skipped:
        said += f"; {counted(totals.skipped, 'thing')} in the files could not be read"
    if not totals.events:
        said += "; read log files with: trailhound open PATH"
    sys.stderr.write(said + "\n")


def _documents(
    connection: Connection, columns: Sequence[Column], numbers: Iterable[int], lost: Lost
) -> Iterator[str]:
    """Yield JSON on one line for each event: the delivered record, or an object of fields."""
    if not columns:
        from tui.jobs.exploring.records import Records, as_line

        for _, record in Records(connection).had(numbers, lost):
            yield as_line(record).decode("utf-8", "replace")
        return
    for values in _values(connection, columns, numbers, lost):
        yield json.dumps(dict(zip((c.title for c in columns), values, strict=True)))


def _values(
    connection: Connection, columns: Sequence[Column], numbers: Iterable[int], lost: Lost
) -> Iterator[list[object]]:
    with_records = any(column.of_record for column in columns)
    with_sightings = any(column.of_sightings for column in columns)
    found = _opened(connection, numbers, lost) if with_records else ((n, b"") for n in numbers)
    while some := dict(islice(found, _AT_ONCE)):
        rows = reader.rows(connection, list(some))
        seen = reader.sightings_of(connection, list(some)) if with_sightings else {}
        for row in rows:
            printed = Printed(row, some[row.number], seen.get(row.number, ()))
            yield [column.value(printed) for column in columns]


def _opened(
    connection: Connection, numbers: Iterable[int], lost: Lost
) -> Iterator[tuple[int, bytes]]:
    """Yield (number, record), an empty one where it cannot be had, which is counted.

    Loading what opens records takes longer than finding the newest event.
    """
    from tui.jobs.exploring.records import Records

    for number, record in Records(connection).tried(numbers):
        if isinstance(record, bytes):
            yield number, record
        else:
            lost.note(record)
            yield number, b""


def _array(documents: Iterable[str]) -> Iterator[str]:
    before = "["
    for document in documents:
        yield before + document
        before = ","
    yield "[]" if before == "[" else "]"


_CELLS: dict[str, Callable[[Sequence[str], Iterable[Sequence[str]]], Iterator[str]]] = {
    "csv": as_csv,
    "table": as_table,
}
_DOCUMENTS: dict[str, Callable[[Iterable[str]], Iterable[str]]] = {
    "jsonl": lambda documents: documents,
    "json": _array,
}
