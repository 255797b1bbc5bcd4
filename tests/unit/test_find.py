from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.unit.delivered import START, Delivered, line, log_file
from tui.jobs.exploring.decide import record_matches
from tui.jobs.exploring.find import find
from tui.jobs.ingesting.ingest import ingest
from tui.language.grammar import parse
from tui.storage.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "cache.db")
    parts = (range(30, 60), range(30), range(60, 80))
    for part, numbers in enumerate(parts):
        ingest(cache, Delivered({str(part): log_file(*map(line, numbers))}))
    return cache


def found(cache: Cache, text: str, limit: int = 0) -> list[int]:
    """Return the planted numbers of what is found."""
    with cache.connection() as connection:
        times = dict(connection.execute("SELECT id, time FROM fact").fetchall())
        tree = parse(text, START, UTC)
        return [(times[number] - START) // 1000 for number in find(connection, tree, limit)]


NEWEST_FIRST = list(range(79, -1, -1))


@pytest.mark.parametrize("limit", [0, 1, 5, 80, 81])
def test_the_newest_come_first_whatever_order_they_were_read_in(cache: Cache, limit: int) -> None:
    wanted = NEWEST_FIRST[: limit or None]
    assert found(cache, "", limit) == wanted
    assert found(cache, "requestParameters.bucketName:any", limit) == wanted
    assert found(cache, "record:bucket", limit) == wanted


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_only_records_decide_on_paths(cache: Cache, limit: int) -> None:
    expected = [n for n in NEWEST_FIRST if n % 11 == 4 and n % 3][: limit or None]
    text = "requestParameters.bucketName:bucket-4 -action:DeleteBucket"
    assert found(cache, text, limit) == expected
    assert found(cache, f"-(-({text}))", limit) == expected


def test_what_is_absent_survives_negation(cache: Cache) -> None:
    assert found(cache, "-error:AccessDenied") == NEWEST_FIRST
    assert found(cache, "-requestParameters.none:x") == NEWEST_FIRST
    assert found(cache, "error:any") == []


def test_searching_can_be_left_at_any_moment(cache: Cache) -> None:
    with cache.connection() as connection:
        stream = find(connection, parse("record:bucket", START, UTC))
        first = next(stream)
        del stream
        assert next(find(connection, parse("", START, UTC))) == first


def test_what_is_no_event_matches_nothing() -> None:
    everything = parse("", START, UTC)
    assert record_matches(everything, line(1))
    assert not record_matches(everything, b"[]")
    assert not record_matches(everything, line(1, eventTime=None))
