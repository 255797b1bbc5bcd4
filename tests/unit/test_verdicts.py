"""What was verified stays in the cache, and says of each cached file what its digest says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.delivered import line, log_file
from tui.domain.answer import Span
from tui.domain.digests import VALID, DigestFile, PublicKey, SavedDigest, SavedLog
from tui.domain.integrity import Finding, Kind, Stream
from tui.domain.objects import LogObject
from tui.sources.decode import decode
from tui.storage import digests, marks, verdicts
from tui.storage.cache import Cache, Connection
from tui.storage.verdicts import Place
from tui.storage.writer import Writer

STREAM = Stream("main", "us-east-1", "123456789012", "eu-west-1")
HOUR = 3_600_000
URI = "s3://logs/a.json.gz"
BODY = log_file(line(1))
SHA = hashlib.sha256(BODY).digest()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


@pytest.fixture
def connection(cache: Cache) -> Iterator[Connection]:
    with cache.connection() as opened:
        yield opened


def digest(version: str = "1", verdict: str = VALID) -> SavedDigest:
    file = DigestFile("s3://logs/d.json.gz", version, {"signature": "00ff"}, b"\x1f\x8b")
    return SavedDigest(file, STREAM, HOUR, 2 * HOUR, verdict, 5)


def log(verdict: str = VALID, *held: tuple[bytes, str]) -> SavedLog:
    return SavedLog(URI, verdict, "etag", len(BODY), 5, held)


def store(cache: Cache, connection: Connection, uri: str, source: str) -> None:
    item = LogObject(uri, source, len(BODY), version="etag")
    Writer(cache, connection).write(decode([(item, BODY)]))


def test_a_digest_and_its_altered_version_both_stay(connection: Connection) -> None:
    first = digests.add(connection, digest("1"))
    altered = digests.add(connection, digest("2", "digest-invalid-signature"))
    assert first != altered
    assert digests.add(connection, digest("1", "digest-moved")) == first
    known = [saved for _, saved in digests.saved(connection, 0, 2 * HOUR)]
    assert known == [digest("1", "digest-moved"), digest("2", "digest-invalid-signature")]
    assert digests.versions(connection, STREAM) == {
        (known[0].file.uri, "1"),
        (known[0].file.uri, "2"),
    }
    assert digests.versions(connection, STREAM._replace(backfill=True)) == set()
    assert list(digests.files(connection, [(known[0].file.uri, "2")])) == [known[1].file]


def test_keys_come_back_by_their_region(connection: Connection) -> None:
    key = PublicKey("eu-west-1", "ab", b"\x30", 1, 2)
    digests.add_keys(connection, [key, key._replace(region="us-east-1")])
    assert digests.keys(connection, "eu-west-1") == [key]


@pytest.mark.parametrize(
    ("uri", "source", "held", "expected"),
    [
        (URI, "s3", ((SHA, VALID),), "yes"),
        (URI, "s3", ((SHA, "log-modified"),), "failed"),
        (URI, "s3", ((b"other", "log-modified"), (SHA, VALID)), "yes"),
        (URI, "s3", ((b"other", "log-modified"),), "no"),
        ("file:///copy.json.gz", "local", ((SHA, VALID),), "yes"),
        ("file:///copy.json.gz", "local", ((SHA, "log-modified"),), "failed"),
        ("s3://elsewhere/a.json.gz", "s3", ((SHA, VALID),), "no"),
    ],
)
def test_a_cached_file_is_judged_by_its_own_bytes(
    cache: Cache,
    connection: Connection,
    uri: str,
    source: str,
    held: tuple[tuple[bytes, str], ...],
    expected: str,
) -> None:
    store(cache, connection, uri, source)
    number = digests.add(connection, digest()._replace(trusted=True))
    verdicts.replace_logs(connection, number, [log(VALID, *held)])
    assert marks.of_files(connection) == [(1, expected)]


def test_a_file_no_digest_names_says_so_until_one_does(
    cache: Cache, connection: Connection
) -> None:
    store(cache, connection, URI, "s3")
    verdicts.replace_unlisted(connection, [URI], [log(Kind.LOG_UNLISTED)])
    assert marks.of_files(connection) == [(1, "failed")]
    verdicts.replace_unlisted(connection, [URI], [])
    assert marks.of_files(connection) == [(1, "no")]


def test_a_new_look_replaces_what_was_found_and_keeps_judged_bytes(connection: Connection) -> None:
    number = digests.add(connection, digest())
    verdicts.replace_logs(connection, number, [log(VALID, (SHA, VALID))])
    gone = log("log-missing")._replace(version=None, size=None)
    verdicts.replace_logs(connection, number, [gone])
    assert verdicts.logs(connection, number) == [gone._replace(held=((SHA, VALID),))]
    verdicts.replace_logs(connection, number, [])
    assert verdicts.logs(connection, number) == []


def test_findings_are_replaced_within_their_time_and_chain_only(connection: Connection) -> None:
    def finding(start: int, region: str = "eu-west-1") -> Finding:
        about = (Kind.LOG_MISSING, URI, "It is gone.", "123456789012", region)
        return Finding(*about, start, start + HOUR, "main")

    here = Place("main", "123456789012", "eu-west-1")
    there = Place("main", "123456789012", "us-east-1")
    whole = Span(0, 9 * HOUR)
    verdicts.replace_findings(connection, here, whole, [finding(0), finding(4 * HOUR)], 5)
    verdicts.replace_findings(connection, there, whole, [finding(0, "us-east-1")], 5)
    verdicts.replace_findings(connection, here, Span(2 * HOUR, 9 * HOUR), [], 6)
    assert verdicts.findings(connection) == [finding(0), finding(0, "us-east-1")]
    verdicts.replace_findings(connection, here, Span(HOUR, 2 * HOUR), [], 7)
    assert finding(0) in verdicts.findings(connection)
    verdicts.replace_findings(connection, here, Span(HOUR - 1, 2 * HOUR), [], 7)
    assert finding(0) not in verdicts.findings(connection)
