from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.signed import NOON, STREAM, Chain, judged
from tui.domain.answer import Span
from tui.domain.digests import DigestFile, SavedDigest, SavedLog
from tui.domain.hours import Hour
from tui.domain.integrity import HOUR, Finding, HourState, Kind
from tui.jobs.verifying.hours import log_files, strips
from tui.storage import digests, verdicts
from tui.storage.cache import Cache
from tui.storage.verdicts import Place

NOW = NOON + 6 * HOUR
FIRST = (NOON - HOUR) // HOUR


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def keep(cache: Cache, logs: list[list[str]], verdict: str = "valid") -> None:
    """Keep a chain of digests; each names its logs, with the verdicts that are known of them."""
    chain = Chain()
    with cache.connection() as connection:
        for hour, known in enumerate(logs):
            end = NOON + hour * HOUR
            names = {f"log-{hour}-{number}": b"{}" for number in range(len(known))}
            made = chain.add(end, logs=names)
            file = DigestFile(made.uri, "1", {}, made.data)
            saved = SavedDigest(file, STREAM, end - HOUR, end, verdict, 5)
            number = digests.add(connection, saved)
            found = [
                SavedLog(f"s3://trail-bucket/{name}", said, "v", 9, 5)
                for name, said in zip(names, known, strict=True)
                if said
            ]
            verdicts.replace_logs(connection, number, found)


def found(cache: Cache, *findings: Finding) -> None:
    place = Place(STREAM.trail, STREAM.account, STREAM.region)
    with cache.connection() as connection:
        verdicts.replace_findings(connection, place, Span(0, NOW * 2), findings, 5)


def finding(kind: Kind, start: int, hours: int = 1, about: str = "s3://x") -> Finding:
    span = (start, start + hours * HOUR)
    return Finding(kind, about, "Why.", STREAM.account, STREAM.region, *span, STREAM.trail)


def states(cache: Cache) -> list[HourState]:
    (row,) = strips(cache, NOW)
    return [hour.state for hour in row]


def test_nothing_is_shown_where_nothing_was_verified(cache: Cache) -> None:
    assert strips(cache, NOW) == []


def test_an_hour_is_verified_once_its_digest_and_all_that_it_names_are(cache: Cache) -> None:
    keep(cache, [["valid", "valid"], [], ["valid", ""], ["valid", "log-modified"]])
    rest = [HourState.NOT_YET] * (len(states(cache)) - 4)
    assert states(cache) == [
        HourState.VERIFIED,
        HourState.VERIFIED,
        HourState.PARTIAL,
        HourState.INVALID,
        *rest,
    ]
    (row,) = strips(cache, NOW)
    assert [(hour.named, hour.valid, hour.wrong) for hour in row[:4]] == [
        (2, 2, 0),
        (0, 0, 0),
        (2, 1, 0),
        (2, 1, 1),
    ]
    assert row[0].span == Span(FIRST * HOUR, (FIRST + 1) * HOUR)
    assert row[0].covers == Span(NOON - HOUR, NOON)
    assert row[-1].span.start <= NOW < row[-1].span.end


def test_a_digest_that_is_not_valid_makes_its_hour_invalid(cache: Cache) -> None:
    keep(cache, [["valid"]], verdict=Kind.DIGEST_INVALID_SIGNATURE)
    assert states(cache)[0] is HourState.INVALID


def test_a_digest_whose_signature_was_not_kept_is_no_fault_and_no_proof(cache: Cache) -> None:
    keep(cache, [["valid"]], verdict="unsigned")
    assert states(cache)[0] is HourState.PARTIAL


def test_missing_and_overdue_hours_have_their_states_each_of_them(cache: Cache) -> None:
    keep(cache, [["valid"]])
    found(
        cache,
        finding(Kind.DIGEST_MISSING, NOON),
        finding(Kind.CHAIN_GAP, NOON + HOUR, hours=2),
        finding(Kind.DIGEST_OVERDUE, NOON + 3 * HOUR, hours=2),
    )
    assert states(cache)[:6] == [
        HourState.VERIFIED,
        HourState.GAP,
        HourState.GAP,
        HourState.GAP,
        HourState.OVERDUE,
        HourState.OVERDUE,
    ]


def test_an_unlisted_file_makes_a_verified_hour_invalid_and_is_listed_in_it(cache: Cache) -> None:
    keep(cache, [["valid"]])
    stray = "s3://trail-bucket/stray.json.gz"
    found(cache, finding(Kind.LOG_UNLISTED, NOON - HOUR // 2, about=stray))
    (row,) = strips(cache, NOW)
    assert row[0].state is HourState.INVALID
    lines = log_files(cache, row[0])
    assert [(line.uri, line.verdict, line.events) for line in lines] == [
        (stray, Kind.LOG_UNLISTED, 0),
        ("s3://trail-bucket/log-0-0", "valid", 0),
    ]


def test_of_an_altered_digest_the_version_judged_last_counts(cache: Cache) -> None:
    keep(cache, [["valid"]])
    made = Chain().add(NOON, logs={"log-0-0": b"{}"})
    assert judged(made).digest is not None
    with cache.connection() as connection:
        file = DigestFile(made.uri, "2", {}, b"altered")
        digests.add(
            connection,
            SavedDigest(file, STREAM, None, NOON, Kind.DIGEST_INVALID_FORMAT, 6),
        )
    assert states(cache)[0] is HourState.INVALID


def test_findings_of_another_place_are_not_shown_here(cache: Cache) -> None:
    keep(cache, [["valid"]])
    with cache.connection() as connection:
        elsewhere = finding(Kind.DIGEST_MISSING, NOON)._replace(region="us-west-2")
        place = Place(STREAM.trail, STREAM.account, "us-west-2")
        verdicts.replace_findings(connection, place, Span(0, NOW), [elsewhere], 5)
    assert HourState.GAP not in states(cache)


def test_strips_of_several_streams_have_the_same_hours(cache: Cache) -> None:
    keep(cache, [["valid"], ["valid"]])
    with cache.connection() as connection:
        connection.execute(
            "INSERT INTO digest SELECT NULL, uri || '2', version, size, trail, home, account, "
            "'us-west-2', backfill, start, \"end\", verdict, at, metadata, body, trusted "
            'FROM digest WHERE "end" = ?',
            (NOON,),
        )
    rows: list[list[Hour]] = strips(cache, NOW)
    assert len(rows) == 2
    assert [hour.span for hour in rows[0]] == [hour.span for hour in rows[1]]
    assert rows[1][1].state is HourState.NOT_YET
