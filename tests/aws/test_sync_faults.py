"""Whatever goes wrong at AWS, a sync recovers or says why, and covers nothing it does not have."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.aws import LoopbackAws
from tests.servers.clock import Clock
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.servers.planted import BUCKET, LOCATION, Planted, log_file, planted
from tests.servers.syncing import falsely_covered, stored, uncovered
from tests.unit.delivered import guid, record
from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Scope
from tui.domain.syncing import Phase, Standing, Wish
from tui.jobs.syncing.pausing import Patience
from tui.jobs.syncing.plan import plan
from tui.jobs.syncing.sync import Synced, sync
from tui.sources.aws.keys import Folder, Kind
from tui.sources.aws.pacing import Pacer, Pacers
from tui.storage import reader
from tui.storage.cache import Cache

__all__ = ["aws", "loopback"]
REGIONS = ("us-east-1", "eu-west-1")
HOUR = 3_600_000
HOURS = 40
SECOND = 1_000
"""AWS says the time no more exactly."""
NO_PATIENCE = Patience(0)
BACKOFF = "botocore.retries.standard.ExponentialBackoff.delay_amount"


@pytest.fixture
def account(aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """Some pages of events and some log files; nobody waits before asking again."""
    monkeypatch.setattr(BACKOFF, lambda *_: 0)
    monkeypatch.setattr("tui.sources.aws.s3._FIRST_PAUSE", 0.001)
    aws.cloudtrail.limit = None
    aws.quick = True
    now = int(time.time() * 1000)
    return planted(aws, REGIONS, now, history=220, files=25, hours=HOURS)


def synced(
    account: Planted, cache: Path, patience: Patience = NO_PATIENCE, progress: Watch | None = None
) -> Synced:
    window = Span(account.now - (HOURS + 1) * HOUR, account.now)
    opened = Cache(cache)
    wish = Wish(window, regions=REGIONS, locations=(LOCATION,))
    planned = plan(opened, wish, Pacers(untiring))
    assert planned.problems == []
    return sync(opened, planned.streams, progress, patience=patience)


def untiring() -> Pacer:
    """Return a pacer whose pauses take no time."""
    clock = Clock()
    return Pacer(10_000, clock=clock, sleep=clock.sleep)


def is_whole(cache: Path, account: Planted) -> bool:
    window = Span(account.now - HOURS * HOUR, account.now - HISTORY_SETTLES - SECOND)
    assert sorted(stored(cache)) == sorted(account.ids())
    assert uncovered(cache, account, window) == []
    return True


class Watch:
    """A progress that remembers what it was told, and may do something about it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Phase, str]] = []
        self.stop = False

    def stands(self, standing: Standing) -> None:
        self.told.append((standing.scope.source, standing.phase, standing.reason))

    def cancelled(self) -> bool:
        return self.stop

    def held(self) -> bool:
        return False


PASSING = [
    Rule(Fault.INTERNAL, nth=range(3, 40, 5)),
    Rule(Fault.SLOW_DOWN, nth=range(4, 40, 6)),
    Rule(Fault.RESET, nth=range(5, 60, 7)),
    Rule(Fault.SLOW, nth=range(4, 40, 9), seconds=0.05),
    Rule(Fault.TRUNCATED, nth=range(6, 60, 5), method="GET"),
    Rule(Fault.TRUNCATED, nth=range(1, 12, 3), target="LookupEvents"),
    Rule(Fault.THROTTLED, nth=range(1, 30, 3), target="LookupEvents"),
    Rule(Fault.PAGE, nth=range(4, 60, 5), method="GET"),
    Rule(Fault.PAGE, nth=range(2, 12, 3), target="LookupEvents"),
]


@pytest.mark.parametrize("rule", PASSING, ids=lambda rule: f"{rule.fault}-{rule.target}")
def test_what_passes_is_recovered(
    aws: LoopbackAws, account: Planted, tmp_path: Path, rule: Rule
) -> None:
    cache = tmp_path / "cache.db"
    struck = aws.faults.add(
        Rule(rule.fault, rule.method, rule.path, rule.target, nth=rule.nth, seconds=rule.seconds)
    )
    result = synced(account, cache)
    assert struck.spoiled
    assert result.failed == []
    assert is_whole(cache, account)


LASTING = [
    (Rule(Fault.INTERNAL, target="LookupEvents"), "history", "AWS had an error of its own"),
    (Rule(Fault.ACCESS_DENIED, target="LookupEvents"), "history", "cloudtrail:LookupEvents"),
    (Rule(Fault.RESET, target="LookupEvents"), "history", "broke off"),
    (Rule(Fault.TRUNCATED, target="LookupEvents"), "history", "keep breaking off"),
    (Rule(Fault.PAGE, target="LookupEvents"), "history", "keep breaking off"),
    (Rule(Fault.EXPIRED_TOKEN, target="LookupEvents"), "history", "have expired"),
    (Rule(Fault.EXPIRED_TOKEN, service="s3"), "s3", "have expired"),
    (Rule(Fault.EXPIRED_TOKEN, path=r"json\.gz", nth=range(9, 999)), "s3", "have expired"),
]


@pytest.mark.parametrize(("rule", "source", "reason"), LASTING)
def test_what_lasts_is_said_with_its_reason_and_made_up_for_later(
    aws: LoopbackAws, account: Planted, tmp_path: Path, rule: Rule, source: str, reason: str
) -> None:
    cache = tmp_path / "cache.db"
    aws.faults.add(rule)
    result = synced(account, cache)
    failed = [each for each in result.failed if each.scope.source == source]
    assert failed
    assert {each.phase for each in result.failed} == {Phase.FAILED}
    assert all(reason in each.reason for each in failed), failed
    assert {each.scope.source for each in result.failed} == {source}
    assert falsely_covered(cache, account) == []
    aws.faults.rules.clear()
    assert synced(account, cache).failed == []
    assert is_whole(cache, account)


REFUSED = [
    Rule(Fault.ACCESS_DENIED, path=r"prefix=AWSLogs.*eu-west-1%2F20"),
    Rule(Fault.ACCESS_DENIED, path=r"/AWSLogs/.*eu-west-1.*gz"),
    Rule(Fault.INTERNAL, path=r"json\.gz", probability=0.8),
    Rule(Fault.SLOW_DOWN, path=r"prefix=AWSLogs.*%2F20\d\d"),
    Rule(Fault.TRUNCATED, path=r"000000000000000[0-4]\.json\.gz"),
    Rule(Fault.PAGE, path=r"000000000000000[0-4]\.json\.gz"),
    Rule(Fault.PAGE, path=r"prefix=AWSLogs.*eu-west-1%2F20"),
]


@pytest.mark.parametrize("rule", REFUSED, ids=lambda rule: f"{rule.fault}-{rule.path}")
def test_one_prefix_or_file_that_is_refused_leaves_a_hole_and_no_more(
    aws: LoopbackAws, account: Planted, tmp_path: Path, rule: Rule
) -> None:
    cache = tmp_path / "cache.db"
    aws.faults.add(rule)
    result = synced(account, cache)
    assert rule.spoiled
    assert result.skipped
    assert falsely_covered(cache, account) == []
    history = [events for scope, events in account.events.items() if scope.source == "history"]
    assert {each for events in history for each in events} <= set(stored(cache))
    aws.faults.rules.clear()
    synced(account, cache)
    assert is_whole(cache, account)
    with Cache(cache).connection() as connection:
        assert reader.totals(connection).skipped == 0
        assert reader.skips(connection) == []


def test_a_late_file_that_cannot_be_read_takes_back_that_its_hour_is_covered(
    aws: LoopbackAws, account: Planted, tmp_path: Path
) -> None:
    cache = tmp_path / "cache.db"
    synced(account, cache)
    assert is_whole(cache, account)
    (late,) = planted_late(account)
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path="late"))
    result = synced(account, cache)
    assert result.skipped == 1
    assert late not in stored(cache)
    assert falsely_covered(cache, account) == []
    aws.faults.rules.clear()
    synced(account, cache)
    assert is_whole(cache, account)


def planted_late(account: Planted) -> list[str]:
    """Deliver one more file for an hour long past; return its events."""
    region = REGIONS[0]
    slot = account.now - 20 * HOUR
    number = guid(4711)
    time_text = datetime.fromtimestamp(slot // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    held = {**record(4711), "eventTime": time_text, "recipientAccountId": ACCOUNT}
    key = Folder("", None, ACCOUNT, Kind.EVENTS, region).log_key(slot, "late000000000000")
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log_file([held]))
    account.events[Scope("s3", ACCOUNT, region, "CloudTrail")][number] = slot // 1000 * 1000
    return [number]


def test_expired_credentials_pause_until_they_work_again(
    aws: LoopbackAws, account: Planted, tmp_path: Path
) -> None:
    cache = tmp_path / "cache.db"
    rule = aws.faults.add(Rule(Fault.EXPIRED_TOKEN, nth=range(9, 100_000)))
    watch = Watch()
    clock = Clock()

    def renewed(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now > 30:
            rule.nth = ()

    result = synced(account, cache, Patience(clock=clock, sleep=renewed), watch)
    assert result.failed == []
    assert is_whole(cache, account)
    paused = [reason for _, phase, reason in watch.told if phase is Phase.PAUSED]
    assert paused
    assert all("aws sso login" in reason for reason in paused)
    assert all(standing.reason == "" for standing in result.standings)


def test_patience_that_runs_out_fails_with_the_reason(
    aws: LoopbackAws, account: Planted, tmp_path: Path
) -> None:
    cache = tmp_path / "cache.db"
    rule = aws.faults.add(Rule(Fault.EXPIRED_TOKEN, target="LookupEvents"))
    clock = Clock()
    result = synced(account, cache, Patience(600, clock=clock, sleep=clock.sleep))
    assert clock.now >= 600
    assert rule.spoiled > len(REGIONS) * 2
    assert {each.phase for each in result.failed} == {Phase.FAILED}
    assert all("have expired" in each.reason for each in result.failed)


def test_a_paused_sync_can_be_stopped(aws: LoopbackAws, account: Planted, tmp_path: Path) -> None:
    aws.faults.add(Rule(Fault.EXPIRED_TOKEN, target="LookupEvents"))
    watch = Watch()
    clock = Clock()

    def stop(seconds: float) -> None:
        clock.sleep(seconds)
        watch.stop = True

    cache = tmp_path / "cache.db"
    result = synced(account, cache, Patience(clock=clock, sleep=stop), watch)
    history = [each for each in result.standings if each.scope.source == "history"]
    assert {each.phase for each in history} == {Phase.STOPPED}
    assert falsely_covered(cache, account) == []


# Who is throttled waits as long as it takes, so that every request is would be no test that ends.
SCHEDULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from([fault for fault in Fault if fault not in (Fault.SLOW, Fault.PAGE)]),
        path=st.sampled_from(["", r"json\.gz", "eu-west-1", r"prefix="]),
        target=st.sampled_from(["", "LookupEvents"]),
        nth=st.none() | st.sets(st.integers(1, 60), max_size=20),
        probability=st.sampled_from([0.2, 0.6, 1.0]),
        seed=st.integers(0, 1000),
    ).filter(lambda rule: rule.fault is not Fault.THROTTLED or rule.probability < 1),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=12,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=SCHEDULES)
def test_covered_time_holds_everything_after_any_faults(
    aws: LoopbackAws,
    account: Planted,
    tmp_path_factory: pytest.TempPathFactory,
    rules: list[Rule],
) -> None:
    cache = tmp_path_factory.mktemp("faults") / "cache.db"
    aws.faults.rules[:] = [
        Rule(Fault.SLOW, service="^(sts|account|ec2|organizations|iam)$", seconds=0),  # to plan
        *rules,
    ]
    synced(account, cache)
    assert falsely_covered(cache, account) == []
    aws.faults.rules.clear()
    assert synced(account, cache).failed == []
    assert is_whole(cache, account)
