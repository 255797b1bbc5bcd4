from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.delivered import line, log_file, write
from tests.unit.vouched import insert, vouch
from tui.domain.answer import Query
from tui.domain.integrity import Mark
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.find import find
from tui.jobs.verifying.vouching import voucher
from tui.language.grammar import parse
from tui.storage import reader
from tui.storage.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Return a cache in which event 1 stands in file a, event 2 in a and b, event 3 in b."""
    cache = Cache(tmp_path / "cache.db")
    write(cache, a=log_file(line(1), line(2)))
    write(cache, b=log_file(line(2), line(3)))
    return cache


def uri(cache: Cache, number: int) -> str:
    with cache.connection() as connection:
        found = connection.execute("SELECT uri FROM file WHERE id = ?", (number,)).fetchone()
    return str(found[0])


def judge(cache: Cache, file: int, mark: Mark | None, digest: str = "valid") -> None:
    with cache.connection() as connection:
        vouch(connection, uri(cache, file), mark, digest)


def marked(cache: Cache, explorer: Explorer | None = None) -> dict[int, str | None]:
    """Return the mark of each event, after seeing that every engine gives it."""
    explorer = explorer or Explorer(cache)
    explorer.refresh()
    with cache.connection() as connection:
        rows = reader.rows(connection, [1, 2, 3])
        found = {row.number: row.integrity.mark for row in rows}
        for value in (*Mark, "none"):
            wanted = {
                n for n, mark in found.items() if mark == (None if value == "none" else value)
            }
            for text, expected in (
                (f"verified:{value}", wanted),
                (f"-verified:{value}", set(found) - wanted),
                (f"verified:{value} record:eventID", wanted),
            ):
                tree = parse(text, 0)
                assert set(find(connection, tree)) == expected, text
                assert set(explorer.decided(Query(tree)).numbers.tolist()) == expected, text
        shown = connection.execute("SELECT number, verified FROM event").fetchall()
        assert dict(shown) == found
    facet = explorer.answer(Query(facets=("verified",))).answer.facets[0]
    assert {pair.value: pair.count for pair in facet.counts} == {
        mark: list(found.values()).count(mark) for mark in found.values()
    }
    return found


def test_nothing_is_verified_before_it_was(cache: Cache) -> None:
    assert marked(cache) == {1: "no", 2: "no", 3: "no"}


def test_events_have_the_mark_of_the_file_their_record_is_read_from(cache: Cache) -> None:
    judge(cache, 1, Mark.VERIFIED)
    assert marked(cache) == {1: "yes", 2: "yes", 3: "no"}


def test_a_further_delivery_in_a_verified_file_confirms_an_event(cache: Cache) -> None:
    judge(cache, 2, Mark.VERIFIED)
    assert marked(cache) == {1: "no", 2: "yes", 3: "yes"}


def test_no_other_delivery_makes_good_a_record_read_from_an_altered_file(cache: Cache) -> None:
    judge(cache, 1, Mark.FAILED)
    judge(cache, 2, Mark.VERIFIED)
    assert marked(cache) == {1: "failed", 2: "failed", 3: "yes"}


def test_events_of_an_hour_without_a_digest_have_no_mark_unless_confirmed(cache: Cache) -> None:
    judge(cache, 1, None)
    assert marked(cache) == {1: None, 2: None, 3: "no"}
    judge(cache, 2, Mark.VERIFIED)
    assert marked(cache) == {1: None, 2: "yes", 3: "yes"}


def test_a_digest_that_is_not_valid_vouches_for_nothing_and_fails_nothing(cache: Cache) -> None:
    judge(cache, 1, Mark.VERIFIED, digest="digest-invalid-signature")
    judge(cache, 2, Mark.FAILED, digest="digest-invalid-signature")
    assert marked(cache) == {1: "no", 2: "no", 3: "no"}


def test_a_digest_without_its_signature_vouches_for_events_if_its_successor_does_for_it(
    cache: Cache,
) -> None:
    judge(cache, 1, Mark.VERIFIED, digest="digest-invalid-signature")
    explorer = Explorer(cache)
    assert marked(cache, explorer) == {1: "no", 2: "no", 3: "no"}
    with cache.connection() as connection:
        before = voucher(connection, 1)
        connection.execute("UPDATE digest SET trusted = 1")
        after = voucher(connection, 1)
    assert before is not None
    assert after is not None
    assert (before.verdict, before.chained) == ("digest-invalid-signature", False)
    assert (after.verdict, after.chained) == ("valid", True)
    assert marked(cache, explorer) == {1: "yes", 2: "yes", 3: "no"}


def test_a_log_file_that_no_digest_lists_has_failed(cache: Cache) -> None:
    with cache.connection() as connection:
        insert(connection, uri(cache, 1), None, "log-unlisted")
    assert marked(cache) == {1: "failed", 2: "failed", 3: "no"}


def test_an_explorer_follows_verdicts_though_no_event_changed(cache: Cache) -> None:
    explorer = Explorer(cache)
    assert marked(cache, explorer) == {1: "no", 2: "no", 3: "no"}
    judge(cache, 2, Mark.VERIFIED)
    assert marked(cache, explorer) == {1: "no", 2: "yes", 3: "yes"}
    with cache.connection() as connection:
        connection.execute("UPDATE digest SET verdict = 'digest-key-not-found', trusted = 0")
    assert marked(cache, explorer) == {1: "no", 2: "no", 3: "no"}
    judge(cache, 1, Mark.VERIFIED)
    assert marked(cache, explorer) == {1: "yes", 2: "yes", 3: "no"}


def test_a_copy_of_verified_bytes_on_disk_is_verified_and_one_of_altered_bytes_has_failed(
    cache: Cache,
) -> None:
    with cache.connection() as connection:
        vouch(connection, uri(cache, 1), Mark.VERIFIED)
        connection.execute("UPDATE log SET uri = 's3://bucket/a.json.gz'")
    assert marked(cache) == {1: "yes", 2: "yes", 3: "no"}
    with cache.connection() as connection:
        connection.execute("UPDATE log_bytes SET verdict = 'log-modified'")
        connection.execute("UPDATE judged SET revision = revision + 1")
        found = voucher(connection, 1)
        assert found is not None
        assert (found.log, found.verdict) == ("s3://bucket/a.json.gz", "log-modified")
    assert marked(cache) == {1: "failed", 2: "failed", 3: "no"}
    with cache.connection() as connection:
        other = insert(connection, "s3://bucket/other.json.gz", 1, "valid")
        connection.execute(
            "INSERT INTO log_bytes SELECT ?, sha256, 'valid' FROM file WHERE id = 1", (other,)
        )
        found = voucher(connection, 1)
        assert found is not None
        assert (found.log, found.verdict) == ("s3://bucket/other.json.gz", "valid")
    assert marked(cache) == {1: "yes", 2: "yes", 3: "no"}


def test_what_vouches_for_an_event_is_told_and_what_is_wrong_before_what_is_right(
    cache: Cache,
) -> None:
    with cache.connection() as connection:
        assert voucher(connection, 2) is None
        vouch(connection, uri(cache, 2), Mark.VERIFIED)
        found = voucher(connection, 2)
        assert found is not None
        assert (found.log, found.verdict) == (uri(cache, 2), "valid")
        assert found.digest == f"{uri(cache, 2)}.digest"
        vouch(connection, uri(cache, 1), Mark.FAILED)
        found = voucher(connection, 2)
        assert found is not None
        assert (found.log, found.verdict) == (uri(cache, 1), "log-modified")
        insert(connection, uri(cache, 1), None, "log-unlisted")
        found = voucher(connection, 1)
        assert found is not None
        assert (found.verdict, found.digest) == ("log-unlisted", None)


def test_a_digest_that_was_moved_is_still_what_aws_signed(cache: Cache) -> None:
    judge(cache, 1, Mark.VERIFIED, digest="digest-moved")
    assert marked(cache) == {1: "yes", 2: "yes", 3: "no"}


def test_words_are_not_looked_for_in_marks(cache: Cache) -> None:
    with cache.connection() as connection:
        assert list(find(connection, parse("no", 0))) == []
