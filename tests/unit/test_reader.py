from __future__ import annotations

import zlib
from datetime import UTC
from pathlib import Path

import pytest

from tests.unit.delivered import START, guid, line, log_file, log_text, write
from tui.deriving.derive import derive
from tui.domain.answer import Sighting
from tui.domain.event import Event, File
from tui.domain.skipped import Why
from tui.language.grammar import parse
from tui.sources.wire import untyped
from tui.storage import blocks, reader
from tui.storage.cache import Cache
from tui.storage.select import Condition, condition


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def test_a_row_is_the_event_that_derive_gives(cache: Cache) -> None:
    listed = [{"ARN": "arn:aws:s3:::b", "type": "AWS::S3::Bucket"}, {"ARN": "arn:aws:s3:::a"}]
    delivered = [line(1), line(2, resources=listed, errorCode="AccessDenied"), line(3, eventID="x")]
    write(cache, a=log_file(*delivered))
    with cache.connection() as connection:
        rows = reader.rows(connection, [3, 1, 2])
    for row, content in zip(rows, (delivered[2], delivered[0], delivered[1]), strict=True):
        record = untyped(content)
        assert isinstance(record, dict)
        event = derive(record)
        assert isinstance(event, Event)
        beside = (event.integrity, File("file:///logs/a"), event.flag)
        assert row == (row.number, *event[:9], *beside, ())


def test_rows_come_in_the_order_asked_for_without_those_that_are_not_there(cache: Cache) -> None:
    write(cache, a=log_file(*map(line, range(1_200))))
    with cache.connection() as connection:
        wanted = [*range(1_200, 0, -3), 5_000, 0]
        numbers = [row.number for row in reader.rows(connection, wanted)]
        assert numbers == wanted[:-2]
        assert [each.number for each in reader.pointers(connection, wanted)] == wanted[:-2]


@pytest.mark.parametrize("block", [4, 10, 65_536])
@pytest.mark.parametrize("text", ["", "action:DeleteBucket", "ip:203.0.113.3 -caller:user-2", "x"])
def test_a_limit_takes_the_true_newest_however_blocks_lie(
    cache: Cache, block: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_FACTS", block)
    for part, numbers in enumerate((range(40, 60), range(20), range(55, 83), range(20, 45))):
        write(
            cache,
            **{f"f{part}": log_file(*map(line, numbers), line(200 + part, eventID=str(part)))},
        )
    wanted = condition(parse(text, START, UTC))
    with cache.connection() as connection:
        everything = list(reader.numbers(connection, wanted))
        for limit in (1, 2, 3, 7, 20, 86, 100):
            assert list(reader.numbers(connection, wanted, limit)) == everything[:limit]
        assert reader.count(connection) == 87
        assert reader.last_number(connection) == 87


def test_every_place_an_event_was_seen_is_told_the_first_one_first(cache: Cache) -> None:
    first, second = log_file(line(1)), log_text(line(9), line(1))
    write(cache, a=first)
    write(cache, b=second)
    with cache.connection() as connection:
        seen = reader.sightings(connection, 1)
        assert reader.body(connection, 1) == first
        assert reader.body(connection, 2) == second
        assert reader.body(connection, 3) is None
    assert [each[:3] for each in seen] == [
        ("file:///logs/a", 0, "local"),
        ("file:///logs/b", 1, "local"),
    ]
    assert isinstance(seen[0], Sighting)


def test_plain_text_is_kept_small_and_given_back_as_it_was(cache: Cache) -> None:
    contents = [log_text(*map(line, range(50))), b"hello", b"PK\x03\x04hello", zlib.compress(b"x")]
    for number, content in enumerate(contents):
        write(cache, **{f"f{number}": content})
    with cache.connection() as connection:
        assert [reader.body(connection, n + 1) for n in range(4)] == contents
        kept = connection.execute("SELECT length(bytes) FROM body WHERE file = 1").fetchone()[0]
    assert kept < len(contents[0]) / 5


def test_what_was_skipped_is_listed_with_its_file_and_place(cache: Cache) -> None:
    write(cache, a=log_file(line(1), line(2, eventTime="[bold]x[/]\x00")), b=b"hello")
    with cache.connection() as connection:
        found = reader.skips(connection)
        assert reader.totals(connection) == (1, 2, 2)
        assert len(reader.skips(connection, 1)) == 1
    assert [(each.uri[-1], each.skipped.why, each.skipped.ordinal) for each in found] == [
        ("b", Why.NOT_JSON, 0),
        ("a", Why.NO_TIME, 1),
    ]


def test_an_empty_cache_has_answers(cache: Cache) -> None:
    with cache.connection() as connection:
        assert reader.totals(connection) == (0, 0, 0)
        assert list(reader.numbers(connection, Condition())) == []
        assert list(reader.numbers(connection, Condition(), 5)) == []
        assert reader.rows(connection, [1]) == []
        assert reader.sightings(connection, 1) == []
        assert reader.known_files(connection, 1) == {}


def test_an_id_is_found_whichever_way_it_is_stored(cache: Cache) -> None:
    write(cache, a=log_file(line(1), line(2, eventID="odd"), line(3, eventID=guid(3).upper())))
    with cache.connection() as connection:
        for text, number in ((guid(1), 1), ("odd", 2), (guid(3).upper(), 3)):
            wanted = condition(parse(f'id:="{text}"', START, UTC))
            assert reader.numbers_with_id(connection, wanted) == [number]
        wanted = condition(parse(f'id:"{guid(3)}"', START, UTC))
        assert reader.numbers_with_id(connection, wanted) == [3]
