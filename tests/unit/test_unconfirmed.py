"""Which events are accused of never having been delivered, and which of them a filter finds."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.delivered import guid, log_text, record
from tests.unit.signed import STREAM
from tui.deriving.times import event_time
from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Kind
from tui.domain.objects import LogObject
from tui.domain.selection import UNKNOWN, Admitted, Selection, Unseen
from tui.integrity.unconfirmed import LATE, weigh
from tui.jobs.exploring.find import find
from tui.language.grammar import parse
from tui.sources.decode import decode
from tui.storage import unconfirmed
from tui.storage.cache import Cache
from tui.storage.writer import Writer

START = event_time("2026-11-20T06:34:56Z") or 0
EVERYTHING = Selection((Admitted(),), told=True, since=0)
KMS, IAM = "kms.amazonaws.com", "iam.amazonaws.com"


def hours(*numbers: int) -> list[Span]:
    return [Span(START + hour * HOUR, START + (hour + 1) * HOUR) for hour in numbers]


def at(ms: int, source: str | None = IAM, read_only: str | None = "false") -> Unseen:
    return Unseen(1, STREAM.account, STREAM.region, START + ms, source, read_only)


@pytest.mark.parametrize(
    ("known", "ms", "judged"),
    [
        ([0, 1, 2], 0, True),
        ([0, 1, 2], HOUR - 1, True),
        ([0, 1, 2], HOUR, False),
        ([0, 1], 0, False),
        ([0, 2, 3, 4], 0, False),
        ([1, 2, 3, 4], 0, False),
        ([1, 2, 3, 4], -1, False),
        ([0, 1, 3, 4, 5], 3 * HOUR, True),
    ],
)
def test_an_event_is_judged_once_all_is_known_for_two_hours_after_its_own(
    known: list[int], ms: int, *, judged: bool
) -> None:
    assert LATE == 2 * HOUR
    found = weigh([at(ms)], hours(*known), EVERYTHING, STREAM)
    assert found.lacking == ({1} if judged else set())
    assert not found.unknown | found.unselected
    assert [(each.kind, each.events) for each in found.findings] == (
        [(Kind.EVENT_UNCONFIRMED, 1)] if judged else []
    )


WRITES = Selection((Admitted(reads=False),), told=True, since=0)
NO_KMS_READS = Selection((Admitted(writes=False, excluded=(KMS,)), Admitted(reads=False)), True, 0)


@pytest.mark.parametrize(
    ("selection", "source", "read_only", "expected"),
    [
        (EVERYTHING, KMS, "true", True),
        (EVERYTHING, IAM, None, True),
        (WRITES, IAM, "false", True),
        (WRITES, IAM, "true", False),
        (WRITES, IAM, None, None),
        (WRITES._replace(told=False), IAM, "true", None),
        (NO_KMS_READS, KMS, "true", False),
        (NO_KMS_READS, KMS, "false", True),
        (NO_KMS_READS, IAM, "true", True),
        (EVERYTHING, None, "true", None),
        (EVERYTHING._replace(since=START), IAM, "true", True),
        (EVERYTHING._replace(since=START + 1), IAM, "true", None),
        (EVERYTHING._replace(since=None), IAM, "true", None),
        (Selection(told=True), IAM, "true", False),
        (UNKNOWN, IAM, "true", None),
    ],
)
def test_what_a_trail_logs_is_said_only_where_it_is_known(
    selection: Selection, source: str | None, read_only: str | None, *, expected: bool | None
) -> None:
    assert selection.logs(source, read_only, START) is expected
    found = weigh([at(0, source, read_only)], hours(0, 1, 2), selection, STREAM)
    sets = {True: found.lacking, False: found.unselected, None: found.unknown}
    assert {key: bool(value) for key, value in sets.items()} == {
        key: key is expected for key in sets
    }


EVENTS = st.lists(
    st.tuples(
        st.integers(-1, 5 * 3600), st.sampled_from([IAM, KMS]), st.sampled_from([True, False, None])
    ),
    min_size=1,
    max_size=12,
)
ADMITTED = st.builds(Admitted, st.booleans(), st.booleans(), st.sampled_from([(), (KMS,)])).filter(
    lambda each: each.reads or each.writes
)
SELECTIONS = st.builds(
    Selection,
    st.lists(ADMITTED, min_size=1, max_size=2).map(tuple),
    st.booleans(),
    st.sampled_from([0, START + HOUR + 60_000]),
)


def kept(folder: Path, some: list[tuple[int, str, bool | None]]) -> Cache:
    """Return a cache of an answer of event history."""
    cache = Cache(folder / "cache.db")
    lines = []
    for number, (second, source, read_only) in enumerate(some):
        place = {"recipientAccountId": STREAM.account, "awsRegion": STREAM.region}
        kind = {"eventCategory": "Management", "eventSource": source}
        told = {} if read_only is None else {"readOnly": read_only}
        moment = {"eventTime": unconfirmed_time(second), "eventID": guid(number)}
        lines.append(json.dumps(record(number, **place, **kind, **told, **moment)).encode())
    body = log_text(*lines)
    uri = f"history://{STREAM.account}/{STREAM.region}/management/x"
    with cache.connection() as connection:
        Writer(cache, connection).write(decode([(LogObject(uri, "history", len(body)), body)]))
    return cache


def unconfirmed_time(second: int) -> str:
    hour, rest = divmod(6 * 3600 + 34 * 60 + 56 + second, 3600)
    return f"2026-11-20T{hour:02}:{rest // 60:02}:{rest % 60:02}Z"


@given(EVENTS, SELECTIONS)
@settings(max_examples=40)
def test_the_filter_of_a_finding_finds_just_the_events_that_it_counts(
    some: list[tuple[int, str, bool | None]], selection: Selection
) -> None:
    with TemporaryDirectory() as folder, kept(Path(folder), some).connection() as connection:
        unseen = unconfirmed.unseen(connection, Span(START - HOUR, START + 9 * HOUR))
        assert len(unseen) == len(some)
        weighed = weigh(unseen, hours(0, 1, 2, 3), selection, STREAM)
        found = [set(find(connection, parse(each.object, 0))) for each in weighed.findings]
    assert [len(each) for each in found] == [each.events for each in weighed.findings]
    assert set().union(*found) == weighed.lacking


def test_an_event_that_a_log_file_or_a_copy_has_is_not_looked_for(tmp_path: Path) -> None:
    with kept(tmp_path, [(0, IAM, True), (1, IAM, True)]).connection() as connection:
        everything = Span(0, START + 9 * HOUR)
        assert [each.number for each in unconfirmed.unseen(connection, everything)] == [1, 2]
        connection.execute("UPDATE file SET source = 's3'")
        assert unconfirmed.unseen(connection, everything) == []
