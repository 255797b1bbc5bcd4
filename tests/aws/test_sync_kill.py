"""A sync that is killed at any moment goes on where the cache stands: nothing lost, nothing twice.

Real processes, a real server on loopback, SIGKILL.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback
from tests.servers.planted import LOCATION, Planted, planted
from tests.servers.syncing import falsely_covered, run, started, stored, uncovered
from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Scope
from tui.domain.limits import Limits
from tui.domain.syncing import Wish
from tui.jobs.exploring.records import Records
from tui.jobs.syncing.streams import HistoryStream
from tui.jobs.syncing.sync import sync
from tui.sources.aws.clock import AwsClock
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.sessions import Account
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

pytestmark = pytest.mark.slow

__all__ = ["aws", "loopback"]
REGIONS = ("us-east-1", "eu-west-1", "ap-south-1")
KILLS = 50
FEW = 3
HOUR = 3_600_000
HOURS = 40
SECOND = 1_000
"""AWS says the time no more exactly."""
_NOT_KILLED = 0


@pytest.fixture
def account(aws: LoopbackAws) -> Planted:
    """Thousands of events and hundreds of log files in three regions."""
    aws.cloudtrail.limit = None
    aws.quick = True
    now = int(time.time() * 1000)
    return planted(aws, REGIONS, now, history=700, files=70, hours=HOURS)


def wish(account: Planted, start: int = -HOURS - 1, end: int = 0) -> Wish:
    """Return a wish for so many hours before now."""
    window = Span(account.now + start * HOUR, account.now + end * HOUR)
    return Wish(window, regions=REGIONS, locations=(LOCATION,))


def holds_exactly(cache: Path, account: Planted) -> bool:
    """Return whether a cache holds what was planted, once each; says what does not fit."""
    count = Counter(stored(cache))
    assert account.ids() - count.keys() == set()
    assert count.keys() - account.ids() == set()
    assert [each for each, times in count.items() if times > 1] == []
    return True


def settled(account: Planted) -> Span:
    """Return the time that must be covered in the end."""
    return Span(account.now - HOURS * HOUR, account.now - HISTORY_SETTLES - SECOND)


def test_kills_at_any_moment_lose_and_double_nothing(account: Planted, tmp_path: Path) -> None:
    chance = random.Random(5)
    kills = caches = 0
    while kills < KILLS:
        cache = tmp_path / f"{caches}.db"
        caches += 1
        longest = 0.5
        while True:
            process = started(cache, wish(account))
            process.join(chance.uniform(0.05, longest))
            process.kill()
            process.join()
            if process.exitcode == _NOT_KILLED:
                break
            assert process.exitcode == -9
            kills += 1
            longest *= 1.08
            if cache.exists():
                assert falsely_covered(cache, account) == []
        assert holds_exactly(cache, account)
        assert uncovered(cache, account, settled(account)) == []
    assert caches > 1


def test_kills_while_bytes_are_let_go_leave_every_event_and_its_record(
    account: Planted, tmp_path: Path
) -> None:
    chance = random.Random(7)
    cache = tmp_path / "cache.db"
    limited = wish(account)._replace(limits=Limits(most_bytes=1))
    longest, kills = 0.3, 0
    while True:
        process = started(cache, limited)
        process.join(chance.uniform(0.05, longest))
        process.kill()
        process.join()
        if process.exitcode == _NOT_KILLED:
            break
        kills += 1
        longest *= 1.2
    assert kills > FEW
    assert holds_exactly(cache, account)
    with Cache(cache).connection() as connection:
        bodies = "SELECT count(*) FROM file JOIN body ON body.file = file.id WHERE source = 's3'"
        assert connection.execute(bodies).fetchone() == (0,)
        numbers = list(reader.numbers(connection, Condition()))
        assert len(list(Records(connection).each(numbers))) == len(account.ids())


def test_the_command_itself_may_be_killed(account: Planted, tmp_path: Path) -> None:
    cache = tmp_path / "cache.db"
    options = (
        "--no-history",
        "--s3",
        LOCATION,
        *(word for region in REGIONS for word in ("--region", region)),
        "--since",
        f"-{HOURS + 1}h",
    )
    command = [sys.executable, "-m", "tui", "sync", *options, "--cache", str(cache)]
    for seconds in (0.8, 1.2, None):
        with subprocess.Popen(
            command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
    assert process.returncode == _NOT_KILLED
    logged = [events for scope, events in account.events.items() if scope.source == "s3"]
    assert {each for events in logged for each in events} <= set(stored(cache))
    assert falsely_covered(cache, account) == []


def test_two_syncs_at_once_share_a_cache(account: Planted, tmp_path: Path) -> None:
    cache = tmp_path / "cache.db"
    both = [started(cache, wish(account)) for _ in range(2)]
    for each in both:
        each.join(60)
    assert [each.exitcode for each in both] == [_NOT_KILLED] * 2
    assert holds_exactly(cache, account)
    assert uncovered(cache, account, settled(account)) == []


def test_overlapping_windows_add_up(account: Planted, tmp_path: Path) -> None:
    cache = tmp_path / "cache.db"
    for start, end in ((-20, -10), (-30, -15), (-12, -5), (-25, 0), (-HOURS - 1, -28)):
        run(cache, wish(account, start, end))
        assert falsely_covered(cache, account) == []
    assert holds_exactly(cache, account)
    assert uncovered(cache, account, settled(account)) == []


class Jumping:
    """A clock of this machine that is off by some hours, others each time it is looked at."""

    def __init__(self, *hours: int) -> None:
        self._hours = hours
        self._looks = 0

    def __call__(self) -> float:
        self._looks += 1
        return time.time() + self._hours[self._looks % len(self._hours)] * 3_600


@pytest.mark.parametrize("hours", [(24,), (-24,), (0, 48), (30, -30, 0)])
def test_a_clock_that_jumps_covers_nothing_that_has_not_happened(
    account: Planted, aws: LoopbackAws, tmp_path: Path, hours: tuple[int, ...]
) -> None:
    assert aws.url
    cache = tmp_path / "cache.db"
    who = Account(clock=AwsClock(Jumping(*hours)))
    scope = Scope("history", who.identity().account, REGIONS[0], "management")
    ahead = Span(account.now - 50 * HOUR, account.now + 50 * HOUR)
    stream = HistoryStream(who, scope, ahead, Pacer(10_000))
    assert not sync(Cache(cache), [stream]).failed
    only = Planted(account.now, {scope: account.events[scope]})
    assert uncovered(cache, only, settled(account)) == []
    nothing_yet = Span(account.now, account.now + 50 * HOUR)
    assert uncovered(cache, only, nothing_yet) == [nothing_yet]
