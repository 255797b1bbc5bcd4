"""A log group is followed without a gap, with Live Tail and without."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.following import Notes
from tests.servers.history import ACCOUNT
from tests.servers.livetail import LiveTail
from tests.unit.delivered import guid, record
from tui.domain.tailing import FeedPhase
from tui.jobs.syncing.pausing import Patience
from tui.jobs.tailing.logs_feed import LogsFeed
from tui.jobs.tailing.sweeps import Rhythm, Sweeps
from tui.jobs.tailing.tail import tail
from tui.sources.aws.logs import named_group, parse_group
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

__all__ = ["aws", "loopback"]
GROUP = "cloudtrail/all"
STREAM = f"{ACCOUNT}_CloudTrail_us-east-1"
QUICK = Patience(first=0.01, longest=0.01)


def now_ms() -> int:
    return int(time.time() * 1000)


def message(number: int) -> str:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own: Mapping[str, object] = {"eventTime": moment, "recipientAccountId": ACCOUNT}
    return json.dumps({**record(number), **own})


@pytest.fixture
def put(aws: LoopbackAws) -> Callable[..., None]:
    """Write records into the log group, as a trail does."""
    assert aws.url
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)

    def write(*messages: str) -> None:
        events = [{"timestamp": now_ms(), "message": each} for each in messages]
        client.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)

    return write


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


@pytest.fixture
def live(aws: LoopbackAws) -> LiveTail:
    aws.live = LiveTail()
    return aws.live


def following(every: int = 100) -> LogsFeed:
    account = Account()
    pacer = Pacer(10_000, sleep=lambda _: None)
    rhythm = Rhythm(0.01, 0.01)
    return LogsFeed(account, named_group(account, GROUP), pacer, now_ms, rhythm, Sweeps(every))


def stored(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return sorted(row.id for row in reader.rows(connection, numbers))


def test_without_live_tail_the_group_is_asked_again_and_again(
    aws: LoopbackAws, cache: Cache, put: Callable[..., None]
) -> None:
    refused = aws.faults.add(Rule(Fault.ACCESS_DENIED, target="StartLiveTail"))
    put(message(1), message(2))
    feed = following()

    def goes_on(notes: Notes) -> bool:
        told = "without Live Tail" in notes.latest(feed.feed).note
        if told and notes.new == 2 and len(notes.batches) == 1:
            put(message(3))
        return notes.new == 3

    notes = Notes(goes_on)
    (state,) = tail(cache, [feed], notes)
    assert stored(cache) == [guid(n) for n in (1, 2, 3)]
    assert refused.spoiled == 1
    assert "without Live Tail" in state.note
    assert "logs:StartLiveTail" in state.note
    assert state.complete_to is not None
    assert sum(each.seen_again for each in notes.batches) == 0


def test_live_tail_tells_what_comes_and_what_came_before_is_asked_for(
    cache: Cache, put: Callable[..., None], live: LiveTail
) -> None:
    put(message(1))
    live.say([message(2), message(3)])
    feed = following()
    notes = Notes(lambda notes: notes.new == 3)
    began = time.monotonic()
    (state,) = tail(cache, [feed], notes)
    assert time.monotonic() - began < 10
    assert stored(cache) == [guid(n) for n in (1, 2, 3)]
    assert (state.note, state.sampled) == ("Live Tail", False)
    while live.open:
        time.sleep(0.01)


@pytest.mark.parametrize("ending", ["end", "cut"])
def test_the_gap_between_two_sessions_is_filled(
    cache: Cache,
    put: Callable[..., None],
    live: LiveTail,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.jobs.tailing.logs_feed._SHORT", 0)  # three hours are long for a test
    live.say([message(1)])
    feed = following()

    def goes_on(notes: Notes) -> bool:
        if notes.new == 1 and live.sessions == 1:
            put(message(2))
            getattr(live, ending)()
            live.say([message(3)])
        return notes.new == 3 and live.sessions == 2

    notes = Notes(goes_on)
    tail(cache, [feed], notes)
    assert stored(cache) == [guid(n) for n in (1, 2, 3)]
    assert FeedPhase.FAILED not in {state.phase for state in notes.states}


def test_what_live_tail_left_out_is_said_and_fetched(
    cache: Cache, put: Callable[..., None], live: LiveTail
) -> None:
    feed = following(every=500)
    asked: list[int | None] = []

    def goes_on(notes: Notes) -> bool:
        state = notes.latest(feed.feed)
        if state.asked and not asked and live.sessions == 1:
            asked.append(state.asked)
            put(message(1), message(2))
            live.say([message(1)], sampled=True)
        return notes.new == 2 and not state.sampled

    notes = Notes(goes_on)
    tail(cache, [feed], notes)
    assert stored(cache) == [guid(1), guid(2)]
    assert len({state.complete_to for state in notes.states if state.sampled}) == 1


def test_a_session_that_ends_at_once_is_not_opened_again_and_again(
    cache: Cache, put: Callable[..., None], live: LiveTail
) -> None:
    live.end()
    put(message(1))
    notes = Notes(lambda notes: notes.new == 1 and notes.beats > 20)
    (state,) = tail(cache, [following()], notes)
    assert live.sessions == 1
    assert "without Live Tail" in state.note


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.RESET, Fault.INTERNAL])
def test_trouble_on_the_way_loses_nothing(
    aws: LoopbackAws, cache: Cache, put: Callable[..., None], fault: Fault
) -> None:
    put(*(message(n) for n in range(20)))
    rule = aws.faults.add(Rule(fault, target="FilterLogEvents", nth=(1, 2)))
    tail(cache, [following()], Notes(lambda notes: notes.new == 20))
    assert rule.spoiled == 2


def test_a_group_that_does_not_exist_is_a_failure_with_a_reason(
    aws: LoopbackAws, cache: Cache
) -> None:
    assert aws.url
    notes = Notes(lambda notes: any(each.phase is FeedPhase.FAILED for each in notes.states))
    (state,) = tail(cache, [following()], notes, patience=QUICK)
    assert "Log group cloudtrail/all in us-east-1 could not be read" in state.problem
    assert "it does not exist there" in state.problem


def test_a_message_that_is_no_record_is_counted(cache: Cache, put: Callable[..., None]) -> None:
    put("hello", message(1), '{"odd": "\\ud800"}')
    notes = Notes(lambda notes: notes.new == 1)
    tail(cache, [following()], notes)
    assert sum(each.skipped for each in notes.batches) == 2


def test_arns_of_groups_lose_their_star() -> None:
    arn = f"arn:aws-us-gov:logs:us-gov-west-1:{ACCOUNT}:log-group:a/b-c.d"
    assert parse_group(f"{arn}:*") == parse_group(arn) == (ACCOUNT, "us-gov-west-1", "a/b-c.d", arn)
    assert parse_group("a/b-c.d") is None
