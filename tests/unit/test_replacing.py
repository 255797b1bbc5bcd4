"""The record of the source that is worth most stands for an event, whichever came first."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.delivered import guid, line, log_file
from tui.domain.answer import Query
from tui.domain.objects import LogObject
from tui.jobs.exploring.explore import Explorer
from tui.sources.decode import decode
from tui.storage import blocks, reader
from tui.storage.cache import Cache
from tui.storage.writer import Writer, Written

SOURCES = ("history", "local", "s3")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def delivered(source: str, *numbers: int, name: str = "f") -> tuple[LogObject, bytes]:
    """Return a file whose records tell by their caller which source they came from."""
    identity = {"type": "IAMUser", "userName": source}
    content = log_file(*(line(number, userIdentity=identity) for number in numbers))
    return LogObject(f"{source}://{name}", source, len(content)), content


def write(cache: Cache, *files: tuple[LogObject, bytes]) -> Written:
    with cache.connection() as connection:
        return Writer(cache, connection).write(decode(files))


def seen(cache: Cache) -> dict[str, tuple[str, list[str]]]:
    """Return, by event, the caller in its row and the sources that saw it, the first one first."""
    with cache.connection() as connection:
        rows = reader.rows(connection, range(1, reader.last_number(connection) + 1))
        return {
            row.id: (
                row.actor.caller,
                [each.source for each in reader.sightings(connection, row.number)],
            )
            for row in rows
        }


@pytest.mark.parametrize("order", list(permutations(SOURCES)))
def test_whichever_came_first_the_log_file_of_the_bucket_stands_first(
    cache: Cache, order: tuple[str, ...]
) -> None:
    for source in order:
        write(cache, delivered(source, 1, 2))
    for number in (1, 2):
        caller, sources = seen(cache)[guid(number)]
        assert (caller, sources[0], sorted(sources)) == ("s3", "s3", sorted(SOURCES))


def test_in_one_batch_the_better_record_stands_first_too(cache: Cache) -> None:
    written = write(cache, delivered("history", 1, 2), delivered("local", 3), delivered("s3", 2, 3))
    assert written == Written(3, 3, 2, 0, 0)
    assert seen(cache) == {
        guid(1): ("history", ["history"]),
        guid(2): ("s3", ["s3", "history"]),
        guid(3): ("s3", ["s3", "local"]),
    }


def test_what_is_worth_no_more_is_one_more_sighting(cache: Cache) -> None:
    write(cache, delivered("s3", 1))
    assert write(cache, delivered("s3", 1, name="g")).replaced == 0
    assert write(cache, delivered("history", 1)).replaced == 0
    assert seen(cache) == {guid(1): ("s3", ["s3", "s3", "history"])}


def test_replaced_events_are_counted_as_seen_again(cache: Cache) -> None:
    write(cache, delivered("history", 1, 2, 3))
    assert write(cache, delivered("s3", 2, 3, 4)) == Written(1, 1, 2, 0, 2)
    with cache.connection() as connection:
        assert reader.count(connection) == 4


Step = tuple[bool, str, list[int]]
steps = st.lists(
    st.tuples(st.booleans(), st.sampled_from(SOURCES), st.lists(st.integers(0, 40), max_size=12)),
    min_size=1,
    max_size=10,
)


@settings(max_examples=40)
@given(steps, st.sampled_from((1, 4, 65_536)))
def test_blocks_and_what_is_in_memory_follow_whoever_writes(
    tmp_path_factory: pytest.TempPathFactory, taken: list[Step], size: int
) -> None:
    cache = Cache(tmp_path_factory.mktemp("replaced") / "cache.db")
    following = Explorer(cache)
    following.refresh()
    with (
        pytest.MonkeyPatch.context() as patch,
        cache.connection() as one,
        cache.connection() as other,
    ):
        patch.setattr(blocks, "BLOCK_FACTS", size)
        writers = (Writer(cache, one), Writer(cache, other))
        for number, (which, source, events) in enumerate(taken):
            writers[which].write(decode([delivered(source, *events, name=f"{number}")]))
            if number % 2:
                following.refresh()
        following.refresh()
        fresh = Explorer(cache)
        fresh.refresh()
        one.execute("DELETE FROM block")
        from_rows = Explorer(cache)
        from_rows.refresh()
    query = Query(facets=("caller", "action", "ip", "resource"))
    wanted = from_rows.answer(query)
    for explorer in (following, fresh):
        found = explorer.answer(query)
        assert np.array_equal(found.numbers, wanted.numbers)
        assert found.answer == wanted.answer
