from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.delivered import Delivered, guid, line, log_file, log_text, record
from tui.errors import RecordMissing
from tui.jobs.exploring import records
from tui.jobs.exploring.records import Records, as_line, open_record, readable
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


ODD = (
    b'{ "eventID":"odd" , "eventTime":"2023-11-14T22:13:20Z","n":1.00e2,'
    b'\n "u":"\\u0041\\/\\ud83d\\ude00" }'
)


def test_records_come_back_byte_for_byte_from_every_shape(cache: Cache) -> None:
    delivered = {number: line(number) for number in range(12)}
    bodies: dict[str, bytes | OSError] = {
        "a.gz": log_file(delivered[0], delivered[1]),
        "b": log_text(ODD, delivered[2]),
        "c": b"\n".join((delivered[3], delivered[4])),
        "d": log_text(delivered[5], b"broken", delivered[6]),
        "e": b"[" + delivered[7] + b"]",
        "f": b'{"detail":' + delivered[8] + b"}",
        "g": log_file(delivered[9], line(10, eventName=None), delivered[11])[:-8]
        + bytes(8),  # its checksum is wrong
    }
    ingest(cache, Delivered(bodies))
    with cache.connection() as connection:
        numbers = [n for (n,) in connection.execute("SELECT id FROM fact ORDER BY id DESC")]
        found = {json.loads(text)["eventID"]: text for _, text in Records(connection).each(numbers)}
    assert found.pop("odd") == ODD
    assert found.pop(guid(10)) == line(10, eventName=None)
    del delivered[10]
    assert found == {guid(number): text for number, text in delivered.items()}


def test_a_record_in_a_text_comes_back_as_the_json_it_is(cache: Cache) -> None:
    text = json.dumps({"Events": [{"CloudTrailEvent": line(1).decode()}]}).encode()
    ingest(cache, Delivered({"a": text}))
    opened = open_record(cache, 1)
    assert opened.record == line(1)
    assert [each.uri for each in opened.sightings] == ["file:///logs/a"]


def test_a_record_whose_id_is_spelled_otherwise_than_it_reads_is_had(cache: Cache) -> None:
    escaped = line(1).replace(b'"eventID":"0', b'"eventID":"\\u0030')
    infinite = line(2).replace(f'"{guid(2)}"'.encode(), b"1e400")
    ingest(cache, Delivered({"a": log_text(escaped, infinite)}))
    with cache.connection() as connection:
        found = {text for _, text in Records(connection).each([1, 2])}
    assert found == {escaped, infinite}


def test_the_order_asked_for_is_kept_across_files(cache: Cache) -> None:
    ingest(cache, Delivered({str(n): log_file(*map(line, range(n, 40, 4))) for n in range(4)}))
    with cache.connection() as connection:
        wanted = [*range(40, 0, -7), *range(1, 40, 5)]
        assert [number for number, _ in Records(connection).each(wanted)] == wanted


def test_a_record_whose_file_is_not_kept_is_said_to_be_missing(cache: Cache) -> None:
    ingest(cache, Delivered({"a": log_file(line(1))}))
    with cache.connection() as connection:
        connection.execute("DELETE FROM body")
        with pytest.raises(RecordMissing, match="not kept"):
            list(Records(connection).each([1]))


def test_a_record_that_is_not_where_it_should_be_is_said_to_be_missing(cache: Cache) -> None:
    ingest(cache, Delivered({"a": log_file(line(1))}))
    with cache.connection() as connection:
        connection.execute("UPDATE fact SET ordinal = 7")
        with pytest.raises(RecordMissing, match=guid(1)):
            list(Records(connection).each([1]))


def test_one_line_changes_no_value() -> None:
    assert as_line(ODD) == ODD.replace(b"\n ", b"").replace(b" ", b"")
    pretty = json.dumps(record(1), indent=3).encode()
    assert b"\n" not in as_line(pretty)
    assert json.loads(as_line(pretty)) == record(1)


@pytest.mark.parametrize(
    "value", [b"NaN", b"1e999", b'"\\ud800"', b'"\xff\xc3"', b"[" * 9_000 + b"]" * 9_000]
)
def test_what_only_lenient_readers_take_still_is_one_line(value: bytes) -> None:
    text = b'{"eventVersion":"1",\r\n"x":' + value + b"}"
    assert len(as_line(text).splitlines()) == 1
    assert value in as_line(text)


def test_what_is_no_object_reads_as_nothing() -> None:
    assert readable(b"[1]") == {}
    assert readable(b'{"a":1}') == {"a": 1}


def test_large_files_that_take_turns_are_not_split_for_every_record(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_KEPT_BYTES", 40_000)  # less than two of these files
    ingest(cache, Delivered({str(n): log_file(*map(line, range(n, 400, 4))) for n in range(4)}))
    read: list[str] = []
    with cache.connection() as connection:
        connection.set_trace_callback(lambda query: read.append(query) if "body" in query else None)
        wanted = [first + 100 * file for first in range(1, 101) for file in range(4)]
        assert [number for number, _ in Records(connection).each(wanted)] == wanted
        ids = {json.loads(text)["eventID"] for _, text in Records(connection).each(wanted)}
    assert ids == {guid(number) for number in range(400)}
    assert len(read) < 60  # for both; it was one for each record
