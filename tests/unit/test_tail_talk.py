"""What tail says on stderr: every change in kind, once, and everything once a minute."""

from __future__ import annotations

from datetime import UTC

import pytest

from tui.cli.tail_talk import Talk, lasting
from tui.domain.tailing import SETTLES, Feed, FeedKind, FeedPhase, FeedState

NOW = 1_800_000_000_000
"""2027-01-15T08:00:00Z."""
SECOND, MINUTE = 1_000, 60_000
REGIONS = ("eu-west-1", "eu-west-2", "us-east-1", "us-east-2", "us-west-1")
STANDS = FeedState(
    Feed(FeedKind.HISTORY, "123456789012", "eu-west-1"),
    FeedPhase.FOLLOWING,
    complete_to=NOW - SETTLES,
    newest=NOW - MINUTE,
)


class Said:
    """Talk with a clock of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._talk = Talk(UTC)
        self._now = NOW

    def after(self, seconds: int, *states: FeedState) -> list[str]:
        """Return what is said when states changed and so much time passed."""
        for state in states:
            self._talk.stands(state)
        self._now += seconds * SECOND
        self._talk.say(self._now)
        return self._capsys.readouterr().err.splitlines()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


def test_how_far_it_is_complete_is_said_once_a_minute(said: Said) -> None:
    (line,) = said.after(10, STANDS)
    assert line == (
        "trailhound: history eu-west-1: complete to 07:45:00, behind by 15 m 10 s; "
        "newest event 07:59:00"
    )
    newer = STANDS._replace(complete_to=NOW - SETTLES + 20 * SECOND, newest=NOW, late=3)
    assert said.after(10, newer) == []
    assert said.after(30) == []
    (line,) = said.after(20)
    assert "complete to 07:45:20, behind by 15 m 50 s; newest event 08:00:00; 3 late" in line


def test_many_regions_of_one_kind_are_one_line_as_far_as_the_last(said: Said) -> None:
    states = [
        STANDS._replace(feed=STANDS.feed._replace(region=region), complete_to=NOW - n * MINUTE)
        for n, region in enumerate(REGIONS, 20)
    ]
    (line,) = said.after(2, *states)
    assert "history, 5 feeds: complete to 07:36:00" in line
    (line,) = said.after(2, states[1]._replace(phase=FeedPhase.FAILED, problem="It is denied."))
    assert line == "trailhound: history eu-west-2: failed: It is denied."


def test_failing_again_for_the_same_reason_is_not_news(said: Said) -> None:
    failed = STANDS._replace(phase=FeedPhase.FAILED, problem="It broke off.")
    assert len(said.after(2, failed)) == 1
    assert said.after(2, failed._replace(events=3)) == []
    assert len(said.after(2, STANDS)) == 1


def test_quiet_and_sampled_feeds_say_so(said: Said) -> None:
    (line,) = said.after(2, STANDS._replace(newest=NOW - 3 * SETTLES))
    assert "quiet, no event since 07:15:00" in line
    (line,) = said.after(2, STANDS._replace(sampled=True))
    assert "sampled" in line


def test_a_feed_that_has_not_answered_is_not_spoken_of(said: Said) -> None:
    assert said.after(2, FeedState(STANDS.feed)) == []


def test_what_others_wrote_commands_no_terminal(said: Said) -> None:
    odd = STANDS._replace(phase=FeedPhase.FAILED, problem="\x1b]0;owned\x07")
    (line,) = said.after(2, odd)
    assert "\x1b" not in line


def test_lengths_of_time() -> None:
    assert [lasting(ms) for ms in (999, 59_000, 250_000, 3_600_000, 90_061_000)] == [
        "0 s",
        "59 s",
        "4 m 10 s",
        "1 h 0 m",
        "25 h 1 m",
    ]
