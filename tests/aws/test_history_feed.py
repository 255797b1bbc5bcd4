"""Event history is followed without a gap, a double, or a request too many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.following import Notes
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, record
from tui.domain.coverage import Scope
from tui.domain.tailing import SETTLES, FeedPhase
from tui.jobs.syncing.pausing import Patience
from tui.jobs.tailing.feeds import Watch
from tui.jobs.tailing.history_feed import HistoryFeed
from tui.jobs.tailing.sweeps import Rhythm, Sweeps
from tui.jobs.tailing.tail import tail
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.storage import covering, reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

__all__ = ["aws", "loopback"]
REGION = "eu-west-1"
MINUTE = 60_000
NOW = 1_800_000_000_000
"""A time to stand still at, ms."""


class Time:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms


def happened(number: int, ms: int) -> Mapping[str, object]:
    stamp = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**record(number), "eventTime": stamp, "recipientAccountId": ACCOUNT}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def feed(aws: LoopbackAws, time: Time) -> HistoryFeed:
    aws.cloudtrail.limit = None
    return HistoryFeed(Account(), ACCOUNT, REGION, Pacer(10_000), time, Rhythm(0.01, 0.01))


def stored(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.id for row in reader.rows(connection, numbers)]


def bodies(cache: Cache) -> list[bytes]:
    with cache.connection() as connection:
        files = [row[0] for row in connection.execute("SELECT id FROM file ORDER BY id")]
        return [reader.body(connection, file) or b"" for file in files]


def test_what_happens_while_following_is_handed_over_once(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed, time: Time
) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 5000) for n in range(1, 121)])

    def goes_on(notes: Notes) -> bool:
        if notes.new == 120 and time.ms == NOW and notes.latest(feed.feed).asked:
            time.ms += 1000
            aws.cloudtrail.plant([happened(500, NOW - 2000), happened(501, NOW - 1000)])
        return notes.new >= 122 and notes.beats > 8

    notes = Notes(goes_on)
    (state,) = tail(cache, [feed], notes)
    assert sorted(stored(cache)) == sorted(guid(n) for n in (*range(1, 121), 500, 501))
    assert (state.events, state.newest) == (122, NOW - 1000)
    elements = [each["EventId"] for body in bodies(cache) for each in json.loads(body)["Events"]]
    assert len(elements) == 122


def test_a_sweep_finds_what_came_late_and_marks_it(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed, time: Time
) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 1000) for n in range(1, 61)])

    def goes_on(notes: Notes) -> bool:
        if notes.new == 60 and time.ms == NOW and notes.latest(feed.feed).asked:
            aws.cloudtrail.plant([happened(700, NOW - SETTLES - MINUTE)])
            time.ms += 2 * MINUTE
        return notes.new == 61

    notes = Notes(goes_on)
    tail(cache, [feed], notes, since=NOW - 2 * SETTLES)
    assert notes.late == 1


def test_it_is_called_complete_only_up_to_what_settles_and_only_after_a_whole_sweep(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed
) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 20_000) for n in range(1, 121)])
    notes = Notes(lambda notes: bool(notes.latest(feed.feed).asked))
    (state,) = tail(cache, [feed], notes, since=NOW - 40 * MINUTE)
    assert (state.complete_to, state.behind(NOW)) == (NOW - SETTLES, SETTLES)
    before = [each for each in notes.states if each.events and not each.asked]
    assert {each.complete_to for each in before} == {None}
    with cache.connection() as connection:
        (span,) = covering.spans(connection, Scope("history", ACCOUNT, REGION, "management"))
    assert span == (NOW - 40 * MINUTE, NOW - SETTLES)


def test_between_sweeps_one_request_is_enough(aws: LoopbackAws, feed: HistoryFeed) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 1000) for n in range(1, 200)])
    arrivals = feed.arrivals(NOW - SETTLES, Watch(lambda: False, feed.now))
    while next(arrivals).asked is None:
        pass
    swept = len(aws.asked)
    assert swept == 4 + 1  # 199 events on 4 pages, and Insights
    for poll in (1, 2, 3):
        assert next(arrivals).contents == []
        assert len(aws.asked) == swept + poll
    aws.cloudtrail.plant([happened(900, NOW)])
    assert len(next(arrivals).contents) == 1
    assert len(aws.asked) == swept + 4


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.RESET, Fault.TRUNCATED, Fault.INTERNAL])
def test_trouble_on_the_way_loses_nothing(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed, fault: Fault
) -> None:
    feed._pacer = Pacer(10_000, sleep=lambda _: None)
    aws.cloudtrail.plant([happened(n, NOW - n * 1000) for n in range(1, 121)])
    rule = aws.faults.add(Rule(fault, target="LookupEvents", nth=(1, 3)))
    tail(cache, [feed], Notes(lambda notes: notes.new == 120))
    assert rule.spoiled == 2
    assert len(stored(cache)) == 120


def test_a_denied_feed_says_which_permission_is_missing(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed
) -> None:
    rule = aws.faults.add(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))
    states: list[str] = []

    def goes_on(notes: Notes) -> bool:
        states[:] = [each.problem for each in notes.states if each.phase is FeedPhase.FAILED]
        return bool(states)

    (state,) = tail(cache, [feed], Notes(goes_on), patience=Patience(first=0.01, longest=0.01))
    assert rule.spoiled
    assert state.phase is FeedPhase.FAILED
    assert "cloudtrail:LookupEvents" in states[0]
    assert state.heard is None


def test_a_long_sweep_lets_the_newest_events_through(aws: LoopbackAws, feed: HistoryFeed) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 100) for n in range(1, 3001)])
    arrivals = feed.arrivals(NOW - SETTLES, Watch(lambda: False, feed.now))
    first = next(arrivals)
    assert first.contents
    aws.cloudtrail.plant([happened(9000, NOW)])
    pages = 1
    for arrival in arrivals:
        pages += 1
        if any(guid(9000).encode() in content for _, content in arrival.contents):
            break
        assert arrival.asked is None
    assert pages < 30  # of 60


def test_sweeps_take_a_quarter_of_the_time_unless_that_leaves_too_much_for_the_next() -> None:
    sweeps = Sweeps()
    assert sweeps.due(0)
    sweeps.done(0, 100)
    assert (sweeps.due(59_999), sweeps.due(60_000)) == (False, True)
    sweeps.done(0, 100_000)
    assert (sweeps.due(399_999), sweeps.due(400_000)) == (False, True)
    sweeps.done(0, 1_000_000)
    assert (sweeps.due(1_299_999), sweeps.due(1_300_000)) == (False, True)


def test_questions_become_rarer_while_nothing_happens() -> None:
    rhythm = Rhythm(2, 10)
    waits = [rhythm.after(0) for _ in range(6)]
    assert waits == sorted(waits)
    assert waits[-1] == 10
    assert rhythm.after(1) == 2


def test_what_was_read_before_a_question_failed_is_not_forgotten(
    aws: LoopbackAws, cache: Cache, feed: HistoryFeed, time: Time
) -> None:
    aws.cloudtrail.plant([happened(n, NOW - n * 1000) for n in range(1, 11)])
    rules: list[Rule] = []

    def goes_on(notes: Notes) -> bool:
        if notes.new == 10 and not rules and notes.latest(feed.feed).asked:
            rules.append(aws.faults.add(Rule(Fault.ACCESS_DENIED, target="LookupEvents", nth=())))
            time.ms += 30_000
            aws.cloudtrail.plant([happened(n, NOW + n * 100) for n in range(100, 220)])
            rules[0].nth = [rules[0].met + 2]  # in the middle of what is new
        return notes.new == 130

    notes = Notes(goes_on, seconds=10)
    tail(cache, [feed], notes, patience=Patience(first=0.01, longest=0.01))
    assert rules[0].spoiled == 1
    assert FeedPhase.FAILED in {state.phase for state in notes.states}
