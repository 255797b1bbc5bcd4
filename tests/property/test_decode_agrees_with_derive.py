"""The fast way from a file to rows, held to what `derive` says of each of its records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isal import igzip

from tests.property.records import ODD_TIMES, any_record, ordinary
from tui.deriving.derive import derive
from tui.domain.batch import Batch
from tui.domain.event import Event
from tui.domain.guid import guid_text
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why
from tui.sources import envelope
from tui.sources.container import unpack
from tui.sources.decode import decode
from tui.sources.wire import untyped

Decoded: TypeAlias = dict[int, tuple[object, ...]]
"""Id, time and dimensions by ordinal."""

ITEM = LogObject("file:///logs/a.json", "local", 1)
LAST = Event._fields.index("record")


def lines(records: Iterable[object]) -> list[str]:
    return [json.dumps(record, separators=(",", ":")) for record in records]


def log_file(records: Sequence[object]) -> bytes:
    return f'{{"Records":[{",".join(lines(records))}]}}'.encode()


def as_event(batch: Batch, position: int) -> tuple[object, ...]:
    key = bytes(batch.keys[16 * position : 16 * position + 16])
    event_id = batch.odd_ids.get(position) or guid_text(key)
    return event_id, batch.time[position], *batch.of(position)


def decoded(content: bytes) -> tuple[Decoded, tuple[Skipped, ...]]:
    batch = decode([(ITEM, content)])
    (file,) = batch.files
    events = {batch.ordinal[i]: as_event(batch, i) for i in range(len(batch))}
    assert len(events) == len(batch) == file.events
    assert set(batch.file) <= {0}
    return events, file.skipped


def read_alone(piece: bytes) -> Event | Skipped:
    record = untyped(piece)
    return record if isinstance(record, Skipped) else derive(record)


def expected(pieces: Sequence[bytes | Skipped]) -> tuple[Decoded, tuple[Skipped, ...]]:
    read = [read_alone(each) if isinstance(each, bytes) else each for each in pieces]
    events: Decoded = {i: tuple(e[:LAST]) for i, e in enumerate(read) if isinstance(e, Event)}
    skipped = [s._replace(ordinal=i) for i, s in enumerate(read) if isinstance(s, Skipped)]
    return events, tuple(skipped)


def in_order(skipped: Sequence[Skipped]) -> list[Skipped]:
    return sorted(skipped, key=lambda skip: skip.ordinal or 0)


def has_id(record: dict[str, object]) -> bool:
    """Return whether nothing but a record can be meant, so that it is not unwrapped."""
    return isinstance(record.get("eventID"), str) and record["eventID"] != ""


def encodable(record: object) -> bool:
    """Return whether standard JSON can hold it: no lone surrogate, no number out of range."""
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


RECORDS = st.lists(ordinary() | any_record().filter(has_id), max_size=5)
STANDARD = st.lists((ordinary() | any_record().filter(has_id)).filter(encodable), max_size=5)


@settings(max_examples=150)
@given(STANDARD)
def test_a_log_file_gives_the_events_of_its_records(records: list[dict[str, object]]) -> None:
    events, skipped = decoded(log_file(records))
    if not records:
        return
    wanted, reasons = expected([line.encode() for line in lines(records)])
    assert events == wanted
    assert in_order(skipped) == in_order(reasons)


@settings(max_examples=100)
@given(st.lists(any_record(), min_size=1, max_size=5), st.booleans())
def test_records_are_found_again_by_their_ordinals_whatever_they_hold(
    records: list[dict[str, object]], by_line: bool
) -> None:
    content = "\n".join(lines(records)).encode() if by_line else log_file(records)
    events, skipped = decoded(content)
    pieces = list(envelope.records(unpack(content).text))
    wanted, reasons = expected(pieces)
    assert events == wanted
    assert in_order(skipped) == in_order(reasons)
    assert len(events) + len(skipped) == len(pieces)


LENIENT = ("1e999", "NaN", r'"\ud800"', "1" + "0" * 400)
"""What Python reads as JSON and stricter readers do not."""


@settings(max_examples=60)
@given(
    st.lists(ordinary(), min_size=1, max_size=3),
    st.sampled_from(("x", "userIdentity", "requestParameters", "resources")),
    st.sampled_from(LENIENT),
    st.booleans(),
)
def test_what_only_lenient_readers_take_is_not_lost(
    records: list[dict[str, object]], name: str, value: str, first: bool
) -> None:
    version = {"eventVersion": "1.11"}
    written = lines(version | record for record in records)
    (hostile,) = lines([version | records[0] | {"eventID": "hostile"}])
    written.insert(
        0 if first else len(written), f'{hostile[:-1]},"{name}":{{"userName":{value}}}}}'
    )
    wanted, _ = expected([line.encode() for line in written])
    assert len(wanted) == len(written)
    assert decoded(f'{{"Records":[{",".join(written)}]}}'.encode()) == (wanted, ())
    assert decoded("\n".join(written).encode()) == (wanted, ())


@settings(max_examples=60)
@given(st.lists(ordinary(), min_size=1, max_size=3), st.data())
def test_bytes_that_are_no_utf8_cost_no_record(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    content = bytearray(log_file(records))
    letters = [at for at, byte in enumerate(content) if chr(byte).isalpha() and at > 12]
    for at in data.draw(st.lists(st.sampled_from(letters), max_size=3)):
        content[at] = data.draw(st.sampled_from((0xFF, 0xC3, 0x80)))
    events, skipped = decoded(bytes(content))
    wanted, reasons = expected(list(envelope.records(bytes(content))))
    assert events == wanted
    assert in_order(skipped) == in_order(reasons)


@settings(max_examples=60)
@given(st.lists(st.tuples(ordinary(), st.sampled_from(ODD_TIMES)), min_size=1, max_size=3))
def test_times_are_read_alike(drawn: list[tuple[dict[str, object], str]]) -> None:
    records = [record | {"eventTime": time} for record, time in drawn]
    events, skipped = decoded(log_file(records))
    wanted, reasons = expected([line.encode() for line in lines(records)])
    assert events == wanted
    assert in_order(skipped) == in_order(reasons)


@pytest.mark.parametrize("count", [99, 100, 101, 150])
def test_the_cap_on_resources_is_the_same(count: int) -> None:
    record = {"eventTime": "2023-11-14T22:13:20Z", "eventID": "1", "recipientAccountId": "1"}
    listed = [{"ARN": f"a{number}"} for number in range(count)]
    content = log_file([record | {"resources": listed}])
    assert decoded(content) == expected(
        lines([record | {"resources": listed}])[0].encode().split(b"\n")
    )


def eventbridge(line: str) -> str:
    return f'{{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{line}}}'


def sns(text: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "1", "Message": text})


def each(name: str, written: Sequence[str], rest: dict[str, object]) -> list[dict[str, object]]:
    return [{**rest, name: line} for line in written]


WRAPS: dict[str, Callable[[list[str]], str]] = {
    "log file": lambda written: f'{{"Records":[{",".join(written)}]}}',
    "pretty log file": lambda written: json.dumps(
        {"Records": [json.loads(line) for line in written]}, indent=2
    ),
    "byte order mark": lambda written: f'\ufeff{{"Records":[{",".join(written)}]}}',
    "JSON lines": lambda written: "\n".join(written) + "\n",
    "JSON lines of Windows": lambda written: "\r\n".join(written) + "\r\n",
    "one after the other": lambda written: "\n".join(
        json.dumps(json.loads(line), indent=1) for line in written
    ),
    "list": lambda written: f"[{','.join(written)}]",
    "log file of log files": lambda written: log_file(
        [{"Records": [json.loads(line)]} for line in written]
    ).decode(),
    "LookupEvents": lambda written: json.dumps(
        {"Events": each("CloudTrailEvent", written, {"EventId": "1", "EventName": "x"})}
    ),
    "LookupEvents line by line": lambda written: "\n".join(
        map(json.dumps, each("CloudTrailEvent", written, {"EventId": "1", "EventName": "x"}))
    ),
    "FilterLogEvents": lambda written: json.dumps(
        {"events": each("message", written, {"logStreamName": "a", "timestamp": 1})}
    ),
    "CloudWatch subscription": lambda written: json.dumps(
        {"messageType": "DATA_MESSAGE", "logEvents": each("message", written, {"id": "1"})}
    ),
    "EventBridge": lambda written: "\n".join(map(eventbridge, written)),
    "ReceiveMessage": lambda written: json.dumps(
        {"Messages": each("Body", list(map(eventbridge, written)), {"MessageId": "1"})}
    ),
    "SQS in Lambda": lambda written: json.dumps(
        {"Records": each("body", list(map(eventbridge, written)), {"messageId": "1"})}
    ),
    "SQS of SNS": lambda written: json.dumps(
        {"Messages": each("Body", [sns(eventbridge(line)) for line in written], {})}
    ),
    "texts of texts": lambda written: json.dumps([json.dumps(line) for line in written]),
}


@pytest.mark.parametrize("shape", WRAPS)
@settings(max_examples=15)
@given(
    st.lists(any_record().filter(has_id).filter(encodable), min_size=1, max_size=3), st.booleans()
)
def test_every_wrapper_gives_the_same_events(
    shape: str, records: list[dict[str, object]], compressed: bool
) -> None:
    written = lines(records)
    content = WRAPS[shape](written).encode()
    events, skipped = decoded(igzip.compress(content) if compressed else content)
    wanted, reasons = expected([line.encode() for line in written])
    assert events == wanted
    assert in_order(skipped) == in_order(reasons)


def test_nothing_but_wrappers_ends_somewhere() -> None:
    text = "{}"
    for _ in range(40):
        text = sns(text)[:200_000]
        if len(text) == 200_000:
            break
    events, skipped = decoded(text.encode())
    assert not events
    assert len(skipped) == 1
    assert skipped[0].why in {Why.NOT_A_RECORD, Why.NOT_JSON}
