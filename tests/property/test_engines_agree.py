"""One filter, three engines: the reference, the cache's SQL and the columns in memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.records import ordinary
from tests.property.strategies import TIMES, field_terms, filters
from tests.unit.vouched import vouch
from tui.deriving.derive import derive
from tui.domain.answer import Facet, Query, Span
from tui.domain.event import Event, File, Flag, Integrity
from tui.domain.fields import BY_NAME, FIELDS, shown
from tui.domain.filter import Everything, Filter, Text
from tui.domain.integrity import Mark
from tui.domain.objects import LogObject
from tui.domain.saved import Highlight, Saved, SavedFilter
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.find import find
from tui.jobs.exploring.highlighting import highlighted
from tui.jobs.ingesting.flagging import flag, unflag
from tui.language.describe import to_text
from tui.language.grammar import parse
from tui.language.match import field_values, matches
from tui.language.rules import needs_record
from tui.sources.decode import decode
from tui.storage import blocks, reader
from tui.storage.cache import Cache
from tui.storage.writer import Writer

Records: TypeAlias = Sequence[dict[str, object]]
Key: TypeAlias = tuple[str, str | None]

FACETS = tuple(field.name for field in FIELDS if field.facet)
FILES = st.lists(st.lists(ordinary(), max_size=6), min_size=1, max_size=3)
TREES = st.lists(filters(), min_size=1, max_size=6)
MARKS = st.lists(st.sampled_from([*Mark, None]), min_size=3, max_size=3)
NOT_YET = (Mark.NOT_YET,) * 3
VOUCHED = field_terms((BY_NAME["verified"],)) | st.builds(Text, st.just("no"), st.just(False))
FLAGS = st.lists(st.booleans(), min_size=18, max_size=18)
"""Whether each event is flagged, in the order of the row numbers."""
KEPT = field_terms((BY_NAME["flagged"],)) | field_terms((BY_NAME["verified"],))
SPANS = st.sampled_from([Span(a, b) for a in TIMES for b in TIMES if a < b])


@contextmanager
def cached(
    files: Sequence[Records], block: int, marks: Sequence[Mark | None] = NOT_YET
) -> Iterator[Cache]:
    """Give a cache that was filled file by file, with blocks of so many facts."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_FACTS", block)
        cache = Cache(Path(folder) / "cache.db")
        with cache.connection() as connection:
            writer = Writer(cache, connection)
            for number, records in enumerate(files):
                content = packed(number, records)
                item = LogObject(f"file:///{number}", "local", len(content))
                writer.write(decode([(item, content)]))
            for number in range(len(files)):
                vouch(connection, f"file:///{number}", marks[number])
        yield cache


def packed(number: int, records: Records) -> bytes:
    """Return the bytes of a file; no two files are the same."""
    return json.dumps({"Records": records, "number": number}).encode()


def planted(files: Sequence[Records], marks: Sequence[Mark | None] = NOT_YET) -> dict[Key, Event]:
    """Return the events of these files, each as it was delivered first.

    A verified file confirms what it holds; but where the first one failed, that is what counts.
    """
    events: dict[Key, Event] = {}
    for number, records in enumerate(files):
        for record in records:
            event = derive(json.loads(json.dumps(record)))
            assert isinstance(event, Event)
            event = event._replace(
                integrity=Integrity(marks[number]), file=File(f"file:///{number}")
            )
            key = (event.id, event.place.account)
            first = events.setdefault(key, event)
            if marks[number] is Mark.VERIFIED and first.integrity.mark != Mark.FAILED:
                events[key] = first._replace(integrity=Integrity(Mark.VERIFIED))
    return events


def counted(events: Sequence[Event], name: str) -> Counter[str | None]:
    """Count each distinct value once an event, None where it has none."""
    return Counter(value for event in events for value in values_of(event, name))


def values_of(event: Event, name: str) -> set[str | None]:
    field = BY_NAME[name]
    return {shown(field, value) for value in field_values(event, field)} or {None}


def as_counter(facet: Facet) -> Counter[str | None]:
    return Counter({pair.value: pair.count for pair in facet.counts})


@settings(max_examples=70)
@given(FILES, TREES, st.sampled_from((2, 5, 65_536)), MARKS)
def test_every_engine_finds_the_same_events_newest_first(
    files: Sequence[Records],
    trees: Sequence[Filter],
    block: int,
    marks: Sequence[Mark | None],
) -> None:
    events = planted(files, marks)
    with cached(files, block, marks) as cache, cache.connection() as connection:
        explorer = Explorer(cache)
        assert explorer.refresh() == len(events) == reader.count(connection)
        for tree in trees:
            expected = {key for key, event in events.items() if matches(tree, event)}
            numbers = list(find(connection, tree))
            rows = reader.rows(connection, numbers)
            assert [row.number for row in rows] == numbers
            assert {(row.id, row.place.account) for row in rows} == expected
            assert len(rows) == len(expected)
            found = {(row.id, row.place.account): row.integrity for row in rows}
            assert found == {key: events[key].integrity for key in expected}
            assert {row.file for row in rows} == {events[key].file for key in expected}
            order = [(row.time, row.number) for row in rows]
            assert order == sorted(order, reverse=True)
            view = explorer.decided(Query(tree))
            assert view.numbers.tolist() == numbers
            assert view.answer.total == len(expected)
            assert view.rows(1, 2) == rows[1:3]
            for limit in (1, 2, 3):
                assert list(find(connection, tree, limit)) == numbers[:limit]


@settings(max_examples=40)
@given(FILES, st.lists(filters(VOUCHED), min_size=1, max_size=4), MARKS)
def test_every_engine_takes_an_event_for_verified_that_a_further_delivery_confirms(
    files: Sequence[Records], trees: Sequence[Filter], marks: Sequence[Mark | None]
) -> None:
    again = [*files, files[0]][-3:]
    events = planted(again, marks)
    with cached(again, 5, marks) as cache, cache.connection() as connection:
        explorer = Explorer(cache)
        explorer.refresh()
        for tree in trees:
            expected = {key for key, event in events.items() if matches(tree, event)}
            numbers = list(find(connection, tree))
            rows = reader.rows(connection, numbers)
            assert {(row.id, row.place.account) for row in rows} == expected
            assert explorer.decided(Query(tree)).numbers.tolist() == numbers


@settings(max_examples=40)
@given(FILES, st.lists(filters(KEPT), min_size=1, max_size=4), FLAGS, FLAGS)
def test_every_engine_knows_which_events_are_flagged_now(
    files: Sequence[Records],
    trees: Sequence[Filter],
    before: Sequence[bool],
    after: Sequence[bool],
) -> None:
    with cached(files, 5) as cache, cache.connection() as connection:
        explorer = Explorer(cache)
        explorer.refresh()
        numbers = list(find(connection, Everything()))
        for chosen in (before, after):
            flags = {number: Flag("yes" if chosen[number - 1] else "no") for number in numbers}
            flag(cache, [number for number in numbers if chosen[number - 1]])
            unflag(cache, [number for number in numbers if not chosen[number - 1]])
            explorer.refresh()
            events = planted(files)
            rows = {(row.id, row.place.account): row for row in explorer.rows(numbers)}
            assert {row.number: row.flag for row in rows.values()} == flags
            for tree in trees:
                expected = {
                    rows[key].number
                    for key, event in events.items()
                    if matches(tree, event._replace(flag=rows[key].flag))
                }
                assert set(find(connection, tree)) == expected
                assert set(explorer.decided(Query(tree)).numbers.tolist()) == expected
            answer = explorer.answer(Query(facets=("flagged",))).answer
            assert as_counter(answer.facets[0]) == Counter(each.flagged for each in flags.values())


@settings(max_examples=40)
@given(FILES, TREES, MARKS)
def test_a_row_stands_out_just_if_a_search_for_the_saved_filter_finds_it(
    files: Sequence[Records], trees: Sequence[Filter], marks: Sequence[Mark | None]
) -> None:
    texts = [to_text(tree) or "*" for tree in trees]
    saved = Saved(
        tuple(SavedFilter(f"n{n}", each, highlight="low") for n, each in enumerate(texts))
    )
    with cached(files, 5, marks) as cache:
        explorer = Explorer(cache)
        explorer.refresh()
        rows = highlighted(explorer.answer(Query()).rows(0, 100), saved, 0)
        for number, text in enumerate(texts):
            named = {row.number for row in rows if Highlight(f"n{number}", "low") in row.highlights}
            tree = parse(text, 0)
            found = set(explorer.decided(Query(tree)).numbers.tolist())
            assert named == (set() if needs_record(tree) else found)


@settings(max_examples=50)
@given(FILES, filters(), st.none() | SPANS, st.integers(1, 9), MARKS)
def test_facets_and_histogram_count_what_was_found(
    files: Sequence[Records],
    tree: Filter,
    span: Span | None,
    bins: int,
    marks: Sequence[Mark | None],
) -> None:
    found = [
        event
        for event in planted(files, marks).values()
        if matches(tree, event) and (span is None or span.start <= event.time < span.end)
    ]
    with cached(files, 5, marks) as cache:
        explorer = Explorer(cache)
        explorer.refresh()
        answer = explorer.decided(Query(tree, span, FACETS, top=0, bins=bins)).answer
        top = explorer.decided(Query(tree, span, FACETS, top=2)).answer
    assert answer.total == len(found)
    for facet, short in zip(answer.facets, top.facets, strict=True):
        counts = counted(found, facet.field)
        assert as_counter(facet) == counts
        assert facet.others == 0
        assert [pair.count for pair in short.counts] == [n for _, n in counts.most_common(2)]
        assert short.counts == facet.counts[:2]
        assert short.others == max(0, len(counts) - 2)
    assert answer.histogram is not None or not (span or answer.cached)
    if answer.histogram:
        assert len(answer.histogram.counts) == bins
        assert sum(answer.histogram.counts) == len(found)
        assert sum(answer.histogram.troubled) == sum(e.outcome.result != "ok" for e in found)


@settings(max_examples=25)
@given(FILES, FILES, TREES, st.sampled_from((2, 5, 7)), MARKS, st.integers(0, 5))
def test_an_explorer_that_watches_the_cache_grow_sees_what_a_fresh_one_sees(
    files: Sequence[Records],
    later: Sequence[Records],
    trees: Sequence[Filter],
    block: int,
    marks: Sequence[Mark | None],
    judged_after: int,
) -> None:
    with cached([], block) as cache, cache.connection() as connection:
        explorer, writer = Explorer(cache), Writer(cache, connection)
        for number, records in enumerate([*files, *later]):
            content = packed(number, records)
            item = LogObject(f"file:///{number}", "local", len(content))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(blocks, "BLOCK_FACTS", block)
                writer.write(decode([(item, content)]))
            assert explorer.refresh() == reader.count(connection)
            if number == judged_after:
                for place, mark in enumerate(marks):
                    vouch(connection, f"file:///{place}", mark)
                explorer.decided(Query(trees[0], facets=FACETS))
        explorer.refresh()
        fresh = Explorer(cache)
        fresh.refresh()
        for tree in trees:
            query = Query(tree, facets=FACETS, bins=3)
            grown, anew = explorer.decided(query), fresh.decided(query)
            assert grown.answer == anew.answer
            assert grown.numbers.tolist() == anew.numbers.tolist()
