"""The time of an event."""

from __future__ import annotations

import pytest

from tui.deriving.times import event_time
from tui.sources.canonical import times

NOON = 1_688_992_800_000
"""2023-07-10T12:40:00Z."""


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2023-07-10T12:40:00Z", NOON),
        ("20230710T124000Z", NOON),
        ("2023-07-10T12:40:00.5Z", NOON + 500),
        ("2023-07-10T12:40:00.123456789Z", NOON + 123),
        ("2023-07-10T14:40:00+02:00", NOON),
        ("2023-07-10 12:40:00.000", NOON),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_every_delivered_form_is_read(text: str, time: int) -> None:
    assert event_time(text) == time


@pytest.mark.parametrize(
    "value", ["", "2023-07-10", "yesterday", "2023-13-10T00:00:00Z", "2023-W28-1", NOON, None, {}]
)
def test_anything_else_is_no_time(value: object) -> None:
    assert event_time(value) is None


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"),
        *("9999-12-31T23:59:59Z", "0999-12-31T23:59:59Z", "9000-01-01T00:00:00Z"),
    ],
)
def test_a_time_around_which_no_range_can_be_shown_is_none(text: str) -> None:
    assert event_time(text) is None
    assert times([text.replace("+14:00", "Z").replace("-14:00", "Z")]) is None


@pytest.mark.parametrize("text", ["1000-01-01T00:00:00Z", "8999-12-31T23:59:59Z"])
def test_times_are_read_alike_up_to_the_bounds(text: str) -> None:
    found = times([text])
    assert found is not None
    assert found.tolist() == [event_time(text)]
