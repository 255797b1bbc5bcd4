"""A filter that AWS can answer sooner than the sync says so, and one key asks."""

from __future__ import annotations

from pathlib import Path

from tests.pilot.explored import NARROW, Explored, exploring
from tests.pilot.test_sync_screen import ended, happened, now_ms
from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.syncing import Wish
from tui.storage import covering
from tui.storage.cache import Cache, transaction
from tui.widgets.status_line import StatusLine

__all__ = ["aws", "loopback"]
MINUTE, DAY = 60_000, 86_400_000


def line(explored: Explored) -> str:
    """Return what the line of the offer says, nothing while it is not there."""
    shown = explored.screen.query_one("#offer", StatusLine)
    status = shown.status
    return f"{status.name} {status.left} {status.right}" if shown.display else ""


def told(explored: Explored) -> str:
    """Return what was notified so far, however it is wrapped."""
    return " ".join(each.message for each in explored.app._notifications)


def half_synced(path: Path, wish: Wish) -> None:
    """Cover the newest day only: the sync is kept from the rest by a server that refuses it."""
    scope = Scope("history", ACCOUNT, "us-east-1", "management")
    with Cache(path).connection() as connection, transaction(connection):
        span = Span(wish.window.end - DAY, wish.window.end)
        covering.add(connection, [Covered(scope, span)], wish.window.end)


async def refused(explored: Explored, aws: LoopbackAws) -> None:
    """Wait until the sync failed, and let AWS answer from then on."""
    await ended(explored)
    aws.faults.rules.clear()


def wished(days: int) -> Wish:
    now = now_ms()
    return Wish(Span(now - days * DAY, now), regions=("us-east-1",), s3=False)


def plant(aws: LoopbackAws, count: int, days_ago: int) -> None:
    then = now_ms() - days_ago * DAY
    events = [{**happened(n, then - n * MINUTE), "eventName": "DeleteTrail"} for n in range(count)]
    aws.cloudtrail.plant(events)


def deny(aws: LoopbackAws) -> None:
    aws.faults.rules.append(Rule(Fault.ACCESS_DENIED, target="LookupEvents"))


async def test_one_key_asks_for_what_the_filter_wants_and_the_cache_lacks(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    plant(aws, 60, 5)
    deny(aws)
    path, wish = tmp_path / "cache.db", wished(10)
    half_synced(path, wish)
    async with exploring(path, size=NARROW, wish=wish) as explored:
        await refused(explored, aws)
        await explored.filter("action:=DeleteTrail error:none")
        await explored.until(lambda: "asks AWS" in line(explored))
        asks = "p asks AWS for EventName DeleteTrail exactly; here:"
        await explored.until(lambda: asks in explored.text)
        assert f"{asks} error:none" in line(explored)
        assert line(explored).endswith("2-100 requests, 1-50 s"), line(explored)
        await explored.press("p")
        await explored.until(lambda: explored.total == 60)
        await explored.until(lambda: "60 of them new" in told(explored))
        await explored.until(lambda: not line(explored))
    asked = [each for each in aws.asked if "LookupEvents" in each.target]
    assert asked


async def test_the_line_is_not_there_without_one_exact_value(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    deny(aws)
    path, wish = tmp_path / "cache.db", wished(10)
    half_synced(path, wish)
    async with exploring(path, wish=wish) as explored:
        await refused(explored, aws)
        await explored.filter("action:Delete*")
        assert not line(explored)
        await explored.press("p")
        await explored.until(lambda: "It takes one exact value" in told(explored))


async def test_a_refusal_is_told_and_the_offer_stays(aws: LoopbackAws, tmp_path: Path) -> None:
    deny(aws)
    path, wish = tmp_path / "cache.db", wished(10)
    half_synced(path, wish)
    async with exploring(path, wish=wish) as explored:
        await ended(explored)
        await explored.filter("action:=DeleteTrail")
        await explored.until(lambda: "asks AWS" in line(explored))
        await explored.press("p")
        await explored.until(lambda: "AWS answered" in told(explored))
        await explored.until(lambda: "asks AWS" in line(explored))
        assert "cloudtrail:LookupEvents" in told(explored)


async def test_a_global_service_is_said_to_be_elsewhere(aws: LoopbackAws, tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    now = now_ms()
    scope = Scope("history", ACCOUNT, "eu-west-1", "management")
    with Cache(path).connection() as connection, transaction(connection):
        covering.add(connection, [Covered(scope, Span(now - DAY, now))], now)
    async with exploring(path, size=NARROW) as explored:
        await explored.filter("service:iam")
        await explored.until(lambda: "IAM events can be in us-east-1" in explored.text)
        await explored.press("p")
        await explored.until(lambda: "started without it" in told(explored))
    assert not aws.asked


async def test_leaving_stops_asking(aws: LoopbackAws, tmp_path: Path) -> None:
    plant(aws, 400, 5)
    deny(aws)
    path, wish = tmp_path / "cache.db", wished(10)
    half_synced(path, wish)
    async with exploring(path, wish=wish) as explored:
        await refused(explored, aws)
        await explored.filter("action:=DeleteTrail")
        await explored.until(lambda: "asks AWS" in line(explored))
        await explored.press("p")
        await explored.until(lambda: "Asking AWS" in explored.text)
        asking = explored.screen.asking
        assert asking is not None
        assert not asking.cancelled()
    assert asking.cancelled()
