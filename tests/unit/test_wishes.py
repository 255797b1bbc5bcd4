"""What is synced again while the explorer is open, when, and for which time."""

from __future__ import annotations

import pytest

from tui.domain.answer import Span
from tui.domain.syncing import Wish
from tui.errors import UsageError
from tui.jobs.syncing.adding import wish_for
from tui.screens import wording
from tui.screens.syncing.board import Stage, SyncBoard
from tui.screens.syncing.wishes import Run, Wishes, minutes

HOUR, DAY = 3_600_000, 86_400_000
NOW = 1_795_348_800_000
WISH = Wish(Span(NOW - 90 * DAY, NOW), s3_window=Span(NOW - 7 * DAY, NOW), every=300.0)
TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit"


class Time:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.passed = 0.0

    def steady(self) -> float:
        return self.passed

    def wall(self) -> float:
        return NOW / 1000 + self.passed


def test_it_is_due_after_its_minutes_and_not_before() -> None:
    clock = Time()
    wishes = Wishes(WISH, clock.steady, clock.wall)
    assert not wishes.is_due()
    wishes.wait()
    clock.passed = 299.0
    assert not wishes.is_due()
    assert wishes.left == 1.0
    clock.passed = 300.0
    assert wishes.is_due()
    wishes.stop()
    assert not wishes.is_due()
    once = Wishes(WISH._replace(every=None), clock.steady, clock.wall)
    once.wait()
    assert once.left is None


def test_a_repeated_run_asks_up_to_now_and_lists_only_what_is_new() -> None:
    clock = Time()
    wishes = Wishes(WISH, clock.steady, clock.wall)
    clock.passed = 600.0
    now = NOW + 600_000
    (run,) = wishes.repeated()
    assert run.again
    assert run.wish.window == Span(NOW - 90 * DAY, now), "what is covered is not asked again"
    assert run.wish.log_files == Span(NOW - 7 * DAY, now), "they were never listed to the end"
    wishes.listed(WISH, NOW + 60_000)
    (run,) = wishes.repeated()
    assert run.wish.log_files == Span(NOW + 60_000 - HOUR, now)
    assert run.base == WISH


def test_a_source_is_added_once() -> None:
    wishes = Wishes(WISH)
    more = wish_for("s3://logs/prefix/", WISH, ())
    assert wishes.add(more) == Run(more, more)
    assert wishes.add(more) is None
    assert [run.base for run in wishes.runs()] == [WISH, more]


def test_a_place_a_trail_and_a_profile_are_told_apart() -> None:
    place = wish_for(" s3://org-logs/prefix/ ", WISH, ())
    assert (place.locations, place.history, place.s3) == (("s3://org-logs/prefix",), False, True)
    assert place.log_files == WISH.log_files
    trail = wish_for(TRAIL, WISH, ())
    assert (trail.trails, trail.regions, trail.history) == ((TRAIL,), (), False)
    narrow = wish_for(TRAIL, WISH._replace(regions=("us-east-1",)), ())
    assert narrow.regions == ("us-east-1", "eu-west-1")
    profile = wish_for("audit", WISH, ("audit",))
    assert (profile.profiles, profile.history, profile.s3) == (("audit",), True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a place in S3, the ARN of a trail, or a profile."),
        ("s3://", "is no place in S3"),
        ("s3://Not_A_Bucket", "is no name of a bucket"),
        ("https://logs", "is no place in S3"),
        ("arn:aws:s3:::logs", "is no ARN of a trail. It looks like arn:aws:cloudtrail:"),
        ("arn:aws:cloudtrail:eu-west-1:1:trail/x", "is no ARN of a trail"),
        ("audti", "Did you mean audit?"),
        ("zzz", "There are audit, prod."),
    ],
)
def test_what_is_no_source_is_told_with_what_would_be(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        wish_for(text, WISH, ("audit", "prod"))
    assert said in str(caught.value)


def test_a_profile_that_is_synced_is_no_new_source() -> None:
    with pytest.raises(UsageError, match="synced already"):
        wish_for("audit", WISH._replace(profiles=("audit",)), ("audit",))


@pytest.mark.parametrize(("seconds", "said"), [(1.0, "1 m"), (60.0, "1 m"), (240.5, "5 m")])
def test_the_time_left_is_told_in_whole_minutes(seconds: float, said: str) -> None:
    assert minutes(seconds) == said


def test_the_next_time_is_told_and_a_pause_too() -> None:
    clock = Time()
    board = SyncBoard(WISH, clock=clock.steady)
    run = board.wishes.runs()[0]
    board.begin(run)
    board.ended(run, planned=False)
    assert board.overview().stage is Stage.OFFLINE
    assert wording.syncing(board.overview()).endswith(", next in 5 m")
    clock.passed = 300.0
    assert board.is_due()
    board.hold()
    assert not board.is_due()
    assert wording.syncing(board.overview()).endswith(", paused")
    board.hold()
    again = board.wishes.repeated()[0]
    board.begin(again)
    assert board.overview().again
    assert wording.syncing(board.overview()) == "looking for new events"
    assert not board.is_due()
    board.stop()
    board.ended(again, planned=False)
    assert board.overview().left is None
