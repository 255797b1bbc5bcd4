"""Answering queries over everything that is cached, at the speed of typing.

Owns the columns in memory and keeps them in step with the cache. An answer is a `View`: a frozen
set of events that can be paged through however the cache grows meanwhile. Any thread may ask;
one is served at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.analysis.aggregate import Counter, histogram
from tui.analysis.columns import Columns, Ints
from tui.analysis.headlines import Headline, Headlines
from tui.analysis.select import Found, select
from tui.domain.answer import Answer, Fresh, Query, Row, Span
from tui.domain.fields import Field
from tui.domain.filter import Everything, Filter, Term
from tui.domain.lost import Lost
from tui.domain.progress import Progress, Quiet, Step
from tui.errors import Cancelled
from tui.jobs.exploring.decide import record_matches
from tui.jobs.exploring.records import Records
from tui.storage import blocks, flags, ledger, marks, reader
from tui.storage.cache import Cache, Connection
from tui.storage.known import TABLES
from tui.storage.select import condition

_REPORT_EVERY = 1000


class Decided(NamedTuple):
    """What looking into records found, so that later only newer ones need be looked into."""

    question: tuple[Filter, Span | None]
    standing: object
    """Of the explorer then: once records change, nothing holds any more."""
    last: int
    """The highest row number that was looked at."""
    found: list[int]


class View:
    """The events one query found, newest first."""

    def __init__(self, answer: Answer, numbers: Ints, cache: Cache) -> None:
        self.answer = answer
        self.numbers = numbers
        """Row numbers in the cache, by position in this view."""
        self.decided: Decided | None = None
        """What was found out about its records, if that was needed."""
        self._cache = cache

    def rows(self, first: int, count: int) -> list[Row]:
        """Return some rows, to be called from a worker: it reads the cache."""
        with self._cache.connection() as connection:
            return reader.rows(connection, self.numbers[first : first + count].tolist())

    def position(self, number: int) -> int | None:
        """Return where an event stands in this view, if it does."""
        found = np.flatnonzero(self.numbers == number)
        return int(found[0]) if len(found) else None

    def places(self, cursor: int | None, top: int | None) -> tuple[int, int | None]:
        """Return where these events stand: 0 for a cursor that is nowhere, None for such a top."""
        at = None if cursor is None else self.position(cursor)
        return at or 0, None if top is None else self.position(top)

    def fresh(self, landed: Sequence[range]) -> Fresh:
        """Return what of these row numbers, which ascend, is in this view."""
        if not landed:
            return Fresh()
        candidates = np.flatnonzero(self.numbers >= landed[0].start)
        starts = np.array([each.start for each in landed])
        stops = np.array([each.stop for each in landed])
        numbers = self.numbers[candidates]
        inside = numbers < stops[np.searchsorted(starts, numbers, "right") - 1]
        found = candidates[inside]
        others = np.flatnonzero(found != np.arange(len(found)))
        return Fresh(len(found), int(others[0]) if len(others) else len(found))


class Explorer:
    """All cached events, in memory as columns."""

    def __init__(self, cache: Cache, *, offline: bool = False) -> None:
        """Build it; `offline`, records whose bytes were let go are not fetched again."""
        self._cache = cache
        self._offline = offline
        self._lock = Lock()
        self._marked = marks.Standing()
        self._columns = self._empty()
        self._revision = 0
        self._reflagged = 0
        """How often flags were seen to have changed."""

    @property
    def standing(self) -> tuple[int, int, int]:
        """What changes when events, their marks or their flags change; not when some come."""
        return self._revision, self._marked.revision, self._reflagged

    def refresh(self) -> int:
        """Take over what came to the cache, changed or went; return how many events there are."""
        with self._lock, self._cache.connection() as connection:
            connection.execute("BEGIN")  # one moment for blocks and dimensions
            standing = ledger.read(connection)
            if standing.removed > self._revision:
                self._columns = self._empty()
            columns = self._columns
            changed = []
            if len(columns) and standing.revision > self._revision:
                changed = list(blocks.changed(connection, self._revision, columns.last))
            self._revision = standing.revision
            added = sorted(blocks.load(connection, columns.last), key=lambda block: block.first)
            if added or changed or not len(columns):
                self._grow(connection)
            for block in changed:
                columns.replace(*block.present())
            for block in added:
                columns.append(*block.present())
            self._mark(connection)
            self._reflagged += columns.flag(flags.flagged(connection))
            return len(columns)

    def _grow(self, connection: Connection) -> None:
        columns = self._columns
        for table, dimension in columns.tables.items():
            dimension.grow(reader.dimension_size(connection, table))
        for name, group in columns.groups.items():
            group.add(reader.combinations(connection, name, len(group) - 1))
        columns.resource_sets.grow(reader.last_resource_set(connection))

    def _mark(self, connection: Connection) -> None:
        """Take over how far events are vouched for, if that changed."""
        standing = marks.standing(connection)
        if standing == self._marked:
            return
        columns = self._columns
        if standing.revision == self._marked.revision:
            columns.marks.add_files(marks.of_files(connection, self._marked.last), standing.last)
        else:
            columns.marks.add_files(marks.of_files(connection), standing.last)
        columns.marks.set_confirmed(marks.confirmed(connection) if standing.revision else [])
        columns.marks_changed()
        self._marked = standing

    def _empty(self) -> Columns:
        self._marked = marks.Standing()
        fetch = {table: partial(self._fetch, table) for table in (*TABLES, "file")}
        return Columns(fetch, self._fetch_members)

    def _fetch_members(self, after: int, last: int) -> Sequence[tuple[int, int]]:
        with self._cache.connection() as connection:
            return reader.resource_members(connection, after, last)

    def _fetch(self, table: str, column: str, after: int, last: int) -> Iterable[str | int | None]:
        with self._cache.connection() as connection:
            if table == "file":
                return reader.file_uris(connection, after, last)
            return reader.dimension_column(connection, table, column, after, last)

    def answer(self, query: Query, decided: Ints | None = None) -> View:
        """Evaluate a query on the events in memory.

        `decided` are row numbers, of those only their records can decide, that do match.
        """
        with self._lock:
            columns = self._columns
            mask, undecided = self._mask(query)
            if decided is not None and mask is not None:
                mask = mask | np.isin(columns.number, decided)
                undecided = 0
            numbers = _newest_first(columns, mask)
            counter = Counter(columns, mask)
            covered = self._span()
            shown = query.span or covered
            answer = Answer(
                query=query,
                total=len(numbers),
                cached=len(columns),
                span=covered,
                facets=tuple(counter.facet(name, query.top) for name in query.facets),
                histogram=(
                    histogram(columns, mask, shown, query.bins) if query.bins and shown else None
                ),
                undecided=undecided,
            )
            return View(answer, numbers, self._cache)

    def knows(self, query: Query, before: View | None) -> Decided | None:
        """Return what a view from before has found out about a query, if that still holds."""
        known = before.decided if before else None
        if known and known.question == (query.filter, query.span):
            return known if known.standing == self.standing else None
        return None

    def decided(
        self, query: Query, progress: Progress | None = None, before: View | None = None
    ) -> View:
        """Like `answer`, with every record opened that is needed to decide.

        What a view from `before` of the same question found is not looked into again.
        """
        progress = progress or Quiet()
        earlier = self.knows(query, before)
        standing, last = self.standing, self._columns.last
        candidates = self.undecided(query)
        found: list[int] = []
        if earlier:
            candidates = candidates[candidates > earlier.last]
            found += earlier.found
        lost = Lost()
        if len(candidates):
            with self._cache.connection() as connection:
                wanted = candidates.tolist()
                known = marks.of_events(connection, wanted)
                records = Records(connection, offline=self._offline).had(wanted, lost)
                for done, (number, record) in enumerate(records):
                    if progress.cancelled():
                        raise Cancelled("Stopped before every record was looked into.")
                    if record_matches(query.filter, record, known[number]):
                        found.append(number)
                    if done % _REPORT_EVERY == 0:
                        total = len(candidates)
                        progress.report(Step("Looking into records", done, total, "records"))
        view = self.answer(query, np.array(found, np.int64))
        view.answer = view.answer._replace(lost=lost.sentence())
        view.decided = Decided((query.filter, query.span), standing, last, found)
        return view

    def undecided(self, query: Query) -> Ints:
        """Return the row numbers, newest first, that only their records can decide."""
        with self._lock:
            found = self._found(query.filter)
            mask = found.maybe & ~found.sure
            return _newest_first(self._columns, _within(self._columns, mask, query.span))

    def values(self, field: Field, text: str, most: int) -> list[tuple[str, int]]:
        """Return known values of a field that contain a text, most frequent first."""
        wanted = text.lower()
        with self._lock:
            facet = Counter(self._columns, None).facet(field.name, 0)
        found = [
            (count.value, count.count)
            for count in facet.counts
            if count.value is not None and wanted in count.value.lower()
        ]
        return found[:most]

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """Return these rows, to be called from a worker: it reads the cache."""
        with self._cache.connection() as connection:
            return reader.rows(connection, numbers)

    def headline(self, headlines: Headlines, landed: Sequence[range]) -> Headline:
        """Return what is worth telling of the rows that landed since it was last asked for."""
        with self._lock:
            return headlines.of(self._columns, landed, self._numbers_with_id)

    def _span(self) -> Span | None:
        times = self._columns.sorted_time
        return Span(int(times[-1]), int(times[0]) + 1) if len(times) else None

    def _mask(self, query: Query) -> tuple[NDArray[np.bool_] | None, int]:
        if isinstance(query.filter, Everything) and query.span is None:
            return None, 0
        found = self._found(query.filter)
        mask = _within(self._columns, found.sure, query.span)
        if found.sure is found.maybe:
            return mask, 0
        maybe = _within(self._columns, found.maybe, query.span)
        return mask, int(np.count_nonzero(maybe) - np.count_nonzero(mask))

    def _found(self, tree: Filter) -> Found:
        return select(tree, self._columns, self._numbers_with_id)

    def _numbers_with_id(self, term: Term) -> Iterable[int]:
        with self._cache.connection() as connection:
            return reader.numbers_with_id(connection, condition(term))


def _within(columns: Columns, mask: NDArray[np.bool_], span: Span | None) -> NDArray[np.bool_]:
    if span is None:
        return mask
    return mask & (columns.time >= span.start) & (columns.time < span.end)


def _newest_first(columns: Columns, mask: NDArray[np.bool_] | None) -> Ints:
    order = columns.order if mask is None else columns.order[mask[columns.order]]
    return columns.number[order]
