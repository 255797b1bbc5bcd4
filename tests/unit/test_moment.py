"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tui.errors import TimeError
from tui.language.moment import (
    LATEST,
    format_moment,
    is_relative,
    parse_moment,
    parse_period,
    parse_span,
)

NOW = 1_795_183_510_000
"""2026-11-20T14:05:10Z, a Friday."""

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def ms(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("text", "iso", "length"),
    [
        ("2026-11-20", "2026-11-20T00:00Z", DAY),
        ("2026-11-20T14:05", "2026-11-20T14:05Z", MINUTE),
        ("2026-11-20 14:05", "2026-11-20T14:05Z", MINUTE),
        ("2026-11-20t14:05:10z", "2026-11-20T14:05:10Z", SECOND),
        ("2026-11-20T14:05:10.25Z", "2026-11-20T14:05:10.250Z", 1),
        ("2026-11-20T14:05:10.123456789Z", "2026-11-20T14:05:10.123Z", 1),
        ("2026-11-20T14:05+02:00", "2026-11-20T12:05Z", MINUTE),
        ("2026-11-20 14:05 -0530", "2026-11-20T19:35Z", MINUTE),
        ("now", "2026-11-20T14:05:10Z", 1),
        ("-3h", "2026-11-20T11:05:10Z", 1),
        ("3h", "2026-11-20T11:05:10Z", 1),
        ("90m", "2026-11-20T12:35:10Z", 1),
        ("2d", "2026-11-18T14:05:10Z", 1),
        ("1w", "2026-11-13T14:05:10Z", 1),
        ("-1d2h30s", "2026-11-19T12:04:40Z", 1),
        ("today", "2026-11-20T00:00Z", DAY),
        ("Today 09:30", "2026-11-20T09:30Z", MINUTE),
        ("yesterday", "2026-11-19T00:00Z", DAY),
        ("yesterday 14:00", "2026-11-19T14:00Z", MINUTE),
        ("  yesterday   14:00:01 ", "2026-11-19T14:00:01Z", SECOND),
        ("14:00", "2026-11-20T14:00Z", MINUTE),
        ("9:05", "2026-11-20T09:05Z", MINUTE),
        ("friday", "2026-11-20T00:00Z", DAY),
        ("monday", "2026-11-16T00:00Z", DAY),
        ("Sat 08:00", "2026-11-14T08:00Z", MINUTE),
    ],
)
def test_every_form_names_its_period(text: str, iso: str, length: int) -> None:
    start = ms(iso)
    assert parse_period(text, NOW) == (start, start + length)
    assert parse_moment(text, NOW, UTC) == start


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "3", "3x", "h", "+3h", "- 3h", "-3h ago", "1.5h", "2026", "2026-11",
        "2026-13-01", "2026-02-30", "2026-11-20T", "2026-11-20T25:00", "24:00", "14:60",
        "14:05:61", "14", "14:5", "2026-11-20T14:05+25:00", "2026-11-20T14:05+01:75",
        "2026-11-20x14:05", "today14:05", "yesterdayt14:00", "mo", "tod", "20261120",
        "2026-W47-5", "٣h", "14:05 Z Z", "9999-12-31", "999999w", "1969-12-31",
        "0001-01-01T00:00+01:00", "now 14:05",
    ],
)  # fmt: skip
def test_anything_else_is_an_error_that_lists_examples(text: str) -> None:
    with pytest.raises(TimeError, match=r"2026-11-20T14:05Z, .* yesterday 14:00"):
        parse_moment(text, NOW)


def test_days_are_those_of_the_zone() -> None:
    late = ms("2026-11-20T23:30Z")
    assert parse_moment("today", late, BERLIN) == ms("2026-11-21T00:00+01:00")
    assert parse_moment("today", late, NEW_YORK) == ms("2026-11-20T00:00-05:00")
    assert parse_moment("2026-07-01 12:00", late, BERLIN) == ms("2026-07-01T12:00+02:00")
    assert parse_moment("2026-07-01T12:00Z", late, BERLIN) == ms("2026-07-01T12:00Z")


def test_a_day_with_a_clock_change_has_23_or_25_hours() -> None:
    spring = parse_period("2026-03-29", NOW, BERLIN)
    autumn = parse_period("2026-10-25", NOW, BERLIN)
    assert spring.end - spring.start == 23 * HOUR
    assert autumn.end - autumn.start == 25 * HOUR


def test_a_skipped_hour_moves_on_and_a_repeated_one_is_the_first() -> None:
    assert parse_moment("2026-03-29 02:30", NOW, BERLIN) == ms("2026-03-29T01:30Z")
    assert parse_moment("2026-10-25 02:30", NOW, BERLIN) == ms("2026-10-25T00:30Z")


def test_only_what_counts_from_now_is_relative() -> None:
    assert [is_relative(text) for text in ("now", "-3H", "1d12h", "today", "14:05")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_range_takes_any_two_forms_and_may_be_open() -> None:
    assert parse_span("-3h", "now", NOW) == (NOW - 3 * HOUR, NOW)
    assert parse_span("yesterday", "today", NOW, BERLIN) == (
        ms("2026-11-19T00:00+01:00"),
        ms("2026-11-20T00:00+01:00"),
    )
    assert parse_span("-3h", None, NOW) == (NOW - 3 * HOUR, LATEST)
    assert parse_span(None, "today", NOW) == (0, ms("2026-11-20T00:00Z"))
    assert parse_span(None, None, NOW) == (0, LATEST)


@pytest.mark.parametrize(("since", "until"), [("now", "-3h"), ("today", "today")])
def test_a_range_that_holds_no_moment_is_an_error(since: str, until: str) -> None:
    with pytest.raises(TimeError, match=r"begins at 2026-11-20T.* earlier time first"):
        parse_span(since, until, NOW)


def test_times_are_written_as_they_are_read() -> None:
    assert format_moment(NOW) == "2026-11-20T14:05:10Z"
    assert format_moment(NOW + 5) == "2026-11-20T14:05:10.005Z"
    assert parse_moment(format_moment(LATEST), NOW) == LATEST
