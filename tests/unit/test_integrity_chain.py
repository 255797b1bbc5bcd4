from __future__ import annotations

import gzip
import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.signed import (
    BUCKET,
    NOON,
    STREAM,
    Chain,
    judged,
    key_of,
    listed,
    public_key,
    ring,
)
from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Finding, Kind, Stream
from tui.domain.spans import merged
from tui.integrity.chain import GRACE, Asked, Followed, Listed, follow
from tui.integrity.digest import Delivered, Metadata
from tui.integrity.expected import expected_uri, stamp_of
from tui.integrity.signature import KeyRing

HOURS = 8
LAST = NOON + (HOURS - 1) * HOUR
ALL = Asked(Span(NOON - HOUR, LAST), LAST)


def followed(
    delivered: Iterable[Delivered],
    asked: Asked = ALL,
    *,
    more: Iterable[Listed] = (),
    stream: Stream = STREAM,
    after: Iterable[Delivered] = (),
    keys: KeyRing | None = None,
) -> Followed:
    """Follow digests as they lie in a bucket, judged in any order; `after` are witnesses."""
    there = list(delivered)
    random.Random(len(there)).shuffle(there)
    links = [link for each in there if (link := judged(each, keys).link)]
    later = [link for each in after if (link := judged(each, keys).link)]
    every = [*(listed(each) for each in (*there, *after)), *more]
    return follow(stream, every, links, asked, later)


def told(found: Followed) -> list[tuple[Kind, str]]:
    return [(finding.kind, finding.object) for finding in found.findings]


def missing(found: Followed) -> set[str]:
    return {each.object for each in found.findings if each.kind is Kind.DIGEST_MISSING}


def place(end: int) -> str:
    return f"s3://{BUCKET}/{key_of(end)}"


def test_an_untouched_chain_has_no_findings_and_covers_its_hours() -> None:
    found = followed(Chain().hours(HOURS))
    assert found == Followed((), frozenset(), (Span(NOON - HOUR, LAST),))


@pytest.mark.parametrize(
    "gone",
    [[3], [3, 4], [2, 3, 5], [1, 2, 3, 4, 5, 6], [1], [1, 2]],
    ids=lambda gone: f"hours {gone}",
)
def test_every_missing_hour_is_found_under_its_own_name(gone: list[int]) -> None:
    made = Chain().hours(HOURS)
    there = [each for hour, each in enumerate(made) if hour not in gone]
    found = followed(there, Asked(Span(NOON, LAST), LAST))
    assert missing(found) == {made[hour].uri for hour in gone}
    assert {finding.kind for finding in found.findings} == {Kind.DIGEST_MISSING}
    spans = {(finding.start, finding.end) for finding in found.findings}
    assert spans == {(NOON + (hour - 1) * HOUR, NOON + hour * HOUR) for hour in gone}


def test_before_the_first_known_digest_only_the_one_it_names_is_known_to_be_missing() -> None:
    made = Chain().hours(HOURS)
    asked = ALL._replace(window=Span(0, LAST))
    assert missing(followed(made[3:], asked)) == {made[2].uri}


def test_what_lies_before_the_window_is_not_missed() -> None:
    made = Chain().hours(HOURS)
    asked = ALL._replace(window=Span(NOON + 2 * HOUR, LAST))
    assert followed(made[3:], asked).findings == ()


def test_hours_missing_at_the_end_of_the_window_are_found_when_the_next_digest_is_beyond_it() -> (
    None
):
    made = Chain().hours(HOURS)
    asked = Asked(Span(NOON, NOON + 4 * HOUR), LAST)
    gone = {made[3].uri, made[4].uri}
    there = [each for each in made if each.uri not in gone]
    assert missing(followed(there, asked)) == gone
    listed_only = [Listed(made[5].uri, NOON + 5 * HOUR)]
    found = followed(there[:3], asked, more=listed_only)
    assert missing(found) == gone
    assert {finding.kind for finding in found.findings} == {Kind.DIGEST_MISSING}


def test_hours_missing_after_the_window_are_not_asked_for() -> None:
    made = Chain().hours(HOURS)
    asked = Asked(Span(NOON, NOON + 2 * HOUR), LAST)
    assert missing(followed([*made[:2], *made[5:]], asked)) == {made[2].uri}


def test_a_digest_that_is_there_but_cannot_be_read_is_not_missing() -> None:
    made = Chain().hours(HOURS)
    made[3] = made[3]._replace(data=b"nothing")
    found = followed(made)
    assert found.findings == ()
    assert found.covered == (
        Span(NOON - HOUR, NOON + 2 * HOUR),
        Span(NOON + 3 * HOUR, LAST),
    )


def test_before_an_unreadable_digest_nothing_is_missed_that_nobody_names() -> None:
    made = Chain().hours(HOURS)
    made[0] = made[0]._replace(data=b"nothing")
    assert followed(made).findings == ()
    assert followed(made[:1], ALL._replace(window=Span(NOON - HOUR, NOON))).findings == ()


def test_hours_missing_beside_an_unreadable_digest_are_found() -> None:
    made = Chain().hours(HOURS)
    made[4] = made[4]._replace(data=b"nothing")
    assert missing(followed([*made[:2], *made[4:]])) == {made[2].uri, made[3].uri}


@pytest.mark.parametrize(("late", "overdue"), [(GRACE - 1, 0), (GRACE, 1), (3 * HOUR + GRACE, 4)])
def test_the_newest_hours_are_overdue_once_it_is_time(late: int, overdue: int) -> None:
    end = LAST + 10 * HOUR
    asked = Asked(Span(NOON, end), LAST + HOUR + late)
    found = followed(Chain().hours(HOURS), asked).findings
    if not overdue:
        assert found == ()
        return
    (only,) = found
    assert only.kind is Kind.DIGEST_OVERDUE
    assert only.object == place(LAST + HOUR)
    assert (only.start, only.end) == (LAST, LAST + overdue * HOUR)


def test_no_digest_is_overdue_outside_the_window_or_once_the_trail_was_stopped() -> None:
    made = Chain().hours(HOURS)
    much_later = LAST + 100 * HOUR
    assert followed(made, Asked(Span(NOON, LAST), much_later)).findings == ()
    stopped = Asked(Span(NOON, much_later), much_later, logging_until=LAST + HOUR // 2)
    assert followed(made, stopped).findings == ()


def test_a_restart_leaves_a_gap_that_nothing_vouches_for() -> None:
    chain = Chain()
    before = chain.hours(2)
    after = [chain.add(NOON + 6 * HOUR, fresh=True), chain.add(NOON + 7 * HOUR)]
    found = followed([*before, *after])
    assert told(found) == [(Kind.CHAIN_GAP, after[0].uri)]
    (gap,) = found.findings
    assert (gap.start, gap.end) == (NOON + HOUR, NOON + 5 * HOUR)
    assert found.covered == (
        Span(NOON - HOUR, NOON + HOUR),
        Span(NOON + 5 * HOUR, NOON + 7 * HOUR),
    )


def test_the_first_digest_of_all_is_no_gap() -> None:
    asked = ALL._replace(window=Span(0, LAST))
    assert followed(Chain().hours(HOURS), asked).findings == ()


def test_a_digest_that_was_replaced_by_another_signed_one_is_found_by_its_hash() -> None:
    chain = Chain()
    made = chain.hours(HOURS)
    forged = Chain()
    forged.hours(3)
    made[3] = forged.add(NOON + 3 * HOUR, newestEventTime="2023-11-15T12:00:00Z")
    found = told(followed(made))
    assert (Kind.DIGEST_INVALID_HASH, made[3].uri) in found
    assert (Kind.CHAIN_MISMATCH, made[4].uri) in found
    assert {uri for _, uri in found} == {made[3].uri, made[4].uri}


def test_an_altered_digest_is_told_by_its_signature_and_by_its_successors_hash() -> None:
    made = Chain().hours(HOURS)
    other = Chain()
    other.hours(3)
    made[3] = other.add(NOON + 3 * HOUR, awsAccountId="999999999999")._replace(
        metadata=made[3].metadata
    )
    assert [finding.kind for finding in judged(made[3]).findings] == [Kind.DIGEST_INVALID_SIGNATURE]
    found = followed(made)
    assert told(found) == [(Kind.DIGEST_INVALID_HASH, made[3].uri)]
    assert Span(NOON + 2 * HOUR, NOON + 3 * HOUR) not in found.covered


def test_hours_that_do_not_meet_are_a_mismatch() -> None:
    for start in (NOON + HOUR // 2, NOON - HOUR // 2):
        chain = Chain()
        made = [chain.add(NOON), chain.add(NOON + HOUR, start=start)]
        asked = ALL._replace(window=Span(NOON - HOUR, NOON + HOUR))
        assert told(followed(made, asked)) == [(Kind.CHAIN_MISMATCH, made[1].uri)]


def test_a_digest_that_no_successor_names_is_a_mismatch() -> None:
    made = Chain().hours(3)
    stray = Chain().add(NOON + HOUR // 2, start=NOON, fresh=True)
    found = told(followed([*made, stray]))
    assert (Kind.CHAIN_MISMATCH, made[1].uri) in found


def test_a_successor_vouches_for_a_digest_whose_metadata_was_not_kept() -> None:
    made = [each._replace(metadata=None) for each in Chain().hours(4)]
    found = followed(made)
    assert found.vouched == {each.uri for each in made[:-1]}
    assert found.covered == (Span(NOON - HOUR, NOON + 2 * HOUR),)
    assert [each.kind for each in found.findings] == [Kind.DIGEST_OVERDUE]


def test_a_successor_vouches_for_a_content_whose_metadata_was_removed() -> None:
    made = Chain().hours(HOURS)
    made[3] = made[3]._replace(metadata=Metadata())
    found = followed(made)
    assert found.vouched == {made[3].uri}
    assert found.findings == ()
    assert found.covered == (Span(NOON - HOUR, LAST),)


def test_a_successor_does_not_vouch_for_an_altered_copy() -> None:
    made = [each._replace(metadata=None) for each in Chain().hours(HOURS)]
    other = Chain()
    other.hours(3)
    made[3] = other.add(NOON + 3 * HOUR, newestEventTime="x")._replace(metadata=None)
    found = followed(made)
    assert set(told(found)) == {
        (Kind.DIGEST_INVALID_HASH, made[3].uri),
        (Kind.DIGEST_INVALID_SIGNATURE, made[3].uri),
    }
    assert made[3].uri not in found.vouched


def test_the_digest_after_the_window_vouches_for_the_last_one_and_is_not_judged() -> None:
    made = Chain().hours(HOURS)
    asked = Asked(Span(NOON, NOON + 4 * HOUR), LAST)
    lost = [each._replace(metadata=Metadata()) for each in made[:5]]
    witness = made[5]._replace(metadata=Metadata())
    assert made[4].uri not in followed(lost, asked).vouched
    found = followed(lost, asked, after=[witness])
    assert found.vouched == {each.uri for each in lost}
    assert found.covered == (Span(NOON - HOUR, NOON + 4 * HOUR),)
    assert found.findings == ()


def test_a_trusted_successor_vouches_for_what_is_signed_with_an_unknown_key() -> None:
    chain = Chain(number=1)
    made = chain.hours(3)
    chain.number = 0
    made += [chain.add(NOON + hour * HOUR) for hour in range(3, HOURS)]
    assert {each.kind for each in judged(made[1]).findings} == {Kind.DIGEST_KEY_NOT_FOUND}
    assert followed(made).vouched == {each.uri for each in made[:3]}
    altered = made[1]._replace(data=gzip.compress(gzip.decompress(made[1].data) + b" "))
    found = followed([made[0], altered, *made[2:]])
    assert found.vouched == {made[2].uri}
    assert told(found) == [(Kind.DIGEST_INVALID_HASH, altered.uri)]
    none = followed(made, keys=ring(public_key(2)))
    assert (none.vouched, none.covered) == (frozenset(), ())


LOST = st.sets(st.integers(0, HOURS - 2))


@given(LOST, LOST, st.sampled_from([None, Metadata()]))
@settings(max_examples=60)
def test_whatever_lost_its_signature_is_vouched_for_and_whatever_was_altered_never_is(
    lost: set[int], altered: set[int], left: Metadata | None
) -> None:
    made = Chain().hours(HOURS)
    for hour in lost | altered:
        data = made[hour].data
        if hour in altered:
            data = gzip.compress(gzip.decompress(data) + b"\n")
        made[hour] = made[hour]._replace(metadata=left, data=data)
    found = followed(made)
    assert found.vouched == {made[hour].uri for hour in lost - altered}
    told_of = {uri for kind, uri in told(found) if kind is Kind.DIGEST_INVALID_HASH}
    assert told_of == {made[hour].uri for hour in altered}
    whole = {hour for hour in range(HOURS) if hour not in altered}
    spans = [Span(NOON + (hour - 1) * HOUR, NOON + hour * HOUR) for hour in whole]
    assert found.covered == tuple(merged(spans))


def test_a_chain_that_was_copied_elsewhere_as_a_whole_still_holds_together() -> None:
    made = [
        each._replace(bucket="copies", uri=f"s3://copies/{each.key}")
        for each in Chain().hours(HOURS)
    ]
    assert followed(made).findings == ()


def test_a_chain_goes_on_in_another_bucket() -> None:
    chain = Chain()
    made = [*chain.hours(2), chain.add(NOON + 2 * HOUR, bucket="new-bucket")]
    asked = ALL._replace(window=Span(NOON - HOUR, NOON + 2 * HOUR))
    assert followed(made, asked).findings == ()
    assert missing(followed(made[2:], asked)) == {made[1].uri}


def test_backfill_digests_are_a_chain_of_their_own_without_hours() -> None:
    stream = STREAM._replace(backfill=True)
    chain = Chain(backfill=True)
    made = [chain.add(NOON + hour * HOUR) for hour in (0, 1, 6)]
    assert followed(made, stream=stream).findings == ()
    assert told(followed([made[0], made[2]], stream=stream)) == [(Kind.DIGEST_MISSING, made[1].uri)]


def test_every_finding_says_whose_and_which_hours_are_concerned() -> None:
    made = Chain().hours(HOURS)
    (only,) = followed([*made[:3], *made[4:]]).findings
    assert only == Finding(
        Kind.DIGEST_MISSING,
        made[3].uri,
        only.detail,
        STREAM.account,
        STREAM.region,
        NOON + 2 * HOUR,
        NOON + 3 * HOUR,
        STREAM.trail,
    )
    assert only.detail.endswith(".")


def test_the_place_of_a_digest_follows_from_its_siblings_across_midnight() -> None:
    later = NOON + 20 * HOUR
    assert expected_uri(place(NOON), later) == place(later)
    backfill = f"s3://{BUCKET}/{key_of(NOON, backfill=True)}"
    assert stamp_of(backfill) == NOON // 1000 * 1000
    assert expected_uri("/copies/strange.gz", later) == "/copies/strange.gz"
    assert stamp_of("/copies/strange.gz") is None
