"""Following says how far it can be trusted, and when the user last looked."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from tui.domain.answer import Fresh
from tui.domain.latency import LATENCY, soonest
from tui.domain.tailing import Feed, FeedKind, FeedPhase, FeedState, Landed
from tui.language.grammar import parse
from tui.screens.following import wording as follow_words
from tui.screens.following.cadence import COUNTS_EVERY, Cadence
from tui.screens.following.feed_board import FeedBoard, Moment
from tui.screens.following.looks import AWAY, Looks
from tui.screens.following.mark import Mark
from tui.screens.following.pulse import Beat

NOON = 1_795_348_800_000
MINUTE = 60_000


def state(region: str = "eu-west-1", **more: Any) -> FeedState:
    standing = FeedState(Feed(FeedKind.HISTORY, "1" * 12, region), FeedPhase.FOLLOWING, heard=NOON)
    return standing._replace(**more)


def test_the_whole_is_as_far_behind_as_the_feed_that_is_most() -> None:
    states = [state(complete_to=NOON - MINUTE), state("us-east-1", complete_to=NOON - 250_000)]
    assert follow_words.standing(states, NOON) == "following, 4 m 10 s behind"
    assert follow_words.complete(states, UTC) == "complete to 11:55:50"


def test_failed_and_quiet_feeds_are_said() -> None:
    failed = state("us-east-1", phase=FeedPhase.FAILED, problem="No route. Look at the network.")
    assert follow_words.standing([failed], NOON) == "following fails: No route"
    assert "1 of 2 feeds failed: press F" in follow_words.standing([failed, state()], NOON, "F")
    quiet = state(heard=NOON - 3 * MINUTE)
    assert follow_words.standing([quiet], NOON) == "following, 1 of 1 quiet"
    assert follow_words.standing([quiet], NOON, "z") == "following, 1 of 1 quiet: press z"
    assert "quiet, heard 3 m ago" in follow_words.feed(quiet, NOON, UTC)


@pytest.mark.parametrize(
    ("beat", "said"),
    [
        (Beat(119, 3), "119/min · 3 errors"),
        (Beat(119, 1, ("ana",)), "119/min · 1 error · new: 1 caller"),
        (
            Beat(0, 0, ("ana", "bo"), ("s3 GetObject",), 2),
            "2 alerts · 0/min · 0 errors · new: 2 callers, 1 action",
        ),
    ],
)
def test_what_arrives_is_said_in_figures_and_nothing_new_is_not(beat: Beat, said: str) -> None:
    line = follow_words.line(
        beat, "complete to 11:55:50", Fresh(), Looks(Moment(NOON, 0)), UTC, "f"
    )
    assert (line.left, line.right) == (said, "complete to 11:55:50")


def test_a_feed_is_described_with_all_that_is_known() -> None:
    said = follow_words.feed(
        state(complete_to=NOON - 250_000, newest=NOON - MINUTE, sampled=True, note="A note."),
        NOON,
        UTC,
    )
    assert said == (
        "following; complete to 11:55:50, behind by 4 m 10 s; newest event 11:59:00; "
        "heard 0 s ago; sampled: some are fetched later; A note."
    )


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (MINUTE, "since 12:00:00: nothing yet, in about 4 m"),
        (6 * MINUTE, "since 12:00:00: nothing yet, by 12:15:00 as a rule"),
        (16 * MINUTE, "since 12:00:00: nothing in 16 m. Another region?"),
    ],
)
def test_a_mark_says_how_long_to_wait(gone: int, said: str) -> None:
    latency = soonest(frozenset())
    mark = Mark(NOON, "caller:me")
    assert follow_words.waiting(mark, 0, latency, NOON + gone, UTC) == said
    assert follow_words.waiting(mark, 2, latency, NOON + gone, UTC) == "since 12:00:00: 2 events"


def test_every_kind_of_feed_has_a_latency_and_the_soonest_counts() -> None:
    assert set(LATENCY) == set(FeedKind)
    both = frozenset((FeedKind.HISTORY, FeedKind.SQS))
    assert soonest(both) == LATENCY[FeedKind.SQS]


@pytest.mark.parametrize("who", ["caller:me", "caller:me OR key:AKIA1", "-service:s3 x", ""])
def test_a_mark_asks_for_what_somebody_does_from_its_second_on(who: str) -> None:
    wanted = f"({who}) time:>=2026-11-22T12:00:00Z" if who else "time:>=2026-11-22T12:00:00Z"
    assert parse(Mark(NOON + 999, who).filter, NOON) == parse(wanted, NOON)


def test_what_came_while_the_user_was_away_is_new() -> None:
    looks = Looks(Moment(0, 0))
    looks.touched(Moment(1_000, 10))
    looks.check(Moment(AWAY, 50))
    assert looks.seen == Moment(0, 0)
    looks.touched(Moment(1_000 + AWAY, 60))
    assert looks.seen == Moment(1_000, 10)
    looks.left(Moment(2_000 + AWAY, 61))
    assert looks.seen.number == 61


def test_while_the_view_is_held_nothing_is_seen_and_then_what_was_before_it() -> None:
    looks = Looks(Moment(0, 0))
    looks.hold(Moment(5, 7), held=True)
    looks.hold(Moment(6, 8), held=True)
    looks.touched(Moment(AWAY * 3, 90))
    looks.left(Moment(AWAY * 4, 95))
    assert (looks.seen, looks.held_at) == (Moment(0, 0), Moment(5, 7))
    looks.hold(Moment(AWAY * 5, 99), held=False)
    assert (looks.seen, looks.held_at) == (Moment(5, 7), None)


def test_a_redraw_is_followed_by_a_rest() -> None:
    cadence = Cadence(1.0)
    assert cadence.wait(0.0) == 0.0
    cadence.begins(0.0)
    assert cadence.wait(0.25) == 0.75
    cadence.ended(0.5, counted=True)
    assert cadence.wait(0.5) == 1.0
    assert not cadence.counts_due(0.5 + COUNTS_EVERY / 2)
    assert cadence.counts_due(0.5 + COUNTS_EVERY)
    cadence.begins(2.0)
    cadence.ended(3.0, counted=False)
    assert cadence.wait(3.0) == 2.0
    cadence.begins(10.0)
    cadence.ended(60.0, counted=False)
    assert cadence.wait(60.0) == 5.0, "one slow redraw keeps back what came since"
    cadence.hurry()
    assert cadence.wait(60.0) == 0.0


def test_the_board_knows_what_landed_since_a_moment() -> None:
    told: list[int] = []
    board = FeedBoard(lambda: told.append(1), lambda: NOON / 1000)
    assert board.now() == Moment(NOON, 0)
    board.landed(Landed(range(5, 8), (6,), 0, 0))
    board.landed(Landed(range(8, 10), (), 0, 0))
    board.landed(Landed(range(20, 22), (20,), 0, 0))
    board.landed(Landed(range(22, 22), (), 3, 0))
    assert len(told) == 3
    assert board.since(0) == [range(5, 10), range(20, 22)]
    assert board.since(8) == [range(9, 10), range(20, 22)]
    assert board.since(21) == []
    assert board.late() == [6, 20]
    assert board.now() == Moment(NOON, 21)


def test_what_a_run_tells_after_it_was_stopped_no_longer_counts() -> None:
    board = FeedBoard()
    run = board.begin()
    run.stands(state())
    run.stop()
    run.stands(state(phase=FeedPhase.STOPPED))
    assert [each.phase for each in board.states()] == [FeedPhase.FOLLOWING]
    assert run.stopped()


def test_the_divider_says_what_is_above_it_and_what_came_late() -> None:
    seen = Moment(NOON, 1)
    assert follow_words.divided(Fresh(3, 3), seen, UTC) == "3 new since 12:00:00"
    late = follow_words.divided(Fresh(4, 3), seen, UTC)
    assert late.endswith("1 more came late and stands below")
    late = follow_words.divided(Fresh(5, 3), seen, UTC)
    assert late.endswith("2 more came late and stand below")
