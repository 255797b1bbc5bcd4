"""What was read is known without its address being kept, and what was too large is read again."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivered import Delivered, guid, line, log_file
from tui.domain.objects import LogObject
from tui.jobs.ingesting.ingest import ingest
from tui.sources.decode import decode
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition
from tui.storage.versions import Versions, versions
from tui.storage.writer import Writer

CAP = 1_000
MOST_BYTES = 32
"""Of memory for each known object."""

pairs = st.lists(st.tuples(st.text(max_size=5), st.none() | st.text(max_size=3)), max_size=20)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


@given(pairs, pairs, pairs)
def test_they_answer_as_a_set_does(
    read: list[tuple[str, str | None]],
    added: list[tuple[str, str | None]],
    asked: list[tuple[str, str | None]],
) -> None:
    known = Versions(read)
    known.add(LogObject(uri, "s3", 0, version=version) for uri, version in added)
    items = [LogObject(uri, "s3", 0, version=version) for uri, version in asked]
    unread = known.unread(items)
    assert [(item.uri, item.version) for item in unread] == [
        each for each in asked if each not in {*read, *added}
    ]


def test_a_hundred_thousand_objects_take_little_memory() -> None:
    objects = 100_000
    tracemalloc.start()
    known = Versions((f"s3://bucket/{'folder/' * 20}{number}", "v") for number in range(objects))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used < objects * MOST_BYTES
    assert known.unread([LogObject("s3://bucket/new", "s3", 0, version="v")])


def stored(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.id for row in reader.rows(connection, numbers)]


def test_what_was_too_large_is_read_again_once_more_is_allowed(cache: Cache) -> None:
    content = log_file(*(line(number) for number in range(50)))
    item = LogObject("s3://bucket/key", "s3", len(content), version="v")

    def read(cap: int) -> int:
        with cache.connection() as connection:
            if not versions(connection, "s3", cap).unread([item]):
                return 0
            Writer(cache, connection).write(decode([(item, content)], cap))
            return len(stored(cache))

    assert read(CAP) == 0
    with cache.connection() as connection:
        assert reader.totals(connection) == (0, 1, 1)
        assert versions(connection, "s3", CAP).unread([item]) == []
    assert read(CAP + 1) == 0
    assert read(1 << 20) == 50
    with cache.connection() as connection:
        assert reader.totals(connection) == (50, 1, 0)
        assert versions(connection, "s3", CAP).unread([item]) == []


def test_a_local_file_that_was_too_large_is_read_again_too(cache: Cache) -> None:
    source = Delivered({"a": log_file(*map(line, range(50))), "b": log_file(line(60))})
    first = ingest(cache, source, cap=CAP)
    assert (first.events, first.skipped) == (1, 1)
    assert ingest(cache, source, cap=CAP).unchanged == 2
    again = ingest(cache, source)
    assert (again.events, again.unchanged, again.skipped) == (50, 1, 0)
    assert sorted(stored(cache)) == sorted(map(guid, (*range(50), 60)))
