"""What is older than a user keeps goes as a whole, and nothing else goes with it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.delivered import START, guid, line, log_file
from tui.domain.answer import Query, Span
from tui.domain.coverage import Covered, Scope
from tui.domain.objects import LogObject
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.records import open_record
from tui.jobs.ingesting.flagging import flag, flagged, unflag
from tui.sources.decode import decode
from tui.storage import blocks, covering, reader, retention
from tui.storage.cache import Cache, transaction
from tui.storage.retention import Dropped
from tui.storage.select import Condition
from tui.storage.writer import Writer

SECOND = 1000
SOURCES = ("history", "local", "s3")
SCOPE = Scope("s3", "111122223333", "eu-west-1", "CloudTrail")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def write(cache: Cache, name: str, source: str, *numbers: int, modified: int = START) -> None:
    content = log_file(*map(line, numbers))
    item = LogObject(f"{source}://{name}", source, len(content), modified)
    with cache.connection() as connection:
        Writer(cache, connection).write(decode([(item, content)]))


def drop(cache: Cache, cutoff: int) -> Dropped:
    with cache.connection() as connection, transaction(connection):
        return retention.drop(connection, cutoff)


def second(number: int) -> int:
    """Return when the event of a number happened."""
    return START + number * SECOND


def events(cache: Cache) -> dict[str, list[str]]:
    """Return, by event, the files that hold it, the one its record is read from first."""
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        rows = reader.rows(connection, numbers)
        seen = reader.sightings_of(connection, numbers)
        return {row.id: [each.uri for each in seen[row.number]] for row in rows}


def uris(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        return [uri for (uri,) in connection.execute("SELECT uri FROM file ORDER BY id")]


def test_a_file_goes_when_its_newest_event_is_too_old(cache: Cache) -> None:
    write(cache, "old", "s3", 1, 2)
    write(cache, "both", "s3", 3, 20)
    write(cache, "new", "s3", 21)
    assert drop(cache, second(10)) == Dropped(1, 2, 0)
    assert sorted(events(cache)) == sorted(map(guid, (3, 20, 21)))
    assert uris(cache) == ["s3://both", "s3://new"]
    assert drop(cache, second(10)) == Dropped()


def test_an_event_that_a_younger_file_holds_too_stays_and_opens(cache: Cache) -> None:
    write(cache, "old", "s3", 1, 2)
    write(cache, "long", "local", 2, 20)
    write(cache, "page", "history", 2, 21)
    assert drop(cache, second(10)) == Dropped(1, 1, 0)
    assert events(cache)[guid(2)] == ["local://long", "history://page"]
    with cache.connection() as connection:
        (number,) = connection.execute("SELECT id FROM fact WHERE time = ?", (second(2),))
    assert open_record(cache, number[0]).record == line(2)


def test_files_without_events_go_by_when_they_were_delivered(cache: Cache) -> None:
    write(cache, "empty-old", "s3", modified=second(1))
    write(cache, "empty-new", "s3", modified=second(11))
    assert drop(cache, second(10)) == Dropped(1, 0, 0)
    assert uris(cache) == ["s3://empty-new"]


def test_the_files_of_flagged_events_stay(cache: Cache) -> None:
    write(cache, "a", "s3", 1, 2)
    write(cache, "b", "history", 2, 3)
    write(cache, "c", "s3", 4)
    flag(cache, [2])
    assert flagged(cache) == {2}
    assert drop(cache, second(10)) == Dropped(1, 1, 2)
    assert sorted(events(cache)) == sorted(map(guid, (1, 2, 3)))
    unflag(cache, [2])
    assert drop(cache, second(10)) == Dropped(2, 3, 0)
    assert events(cache) == {}


def test_what_was_dropped_is_not_called_covered(cache: Cache) -> None:
    with cache.connection() as connection:
        covering.add(connection, [Covered(SCOPE, Span(second(0), second(20)))], 0)
    drop(cache, second(10))
    with cache.connection() as connection:
        assert covering.spans(connection, SCOPE) == [Span(second(10), second(20))]


def test_no_number_is_given_twice(cache: Cache) -> None:
    write(cache, "new", "s3", 20)
    write(cache, "old", "s3", 1, 2)
    drop(cache, second(10))
    write(cache, "again", "s3", 1, 21)
    with cache.connection() as connection:
        numbers = [number for (number,) in connection.execute("SELECT id FROM fact ORDER BY id")]
    assert numbers == [1, 4, 5]


def test_stopped_at_any_point_it_did_all_or_nothing(tmp_path: Path) -> None:
    outcomes = set()
    made = Cache(tmp_path / "made.db")
    write(made, "old", "s3", *range(8))
    write(made, "both", "local", 2, 20)
    for steps in range(50, 4_000, 150):
        cache = Cache(shutil.copyfile(made.path, tmp_path / f"{steps}.db"))
        with cache.connection() as connection:
            before = dump(connection)
            connection.set_progress_handler(lambda: 1, steps)
            try:
                with transaction(connection):
                    retention.drop(connection, second(10))
            except sqlite3.OperationalError:
                connection.set_progress_handler(None, 0)
                assert dump(connection) == before
                outcomes.add("stopped")
            else:
                connection.set_progress_handler(None, 0)
                outcomes.add("done")
        drop(cache, second(10))
        assert sorted(events(cache)) == sorted(map(guid, (2, 20)))
    assert outcomes == {"stopped", "done"}


def dump(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


Delivery = tuple[str, list[int]]
deliveries = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.lists(st.integers(0, 40), max_size=8)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(deliveries, deliveries, st.integers(0, 41), st.sampled_from((1, 4, 65_536)))
@example([("s3", [40]), ("s3", [3])], [("s3", [40])], 20, 1)  # the last facts went, none came
def test_rows_blocks_and_memory_agree_about_what_is_left(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[Delivery],
    after: list[Delivery],
    cutoff: int,
    size: int,
) -> None:
    cache = Cache(tmp_path_factory.mktemp("dropped") / "cache.db")
    following = Explorer(cache)
    files: dict[str, list[int]] = {}
    with pytest.MonkeyPatch.context() as patch, cache.connection() as connection:
        patch.setattr(blocks, "BLOCK_FACTS", size)
        writer = Writer(cache, connection)
        for part, delivered in enumerate((before, after)):
            for number, (source, numbers) in enumerate(delivered):
                name = f"{source}://{part}-{number}"
                content = log_file(*map(line, numbers))
                item = LogObject(name, source, len(content), second(max(numbers, default=0)))
                writer.write(decode([(item, content)]))
                files[name] = numbers
            following.refresh()
            assert_same(cache, following)
            if not part:
                drop(cache, second(cutoff))
                kept = {uri: held for uri, held in files.items() if max(held, default=0) >= cutoff}
                files = kept
    assert set(events(cache)) == {guid(number) for held in files.values() for number in held}
    for event, seen in events(cache).items():
        assert set(seen) == {uri for uri, held in files.items() if event in map(guid, held)}


def assert_same(cache: Cache, following: Explorer) -> None:
    fresh, from_rows = Explorer(cache), Explorer(cache)
    fresh.refresh()
    with cache.connection() as connection:
        stored = reader.count(connection)
        kept = connection.execute("SELECT * FROM block").fetchall()
        connection.execute("DELETE FROM block")
        from_rows.refresh()
        if kept:
            marks = ", ".join("?" * len(kept[0]))
            connection.executemany(f"INSERT INTO block VALUES ({marks})", kept)
    query = Query(facets=("caller", "action", "resource"))
    wanted = from_rows.answer(query)
    assert stored == wanted.answer.total
    for explorer in (following, fresh):
        found = explorer.answer(query)
        assert np.array_equal(found.numbers, wanted.numbers)
        assert found.answer == wanted.answer
