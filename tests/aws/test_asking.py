"""What of a filter AWS is asked for directly, what comes of it, and what is offered again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import record
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.event import Place
from tui.domain.filter import Filter
from tui.domain.syncing import Standing, Unwatched
from tui.jobs.asking import ask as asking
from tui.jobs.asking.ask import Answers, ask
from tui.jobs.asking.offering import MOST, Offer, offered
from tui.language.grammar import parse
from tui.sources.aws.pacing import Pacer, Pacers
from tui.storage import covering, reader
from tui.storage.cache import Cache, transaction
from tui.storage.select import Condition

__all__ = ["aws", "loopback"]
HOUR, DAY = 3_600_000, 86_400_000
US, EU = "us-east-1", "eu-west-1"


def now_ms() -> int:
    return int(time.time() * 1000)


def happened(number: int, ms: int, region: str, name: str = "DeleteBucket") -> Mapping[str, object]:
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return {
        **record(number),
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventName": name,
        "recipientAccountId": ACCOUNT,
        "awsRegion": region,
    }


def half_synced(path: Path, *regions: str) -> Cache:
    """Return a cache in which only the newest of ten days is covered."""
    cache, now = Cache(path), now_ms()
    span = Span(now - DAY, now + HOUR)
    with cache.connection() as connection, transaction(connection):
        for region in regions:
            scope = Scope("history", ACCOUNT, region, "management")
            covering.add(connection, [Covered(scope, span)], now)
    return cache


def read(text: str) -> Filter:
    return parse(text, now_ms(), UTC)


def offer(cache: Cache, text: str, days: int = 10) -> Offer:
    now = now_ms()
    return offered(cache, read(text), Span(now - days * DAY, now), now)


def asked(cache: Cache, found: Offer) -> Answers:
    assert found.plan
    return ask(cache, [None], found.plan, Unwatched(), Pacers(lambda: Pacer(10_000)))


def names(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.call.action for row in reader.rows(connection, numbers)]


def plant(aws: LoopbackAws, count: int, region: str, name: str = "DeleteBucket") -> None:
    aws.cloudtrail.limit = None
    then = now_ms() - 3 * DAY
    start = len(name) * 10_000
    aws.cloudtrail.plant(
        [happened(start + n, then - n * 60_000, region, name) for n in range(count)]
    )


def test_only_what_was_asked_for_comes_and_no_time_is_covered_by_it(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 120, US)
    plant(aws, 70, US, "GetObject")
    cache = half_synced(tmp_path / "cache.db", US)
    with cache.connection() as connection:
        before = covering.everything(connection)
    answers = asked(cache, offer(cache, "action:=DeleteBucket"))
    assert (answers.events, answers.new, answers.requests) == (120, 120, 3)
    assert answers.sentence() == "AWS answered 3 requests with 120 events, 120 of them new."
    assert names(cache) == ["DeleteBucket"] * 120
    with cache.connection() as connection:
        assert covering.everything(connection) == before
        assert not covering.failures(connection)


def test_what_was_asked_is_not_offered_again_but_another_value_is(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 10, US)
    cache = half_synced(tmp_path / "cache.db", US)
    first = offer(cache, "action:=DeleteBucket")
    answers = asked(cache, first)
    assert first.plan
    done = {(first.plan.attribute, first.plan.value): answers.asked}
    now = now_ms()
    window = Span(now - 10 * DAY + HOUR, now)
    same = offered(cache, read("action:=DeleteBucket"), window, now, asked=done)
    other = offered(cache, read("action:=DeleteTrail"), window, now, asked=done)
    assert same.plan is None
    assert other.plan


def test_the_requests_are_bounded_and_the_next_ask_goes_on_below(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST", 2)
    plant(aws, 130, US)
    cache = half_synced(tmp_path / "cache.db", US)
    found = offer(cache, "action:=DeleteBucket")
    first = asked(cache, found)
    assert (first.requests, first.new) == (2, 100)
    assert first.problems == [f"{ACCOUNT} {US}: asked 2 times, there may be more."]
    assert found.plan
    rest = found.plan.without(first.asked)
    assert rest
    second = ask(
        cache,
        [None],
        rest,
        Unwatched(),
        Pacers(lambda: Pacer(10_000)),
    )
    assert len(names(cache)) == 130
    assert second.new == 30


def test_a_region_that_refuses_is_told_and_the_others_answer(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 5, US)
    cache = half_synced(tmp_path / "cache.db", US, EU)
    found = offer(cache, "action:=DeleteBucket")
    aws.faults.rules.append(Rule(Fault.ACCESS_DENIED, target="LookupEvents", nth=(1,)))
    answers = asked(cache, found)
    assert len(answers.problems) == 1
    assert "cloudtrail:LookupEvents" in answers.sentence()
    with cache.connection() as connection:
        assert not covering.failures(connection), "a failed question is no failed sync"


class Stopping(Unwatched):
    """A user who stops after the first answer."""

    def __init__(self) -> None:
        self.seen = 0

    def stands(self, standing: Standing) -> None:
        self.seen = max(self.seen, standing.requests)

    def cancelled(self) -> bool:
        return self.seen > 0


def test_a_stopped_question_keeps_what_came(aws: LoopbackAws, tmp_path: Path) -> None:
    plant(aws, 400, US)
    aws.cloudtrail.limit = 2
    cache = half_synced(tmp_path / "cache.db", US)
    found = offer(cache, "action:=DeleteBucket")
    assert found.plan
    answers = ask(cache, [None], found.plan, Stopping(), Pacers())
    assert answers.stopped
    assert answers.sentence().startswith("Stopped. AWS answered")
    assert 0 < len(names(cache)) < 400
    assert all(span.start > now_ms() - 9 * DAY for span in answers.asked[Place(ACCOUNT, US)])


def test_nothing_is_offered_for_what_is_covered_or_merely_too_recent(tmp_path: Path) -> None:
    cache, now = Cache(tmp_path / "cache.db"), now_ms()
    scope = Scope("history", ACCOUNT, US, "management")
    settled = Span(now - 10 * DAY, now - 15 * 60_000)
    with cache.connection() as connection, transaction(connection):
        covering.add(connection, [Covered(scope, settled)], now)
    assert offer(cache, "action:=DeleteBucket", days=9) == Offer()
    assert offer(cache, "action:=DeleteBucket", days=20).plan


def test_a_filter_on_a_global_service_goes_to_us_east_1_and_says_so(tmp_path: Path) -> None:
    cache = half_synced(tmp_path / "cache.db", EU)
    found = offer(cache, "service:iam")
    assert found.away == "IAM events can be in us-east-1, not cached here."
    assert found.plan
    assert Place(ACCOUNT, US) in {place for place, _ in found.plan.askings}
    assert not offer(half_synced(tmp_path / "both.db", EU, US), "service:iam").away


def test_what_it_takes_is_guessed_from_what_is_cached_and_bounded(tmp_path: Path) -> None:
    cache = half_synced(tmp_path / "cache.db", US, EU)
    now = now_ms()
    window = Span(now - 10 * DAY, now)
    found = offered(cache, read("action:=GetObject"), window, now, count=lambda _: 1_000)
    assert found.expected.requests == 2 * 87  # 480 a day and place, of which 9 days lack
    assert found.most.requests == 2 * MOST
    assert found.takes() == "174-200 requests, 44-50 s"


def test_a_command_that_finds_little_tells_what_aws_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cache.db"
    half_synced(path, EU)
    for command in ("events", "facets"):
        assert run([command, "service:iam ip:10.0.0.0/8", "--cache", str(path)]) == 0
        said = capsys.readouterr().err
        assert "IAM events can be in us-east-1" in said
        assert "AWS is asked for EventSource iam.amazonaws.com; filtered here: ip" in said
        assert "That takes 2-200 requests, 1-50 s. Start trailhound, which offers to ask." in said
    assert run(["events", "--cache", str(path)]) == 0
    assert "AWS" not in capsys.readouterr().err


def test_a_profile_that_leads_elsewhere_is_told(
    aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = half_synced(tmp_path / "cache.db", US)
    found = offer(cache, "action:=DeleteBucket")
    aws.accounts["AKIAOTHEREXAMPLE0000"] = "999988887777"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHEREXAMPLE0000")
    answers = asked(cache, found)
    assert answers.problems == [f"No profile leads to {ACCOUNT} any more."]
    assert answers.sentence().startswith("AWS answered 0 requests with no events.")
