from __future__ import annotations

import json
import os
from time import process_time

import pytest
from isal import igzip

from tests.unit.delivered import guid, line, log_file, log_text, record
from tui.deriving.identity import actor_of
from tui.domain.batch import Batch
from tui.domain.guid import guid_text
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why
from tui.sources.decode import Delivered, decode
from tui.sources.pieces import split


def item(name: str = "a.json.gz") -> LogObject:
    return LogObject(f"file:///logs/{name}", "local", 1)


def ids(batch: Batch) -> list[str]:
    return [
        batch.odd_ids.get(i) or guid_text(bytes(batch.keys[16 * i : 16 * i + 16]))
        for i in range(len(batch))
    ]


def read(content: bytes) -> tuple[list[str], list[tuple[Why, int | None]]]:
    batch = decode([(item(), content)])
    return ids(batch), [(skip.why, skip.ordinal) for skip in batch.files[0].skipped]


def test_every_file_is_told_of_with_its_events_in_order() -> None:
    delivered: list[Delivered] = [
        (item("a"), log_file(line(1), line(2))),
        (item("b"), "It cannot be read: gone."),
        (item("c"), b""),
        (item("d"), log_text(line(3))),
    ]
    batch = decode(delivered)
    assert [file.item.uri[-1] for file in batch.files] == ["a", "b", "c", "d"]
    assert [file.events for file in batch.files] == [2, 0, 0, 1]
    assert ids(batch) == [guid(1), guid(2), guid(3)]
    assert list(batch.file) == [0, 0, 3]
    assert list(batch.ordinal) == [0, 1, 0]
    assert batch.files[1].body is None
    assert batch.files[1].sha256 == b""
    assert batch.files[1].skipped == (Skipped(Why.UNREADABLE, "It cannot be read: gone."),)
    assert batch.files[3].body == log_text(line(3))


WHOLE = log_text(*(line(number) for number in range(400)))
NOISE = igzip.compress(os.urandom(30_000).hex().encode() + WHOLE)


def test_a_truncated_file_keeps_its_whole_records_and_says_so_once() -> None:
    content = igzip.compress(WHOLE)
    found, skipped = read(content[: len(content) * 3 // 4])
    assert found == [guid(number) for number in range(len(found))]
    assert 100 < len(found) < 400
    assert skipped == [(Why.TRUNCATED, None)]


def test_two_gzip_members_are_one_file() -> None:
    middle = WHOLE.index(line(200))
    content = igzip.compress(WHOLE[:middle]) + igzip.compress(WHOLE[middle:])
    assert read(content) == ([guid(number) for number in range(400)], [])


ONE, TWO, THREE = line(1), line(2), line(3)


@pytest.mark.parametrize(
    "text",
    [
        b'{"Records":[%s],"Records":[%s,%s]}' % (ONE, TWO, THREE),
        b' { "Records" : [%s,%s] , "R\\u0065cords" : [%s] }\n' % (ONE, TWO, THREE),
        b'{"Records":[],"Records":[%s,%s,%s],"Records":[]}' % (ONE, TWO, THREE),
        b'{"Events":[%s,%s],"Events":[{"CloudTrailEvent":%s}]}' % (ONE, TWO, THREE),
        b'{"detail":%s,"detail":%s,"detail":[%s]}' % (ONE, TWO, THREE),
        b'[{"Records":[%s],"Records":[%s]},%s]' % (ONE, TWO, THREE),
        b" [%s,%s,%s]" % (ONE, TWO, THREE),
    ],
)
def test_members_of_one_name_are_each_read(text: bytes) -> None:
    batch = decode([(item(), text)])
    assert ids(batch) == [guid(1), guid(2), guid(3)]
    assert batch.files[0].skipped == ()
    pieces = split(text)
    assert [pieces[ordinal] for ordinal in batch.ordinal] == [ONE, TWO, THREE]


def test_what_stands_beside_a_list_of_its_name_is_counted() -> None:
    text = b'{"Records":[%s],"Records":%s,"Records":null}' % (ONE, TWO)
    assert read(text) == ([guid(1)], [(Why.NOT_A_RECORD, 1), (Why.NOT_A_RECORD, 2)])
    assert read(b'{"detail":%s,"detail":7}' % ONE) == ([guid(1)], [(Why.NOT_A_RECORD, 1)])


def test_what_follows_the_gzip_data_hides_no_damage_inside() -> None:
    damaged = log_text(line(1), line(2)[:-9], line(3))
    found, skipped = read(igzip.compress(damaged) + b"signature")
    assert found == [guid(1), guid(3)]
    assert skipped == [(Why.TRAILING_DATA, None), (Why.NOT_JSON, 1)]


def test_a_bomb_is_one_reason() -> None:
    bomb = igzip.compress(log_text(line(1, userAgent="x" * 3_000_000)))
    batch = decode([(item(), bomb), (item("b"), log_file(line(2)))], cap=1_000_000)
    assert [skip.why for skip in batch.files[0].skipped] == [Why.TOO_LARGE]
    assert ids(batch) == [guid(2)]


WRONG: tuple[object, ...] = (
    None,
    "",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [[]],
    {"": {}},
    "\x00\x1b[31m",
    "[/]",
)


@pytest.mark.parametrize("name", [*record(1), "resources", "responseElements", "readOnly"])
def test_a_wrong_type_costs_at_most_its_own_record(name: str) -> None:
    odd = [json.dumps(record(5) | {name: value}).encode() for value in WRONG]
    batch = decode([(item(), log_text(line(1), *odd, line(2)))])
    (file,) = batch.files
    assert file.events + len(file.skipped) == len(WRONG) + 2
    assert {guid(1), guid(2)} <= set(ids(batch))
    if name != "eventTime":
        assert file.skipped == ()


def test_records_without_a_time_are_counted_with_their_place() -> None:
    timeless = line(2, eventTime="yesterday")
    found, skipped = read(log_text(line(1), timeless, line(3, eventTime=None), line(4)))
    assert sorted(found) == [guid(1), guid(4)]
    assert skipped == [(Why.NO_TIME, 1), (Why.NO_TIME, 2)]


def test_hostile_text_stays_what_it_is() -> None:
    for hostile in ("\x00", "\x1b]0;owned\x07", "[bold red]x[/]", "=cmd|' /C calc'!A0", "a\nb"):
        batch = decode([(item(), log_text(line(1, eventName=hostile, userAgent=hostile)))])
        assert batch.of(0)[1].action == hostile
        assert batch.of(0)[4].agent == hostile


KEY, OTHER_KEY = "ASIAEXAMPLE000000001", "ASIAEXAMPLE000000002"
PLAIN = {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/ci/build"}


@pytest.mark.parametrize(
    "identity",
    [
        PLAIN | {"accessKeyId": KEY, "sessionContext": {"attributes": {"creationDate": "a"}}},
        PLAIN | {"accessKeyId": OTHER_KEY, "sessionContext": {"attributes": {"creationDate": "b"}}},
        PLAIN | {"sessionContext": {"accessKeyId": KEY}},
        PLAIN | {"accessKeyId": KEY, "onBehalfOf": {"accessKeyId": OTHER_KEY}},
        PLAIN | {"accessKeyId": "*"},
        PLAIN | {"userName": f'"accessKeyId":"{KEY}"'},
    ],
)
def test_an_access_key_is_only_taken_from_where_it_belongs(identity: dict[str, object]) -> None:
    before = line(1, userIdentity=PLAIN | {"accessKeyId": KEY})
    batch = decode([(item(), log_text(before, line(2, userIdentity=identity)))])
    assert batch.of(1)[0] == actor_of(identity)


@pytest.mark.parametrize("text", [b"bucket-2", b"user-2", b"GetObject", b"requestParameters"])
def test_bytes_that_are_no_utf8_cost_no_record(text: bytes) -> None:
    broken = line(2).replace(text, text[:3] + b"\xff\xc3" + text[3:])
    found, skipped = read(log_text(line(1), broken, line(3)))
    assert sorted(found) == [guid(1), guid(2), guid(3)]
    assert skipped == []


def test_a_record_of_a_megabyte_is_a_record() -> None:
    huge = line(2, requestParameters={"policy": "x" * 1_000_000})
    whole = log_text(line(1), huge, line(3))
    assert read(whole) == ([guid(1), guid(2), guid(3)], [])
    assert read(whole[:-2]) == ([guid(1), guid(2), guid(3)], [(Why.NOT_JSON, 3)])


@pytest.mark.parametrize("damaged", [False, True])
def test_sixty_megabytes_in_one_file_take_seconds(damaged: bool) -> None:
    filler = "x" * 5_000
    some = [line(number, requestParameters={"policy": filler}) for number in range(11_500)]
    if damaged:
        some[7_000] = some[7_000][:-1]
    text = log_text(*some)
    assert len(text) > 60_000_000
    started = process_time()
    found, skipped = read(text)
    assert process_time() - started < 15
    assert len(found) == 11_500 - damaged
    assert skipped == [(Why.NOT_JSON, 7_000)] * damaged
