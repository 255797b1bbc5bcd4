from __future__ import annotations

import gzip

import pytest

from tests.unit.signed import NOON, STREAM, log_of
from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Kind, LogVerdict
from tui.integrity import logs, member
from tui.integrity.unlisted import EARLY, LATE, Stored, unlisted

TEXT = b'{"Records": []}' * 1000
PACKED = gzip.compress(TEXT)
LOG = log_of(TEXT)


CONTENTS = {
    "as delivered": (PACKED, LogVerdict.VALID),
    "compressed again": (gzip.compress(TEXT, 1), LogVerdict.VALID),
    "gone": (None, LogVerdict.MISSING),
    "a byte more": (gzip.compress(TEXT + b" "), LogVerdict.MODIFIED),
    "emptied": (gzip.compress(b""), LogVerdict.MODIFIED),
    "no bytes": (b"", LogVerdict.INVALID_FORMAT),
    "unpacked": (TEXT, LogVerdict.INVALID_FORMAT),
    "cut short": (PACKED[:-1], LogVerdict.INVALID_FORMAT),
    "wrong checksum": (PACKED[:-8] + bytes(8), LogVerdict.INVALID_FORMAT),
    "a byte after the end": (PACKED + b"\n", LogVerdict.TRAILING_DATA),
    "a second member": (PACKED + gzip.compress(b""), LogVerdict.TRAILING_DATA),
}


@pytest.mark.parametrize(("data", "verdict"), CONTENTS.values(), ids=CONTENTS)
def test_a_log_file_is_what_its_content_says(data: bytes | None, verdict: LogVerdict) -> None:
    assert logs.check(LOG, data) is verdict


def test_a_copy_on_disk_may_be_decompressed_and_is_judged_by_its_content() -> None:
    assert logs.check(LOG, TEXT, unpacked=True) is LogVerdict.VALID
    assert logs.check(LOG, TEXT + b"x", unpacked=True) is LogVerdict.MODIFIED
    assert logs.check(LOG, PACKED, unpacked=True) is LogVerdict.VALID


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (LogVerdict.MISSING, Kind.LOG_MISSING),
        (LogVerdict.MODIFIED, Kind.LOG_MODIFIED),
        (LogVerdict.INVALID_FORMAT, Kind.LOG_INVALID_FORMAT),
        (LogVerdict.TRAILING_DATA, Kind.LOG_TRAILING_DATA),
    ],
)
def test_each_bad_verdict_is_a_finding_of_its_kind(verdict: LogVerdict, kind: Kind) -> None:
    found = logs.finding(LOG, verdict, STREAM, (NOON - HOUR, NOON))
    assert (found.kind, found.object, found.start, found.end) == (
        kind,
        LOG.uri,
        NOON - HOUR,
        NOON,
    )
    assert logs.finding(LOG, verdict, STREAM, (0, 1), "/copies/a.gz").object == "/copies/a.gz"


def test_content_larger_than_a_step_is_hashed_whole_and_a_bomb_is_not() -> None:
    large = b"0123456789abcdef" * (3 << 16)
    assert member.content(gzip.compress(large)) == large
    with pytest.raises(member.NotOneMember, match="more than 1,000,000 bytes"):
        member.content_hash(gzip.compress(bytes(2_000_000)), cap=1_000_000)


HOURS = [Span(NOON - 2 * HOUR, NOON - HOUR), Span(NOON - HOUR, NOON), Span(NOON + HOUR, NOON * 2)]


def kinds(slot: int, *, named: bool = False) -> list[Kind]:
    stored = Stored("s3://b/log.json.gz", slot, slot)
    names = {stored.uri} if named else set()
    return [each.kind for each in unlisted([stored], names, HOURS, STREAM)]


def test_a_log_file_that_no_digest_of_its_hours_names_is_unlisted() -> None:
    assert kinds(NOON - HOUR) == [Kind.LOG_UNLISTED]
    assert kinds(NOON - HOUR, named=True) == []


@pytest.mark.parametrize(
    "slot",
    [
        NOON - 2 * HOUR + EARLY - 1,
        NOON - LATE + 1,
        NOON + HOUR // 2,
        NOON + HOUR,
    ],
    ids=["before the chain", "too new for the digest before the hole", "in the hole", "at its end"],
)
def test_a_log_file_is_not_expected_where_its_digest_may_be_another(slot: int) -> None:
    assert kinds(slot) == []


def test_a_log_file_at_the_edge_of_the_covered_hours_is_expected() -> None:
    assert kinds(NOON - 2 * HOUR + EARLY) == [Kind.LOG_UNLISTED]
    assert kinds(NOON - LATE) == [Kind.LOG_UNLISTED]


def test_an_unlisted_file_that_was_written_since_may_yet_be_named_by_the_next_digest() -> None:
    hours = [Span(NOON - 2 * HOUR, NOON)]
    old, new = (
        next(unlisted([Stored("s3://b/l", NOON - HOUR, modified)], (), hours, STREAM))
        for modified in (NOON - HOUR, NOON + 1)
    )
    assert "backfill" in old.detail
    assert "next digest" in new.detail
