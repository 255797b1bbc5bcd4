from __future__ import annotations

import json
from time import process_time

import pytest

from tests.unit.delivered import line, log_text
from tui.domain.skipped import Skipped, Why
from tui.sources.envelope import records


def pieces(text: bytes) -> list[bytes]:
    return [piece for piece in records(text) if isinstance(piece, bytes)]


def skips(text: bytes) -> list[Skipped]:
    return [piece for piece in records(text) if isinstance(piece, Skipped)]


def test_records_come_as_their_own_bytes() -> None:
    odd = b'{ "eventID" :"1",  "x":1.0e2, "y":"\\u0041"}'
    assert list(records(b'{"Records":[' + odd + b",\n" + line(2) + b" ]}")) == [odd, line(2)]


VALUES: tuple[object, ...] = ({}, [], "{}", [1])


def test_what_has_an_event_id_is_a_record_whatever_else_it_has() -> None:
    for name in ("s3", "digestStartTime", "Records", "CloudTrailEvent", "message", "events"):
        for value in VALUES:
            written = line(1, **{name: value})
            assert list(records(written)) == [written]
            assert list(records(log_text(written))) == [written]


def test_a_log_file_is_one_whatever_stands_beside_its_records() -> None:
    for name in ("eventName", "s3", "digestStartTime", "eventID"):
        text = json.dumps({name: {}, "Records": [json.loads(line(1))]}).encode()
        assert [json.loads(piece) for piece in pieces(text)] == [json.loads(line(1))]


DAMAGED = line(2)[:40] + b'"' + line(2)[40:]


@pytest.mark.parametrize(
    "damaged", [DAMAGED, line(2)[:-1], line(2)[:50], b"\x00\xff", b"{{{", b"]]"]
)
def test_a_damaged_record_costs_itself_alone(damaged: bytes) -> None:
    found = list(records(log_text(line(1), damaged, line(3), line(4))))
    assert [each for each in found if isinstance(each, bytes)] == [line(1), line(3), line(4)]
    (skip,) = [each for each in found if isinstance(each, Skipped)]
    assert skip.why is Why.NOT_JSON
    assert found[1] is skip


@pytest.mark.parametrize("place", [0, 1, 2])
def test_damage_counts_wherever_it_stands(place: int) -> None:
    written = [line(1), line(3)]
    written.insert(place, DAMAGED)
    text = log_text(*written)
    assert pieces(text) == [line(1), line(3)]
    assert [skip.why for skip in skips(text)] == [Why.NOT_JSON]


def test_garbage_where_no_record_begins_is_counted_too() -> None:
    text = log_text(line(1), b'{"no": record, "at": all}', line(3))
    assert pieces(text) == [line(1), line(3)]
    assert [skip.why for skip in skips(text)] == [Why.NOT_JSON]


def test_a_file_cut_off_keeps_its_whole_records() -> None:
    text = log_text(line(1), line(2), line(3))
    cut = text[: text.index(line(3)) + 30]
    assert pieces(cut) == [line(1), line(2)]
    assert [skip.why for skip in skips(cut)] == [Why.NOT_JSON]


@pytest.mark.parametrize("whole", [log_text(line(1), line(2)), b"[" + line(1) + b"]"])
def test_a_file_cut_off_anywhere_says_so(whole: bytes) -> None:
    found = {length: list(records(whole[:length])) for length in range(len(whole))}
    silent = [n for n, those in found.items() if not any(isinstance(o, Skipped) for o in those)]
    assert [whole[:n] for n in silent] == []
    assert all(sum(isinstance(o, Skipped) for o in those) == 1 for those in found.values())


def test_a_damaged_line_costs_itself_alone() -> None:
    text = b"\n".join((line(1), b'{"eventID": oops', b"", b"\xff\xfe\x00", line(2)))
    assert pieces(text) == [line(1), line(2)]
    assert [(skip.why, skip.detail[:6]) for skip in skips(text)] == [
        (Why.NOT_JSON, "Line 2"),
        (Why.NOT_JSON, "Line 4"),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", Why.EMPTY),
        (b" \r\n\t", Why.EMPTY),
        (b"{}", Why.NO_RECORDS),
        (b'{"Records": {}}', Why.NO_RECORDS),
        (b'{"Records": null}', Why.NO_RECORDS),
        (b"null", Why.NO_RECORDS),
        (b"42", Why.NO_RECORDS),
        (b'"text"', Why.NO_RECORDS),
        (b"hello", Why.NOT_JSON),
        (b"<html>not found</html>", Why.NOT_JSON),
        (b"\x00" * 100, Why.NOT_JSON),
        (b"\x89PNG\r\n\x1a\n", Why.NOT_JSON),
        (b"\xff\xfe{\x00}\x00", Why.NOT_JSON),
        (b'{"version": 1}', Why.NO_RECORDS),
        (b"[1]", Why.NOT_A_RECORD),
        (b"[[[]], {}]", Why.NOT_A_RECORD),
        (b'{"Records": ["text"]}', Why.NOT_A_RECORD),
        (b'{"Records": [null]}', Why.NOT_A_RECORD),
        (b'{"digestStartTime": "x", "logFiles": []}', Why.DIGEST),
        (b'{"Records": [{"eventVersion": "2.1", "eventName": "x", "s3": {}}]}', Why.NOT_A_RECORD),
        (b"[" * 100_000, Why.NOT_JSON),
        (b'{"a":' * 100_000, Why.NOT_JSON),
        (b"[" * 500 + b"]" * 500, Why.NOT_A_RECORD),
    ],
)
def test_what_holds_no_event_is_one_reason(text: bytes, why: Why) -> None:
    assert not pieces(text)
    assert [skip.why for skip in skips(text)] == [why]


def test_an_empty_log_file_is_no_problem() -> None:
    assert list(records(b'{"Records":[]}')) == []


def test_a_reason_holds_no_byte_that_a_terminal_obeys() -> None:
    for text in (b'"\x1b[31m"', b'["\\u001b]0;x\\u0007"]', '["\u009b2J"]'.encode(), b'{"\x1b": 1}'):
        for skip in skips(text):
            assert skip.detail.isprintable()


def test_a_string_that_never_ends_is_read_once() -> None:
    for text in (
        b'{"a":"' + b'\\"' * 2_000_000,
        log_text(line(1))[:-2] + b"," + b'{"eventVersion":"' + b'\\"' * 1_000_000,
        b'{"eventVersion"' * 60_000,
        b'{"a":"' * 300_000,
    ):
        started = process_time()
        assert skips(text)
        assert process_time() - started < 10


def test_a_record_nested_beyond_reason_hides_no_neighbour() -> None:
    deep = line(2)[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    text = log_text(line(1), deep, line(3))
    assert pieces(text) == [line(1), line(3)]
    assert len(skips(text)) == 1


def test_much_space_where_a_file_is_damaged_takes_no_time() -> None:
    space = b" " * 1_600
    between = b"]}" + space + b'{"Records":' + space + b"x"
    text = b'[{"Records":[' + line(1) + between + line(2) + b"]}"
    started = process_time()
    _, first, damage, second = records(text)
    assert (first, second) == (line(1), line(2))
    assert isinstance(damage, Skipped)
    assert process_time() - started < 2  # every way to share the spaces out took half a minute
