"""Following: what arrives is shown, and nothing that is being read moves by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.benchmarks.follow import MOST_WAIT, followed
from tests.pilot.explored import NARROW, NOW, WIDE, Explored, Files, exploring, record, simulated
from tests.pilot.live import Handed
from tui.domain.tailing import SETTLES
from tui.errors import SourceError
from tui.jobs.ingesting.ingest import ingest
from tui.screens.following import cadence
from tui.storage.cache import Cache
from tui.widgets.facets import Facets

MINUTE = 60_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as soon as there is something to draw."""
    monkeypatch.setattr(cadence, "FOLLOWING", 0.02)


@asynccontextmanager
async def following(
    folder: Path, size: tuple[int, int] = WIDE, events: int = 60
) -> AsyncIterator[tuple[Explored, Handed]]:
    """Follow a feed over a cache with an event for each minute from the tenth before noon on."""
    path = folder / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(10 + n) for n in range(events)]}).let_all())
    feed = Handed()
    async with exploring(path, size=size, follower=feed.follow) as explored:
        await explored.press("f")
        await explored.until(lambda: explored.screen.following)
        yield explored, feed


def callers(explored: Explored, count: int) -> list[str]:
    rows = [explored.table.row_at(position) for position in range(count)]
    return [row.actor.caller if row else "" for row in rows]


def lines(explored: Explored) -> list[str]:
    """Return the lines of the table as they are drawn, without the thumb at their end."""
    table = explored.table
    return [table.render_line(y).text[:-1] for y in range(1, table.size.height)]


async def test_what_arrives_stands_at_the_top(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        feed.give(record(2), record(1))
        await explored.until(lambda: callers(explored, 3) == ["user-1", "user-2", "user-10"])
        feed.give(record(0))
        await explored.until(lambda: callers(explored, 2) == ["user-0", "user-1"])
        assert explored.table.position == 0
        assert "3/min" in explored.text


async def test_what_is_read_stays_where_it_is_and_what_came_is_counted(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        feed.give(record(3))
        await explored.until(lambda: explored.total == 61)
        await explored.press("down", "down", "down")
        await explored.until(lambda: "0 new since" in explored.text)
        before = lines(explored)
        chosen = explored.table.current
        feed.give(record(1), record(2, userIdentity={"type": "Root"}))
        await explored.until(lambda: "2 new since" in explored.text)
        assert explored.total == 63
        assert explored.table.current == chosen
        assert lines(explored) == before
        await explored.press("f")
        await explored.until(lambda: callers(explored, 1) == ["user-1"])
        assert explored.table.position == 0
        await explored.until(lambda: "2 new since" in lines(explored)[2])
        assert explored.screen.following


async def test_an_answer_on_its_way_does_not_take_back_where_the_user_went(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (explored, _feed):
        explored.screen.ask(keep_place=True)
        generation = explored.screen._generation
        explored.table.go(3)
        await explored.until(lambda: explored.table.generation == generation)
        assert explored.table.position == 3


async def test_turning_the_wheel_holds_the_view_and_keeps_the_cursor(tmp_path: Path) -> None:
    async with following(tmp_path, NARROW) as (explored, feed):
        await explored.press("down")
        explored.table.scroll_relative(y=20, animate=False)
        await explored.pilot.pause()
        before, chosen = lines(explored), explored.table.current
        feed.give(record(1), record(2))
        await explored.until(lambda: explored.total == 62)
        await explored.pilot.pause(0.2)
        assert lines(explored) == before
        assert explored.table.row_at(explored.table.position) == chosen


async def test_an_open_record_is_not_replaced_by_a_newer_one(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        await explored.press("enter")
        chosen = explored.table.current
        feed.give(record(1))
        await explored.until(lambda: explored.total == 61)
        assert explored.table.current == chosen
        await explored.press("f")
        await explored.until(lambda: callers(explored, 1) == ["user-1"])
        assert not explored.screen.has_class("-reading")


async def test_the_filter_and_the_facets_go_on_holding(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        await explored.press("slash")
        await explored.type("caller:user-1*")
        await explored.press("enter")
        await explored.until(lambda: explored.total == 10)
        unfolded = explored.screen.query_one(Facets).unfolded
        feed.give(record(1), record(2), record(3, errorCode="AccessDenied"))
        await explored.until(lambda: explored.total == 11)
        assert callers(explored, 2) == ["user-1", "user-10"]
        assert explored.screen.question.text == "caller:user-1*"
        assert explored.screen.query_one(Facets).unfolded == unfolded


async def test_what_only_records_can_decide_is_followed_too(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        await explored.press("slash")
        await explored.type("requestParameters.x:any")
        await explored.press("enter")
        await explored.until(lambda: explored.total == 0)
        feed.give(record(1, requestParameters={"x": "y"}), record(2))
        await explored.until(lambda: callers(explored, 1) == ["user-1"])
        feed.give(record(0, requestParameters={"x": "z"}))
        await explored.until(lambda: callers(explored, 2) == ["user-0", "user-1"])
        assert explored.total == 2


async def test_an_event_that_comes_late_stands_in_its_place_and_is_marked(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        feed.give(record(1), asked=NOW)
        await explored.until(lambda: explored.total == 61)
        late = SETTLES // MINUTE + 3
        feed.give(record(late, eventID="00000000-0000-4000-8000-999999999999"))
        await explored.until(lambda: explored.total == 62)
        await explored.until(lambda: explored.screen.glyphs.late in explored.text)
        marked = [line for line in lines(explored) if explored.screen.glyphs.late in line]
        assert len(marked) == 1
        assert f"user-{late}" in marked[0]
        assert f"user-{late}" in lines(explored)[lines(explored).index(marked[0]) + 1]
        assert "complete to 11:45:00" in explored.text


async def test_a_severe_event_is_marked(tmp_path: Path) -> None:
    stop = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}
    async with following(tmp_path) as (explored, feed):
        feed.give(record(1, **stop), record(0))
        await explored.until(lambda: explored.screen.glyphs.notable in explored.text)
        marked = [line for line in lines(explored) if explored.screen.glyphs.notable in line]
        assert ["StopLogging" in line for line in marked] == [True]


async def test_following_ends_and_begins_again(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        await explored.press("f")
        await explored.until(lambda: not explored.screen.following)
        await explored.settled()
        await explored.press("f")
        await explored.until(lambda: feed.runs == 2)
        feed.give(record(1))
        await explored.until(lambda: callers(explored, 1) == ["user-1"])


async def test_a_feed_that_fails_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        feed.give(record(1))
        await explored.until(lambda: explored.total == 61)
        feed.fail(SourceError("eu-west-1 does not answer. Look at the network."))
        await explored.until(lambda: "following fails: eu-west-1 does not answer" in explored.text)
        assert explored.total == 61


async def test_the_feeds_are_listed_with_how_far_each_is_complete(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        feed.give(record(1), asked=NOW)
        await explored.until(lambda: explored.total == 61)
        await explored.press("F")
        await explored.until(lambda: "111111111111 eu-west-1 history" in explored.text)
        assert "complete to 11:45:00, behind by" in explored.text
        assert "newest event 11:59:00" in explored.text
        await explored.press("escape")
        assert explored.screen.following


async def test_a_mark_shows_what_somebody_does_from_then_on(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, feed):
        explored.screen.feeds._clock = lambda: NOW / 1000
        await explored.press("m")
        await explored.until(lambda: "What did I just do?" in explored.text)
        await explored.press("enter")
        await explored.until(lambda: explored.total == 0)
        assert "since 12:00:00: nothing yet, in about 5 m" in explored.text
        assert "Nothing since 12:00:00 yet." in explored.text
        me = {"userIdentity": {"type": "IAMUser", "userName": "user-10"}}
        feed.give(record(-1, **me), record(-2))
        await explored.until(lambda: "since 12:00:00: 1 event" in explored.text)
        assert callers(explored, 1) == ["user-10"]
        await explored.press("u")
        await explored.until(lambda: explored.total == 62)
        assert "since 12:00:00" not in explored.text


async def test_a_mark_with_a_wrong_filter_is_not_set(tmp_path: Path) -> None:
    async with following(tmp_path) as (explored, _feed):
        await explored.press("m")
        await explored.until(lambda: "What did I just do?" in explored.text)
        await explored.type(" error:>")
        await explored.press("enter")
        await explored.pilot.pause()
        assert "What did I just do?" in explored.text
        await explored.press("escape")
        assert explored.screen.question.text == ""


async def test_what_is_severe_rings_and_is_told_once_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _self, data: sent.append(data))
    monkeypatch.setenv("TERM", "xterm")
    stop = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}
    async with following(tmp_path) as (explored, feed):
        feed.give(record(1, **stop), record(2, **stop))
        await explored.until(lambda: "2 alerts" in explored.text)
        await explored.until(lambda: any("\x1b]9;" in each for each in sent))
        told = [each for each in sent if "\x1b]9;" in each]
        assert len(told) == 1
        assert "2 events, the last @severe: " in told[0]
        assert "cloudtrail StopLogging" in told[0]
        await explored.press("down")
        assert "\x1b[23;2t" in sent[-1]


async def test_keys_are_answered_while_thousands_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cadence, "FOLLOWING", 0.5)  # four times as often as it is
    path = tmp_path / "cache.db"
    ingest(Cache(path), simulated())
    found = await followed(path, 2_000, 3.0)
    assert found.landed > 1_000
    assert found.wait(0.5) < MOST_WAIT  # the benchmark looks at the longest, on a quiet machine


async def test_without_anything_to_follow_that_is_said(tmp_path: Path) -> None:
    async with exploring(tmp_path / "cache.db") as explored:
        await explored.press("f")
        await explored.until(lambda: "There is nothing to follow" in explored.text)
        assert not explored.screen.following
