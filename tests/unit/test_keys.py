from __future__ import annotations

import string
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sources.aws.keys import (
    DAY_MS,
    MINUTE_MS,
    Digest,
    Folder,
    Kind,
    LogKey,
    day_of,
    day_start,
    parse_day,
    parse_key,
    parse_stamp,
)

ACCOUNT = "111122223333"
ORGANIZATION = "o-exampleorgid"
BUSY = Folder("", None, ACCOUNT, Kind.EVENTS, "us-east-1")
NOON = 1_700_049_600_000
"""2023-11-15 12:00 UTC."""
LAST = 221_845_391_999_000
"""The last second in which an event can be: the end of the year 8999."""

LETTERS = string.ascii_letters + string.digits

folders = st.builds(
    Folder,
    st.sampled_from(
        ["", "logs/", "a/b/", "AWSLogs/", "o-exampleorgid/", "AWSLogs/111122223333/", "/", "\n/"]
    ),
    st.none() | st.from_regex(r"o-[a-z0-9]{10,32}", fullmatch=True),
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.sampled_from([kind for kind in Kind if kind is not Kind.DIGESTS]),
    st.sampled_from(
        ["us-east-1", "ap-southeast-12", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"]
    ),
)
minutes = st.integers(0, LAST // MINUTE_MS).map(lambda minute: minute * MINUTE_MS)
uniques = st.text(LETTERS, min_size=1, max_size=16)


@given(folders, minutes, uniques)
def test_a_built_log_key_is_read_as_what_it_was_built_from(
    folder: Folder, stamp: int, unique: str
) -> None:
    key = folder.log_key(stamp, unique)
    parsed = parse_key(key)
    assert parsed is not None
    assert parsed.folder == folder
    assert (parsed.day, parsed.stamp, parsed.digest) == (day_of(stamp), stamp, None)
    assert parsed.key() == key


trail_names = st.text(LETTERS + "._-", min_size=3, max_size=40) | st.sampled_from(
    ["a_us-east-1", "us-east-1_eu-west-1_20200101T000000Z", "t_backfill"]
)


@given(folders, st.integers(0, LAST // 1000), trail_names, st.booleans())
def test_a_built_digest_key_is_read_as_what_it_was_built_from(
    folder: Folder, second: int, trail: str, backfill: bool
) -> None:
    folder = folder._replace(kind=Kind.DIGESTS)
    digest = Digest(trail, "eu-west-1", backfill)
    key = folder.digest_key(second * 1000, digest)
    parsed = parse_key(key)
    assert parsed is not None
    assert (parsed.folder, parsed.stamp, parsed.digest) == (folder, second * 1000, digest)
    assert parsed.key() == key


@given(folders, minutes, minutes, uniques)
def test_a_marker_sorts_behind_all_earlier_slots_and_before_its_own(
    folder: Folder, mark: int, stamp: int, unique: str
) -> None:
    key = folder.log_key(stamp, unique)
    assert (key > folder.start_after(mark)) == (stamp >= mark)


@given(st.text())
def test_any_text_is_a_key_that_is_given_back_or_none(text: str) -> None:
    parsed = parse_key(text)
    assert parsed is None or parsed.key() == text


@given(st.dates(min_value=date(1970, 1, 1)))
def test_days_and_milliseconds_agree(day: date) -> None:
    assert day_of(day_start(day)) == day_of(day_start(day) + DAY_MS - 1) == day
    assert parse_day(BUSY.day_prefix(day).removeprefix(BUSY.path())[:-1]) == day


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            (
                f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/"
                f"{ACCOUNT}_CloudTrail_us-east-1_20231115T1200Z_Mu0KsOhtH1ar15ZZ.json.gz"
            ),
            (Kind.EVENTS, None, "", NOON),
        ),
        (  # the user guide's sample without an underscore, whose name is of another region
            (
                f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/"
                f"{ACCOUNT}_CloudTrail_us-east-2_20231115T1200ZoBh1zZ1qkJv9n3s.json.gz"
            ),
            (Kind.EVENTS, None, "", NOON),
        ),
        (
            (
                f"{ORGANIZATION}/AWSLogs/{ORGANIZATION}/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/"
                f"{ACCOUNT}_CloudTrail_us-east-1_20231115T1200Z_Mu0KsOhtH1ar15ZZ.json.gz"
            ),
            (Kind.EVENTS, ORGANIZATION, f"{ORGANIZATION}/", NOON),
        ),
        (
            (
                f"a/b/AWSLogs/{ACCOUNT}/CloudTrail-Insight/us-east-1/2023/11/15/"
                f"{ACCOUNT}_CloudTrail-Insight_us-east-1_20231115T1200Z_Mu0KsOhtH1ar15ZZ.json.gz"
            ),
            (Kind.INSIGHTS, None, "a/b/", NOON),
        ),
        (
            (
                f"AWSLogs/{ACCOUNT}/CloudTrail-NetworkActivity/us-gov-west-1/2023/11/15/"
                f"{ACCOUNT}_x_us-gov-west-1_20231115T1200Z_Mu0K.json"
            ),
            (Kind.NETWORK, None, "", NOON),
        ),
        (
            f"AWSLogs/{ACCOUNT}/CloudTrail-Aggregated/cn-north-1/2023/11/15/copied by hand.json.gz",
            (Kind.AGGREGATED, None, "", None),
        ),
    ],
)
def test_every_documented_name_is_understood(
    key: str, expected: tuple[Kind, str | None, str, int | None]
) -> None:
    parsed = parse_key(key)
    assert isinstance(parsed, LogKey)
    assert (parsed.kind, parsed.organization, parsed.prefix, parsed.stamp) == expected
    assert (parsed.account, parsed.day) == (ACCOUNT, date(2023, 11, 15))
    assert parsed.key() == key


NAME = f"{ACCOUNT}_CloudTrail_us-east-1_20231115T1200Z_Mu0KsOhtH1ar15ZZ.json.gz"


@pytest.mark.parametrize(
    "key",
    [
        "",
        NAME,
        f"AWSLogs/{ACCOUNT}/CloudTrail/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/02/30/{NAME}",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/more/{NAME}",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/_SUCCESS",
        f"AWSLogs/{ACCOUNT}/vpcflowlogs/us-east-1/2023/11/15/{NAME}",
        f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1/2023/11/15/{NAME}",
        f"AWSLogs/o-short/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/{NAME}",
        f"AWSLogs/11112222333/CloudTrail/us-east-1/2023/11/15/{NAME}",
        f"myAWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2023/11/15/{NAME}",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/1969/12/31/{NAME}",
        f"AWSLogs/١١١١٢٢٢٢٣٣٣٣/CloudTrail/us-east-1/2023/11/15/{NAME}",
    ],
)
def test_what_only_looks_like_a_log_file_is_none(key: str) -> None:
    assert parse_key(key) is None


def test_an_impossible_time_in_a_name_is_no_time() -> None:
    assert parse_stamp("x_20231315T9999Z_y.json.gz") is None
    assert parse_stamp("x_20231115T120000Z.json.gz") == NOON


def test_all_slots_of_a_day_sort_by_time() -> None:
    keys = [BUSY.log_key(NOON + slot * 5 * MINUTE_MS, "x") for slot in range(-144, 144)]
    assert all(one < other for one, other in pairwise(keys))
    assert len({key.rpartition("/")[0] for key in keys}) == 1
