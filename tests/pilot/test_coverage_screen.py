"""What is covered is seen day by day, hour by hour, and said beside every answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.pilot.explored import NARROW, Explored, Files, exploring, record
from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Cell, Covered, Failure, Scope, State, cells
from tui.domain.syncing import Wish
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.syncing.coverage import lacking
from tui.screens.syncing.board import Stage
from tui.screens.syncing.coverage import CoverageScreen, rows, sentence
from tui.storage import covering
from tui.storage.cache import Cache, transaction
from tui.widgets.coverage_grid import CoverageGrid, sign
from tui.widgets.glyphs import ASCII, UNICODE

__all__ = ["aws", "loopback"]
HOUR, DAY = 3_600_000, 86_400_000
US, EU = "us-east-1", "eu-west-1"
REFUSED = "AWS refused cloudtrail:LookupEvents. Allow it."


def scope(region: str, kind: str = "management") -> Scope:
    return Scope("history", ACCOUNT, region, kind)


def synced(path: Path, *covered: Covered, failed: str | None = None) -> int:
    """Note what is covered, and return now."""
    now = int(time.time() * 1000)
    with Cache(path).connection() as connection, transaction(connection):
        covering.add(connection, covered, now)
        if failed:
            covering.failed(connection, Failure(scope(failed), REFUSED, now))
    return now


def half(path: Path) -> int:
    """Cover ten days of one region, and of another one nothing but a failure and Insights."""
    now = int(time.time() * 1000)
    today = now // DAY * DAY
    return synced(
        path,
        Covered(scope(US), Span(today - 10 * DAY, today - 3 * DAY - 12 * HOUR)),
        Covered(scope(US), Span(today - 3 * DAY, now)),
        Covered(scope(EU, "insight"), Span(today - 10 * DAY, now)),
        failed=EU,
    )


def grid(explored: Explored) -> CoverageGrid:
    return explored.app.screen.query_one(CoverageGrid)


async def left_until(explored: Explored, words: str) -> None:
    """Go back day by day until the screen says so."""
    while words not in explored.text:
        before = grid(explored).current
        await explored.press("left")
        await explored.settled()
        assert grid(explored).current != before


async def opened(explored: Explored) -> None:
    await explored.press("c")
    await explored.until(lambda: isinstance(explored.app.screen, CoverageScreen))
    await explored.until(lambda: grid(explored).count > 0)
    await explored.settled()


@pytest.mark.parametrize("size", [NARROW, (160, 45)])
async def test_each_day_says_how_it_stands_by_its_sign(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "cache.db"
    half(path)
    async with exploring(path, size=size) as explored:
        await opened(explored)
        failed, us = (next(s for s in explored.text.splitlines() if r in s) for r in (EU, US))
        assert "·" * 20 + "██████▓███" in us
        assert "✗" * 31 in failed
        for state in State:
            assert f"{sign(state, UNICODE)} {state}" in explored.text


async def test_the_cursor_says_why_and_a_day_opens_into_its_hours(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    half(path)
    async with exploring(path) as explored:
        await opened(explored)
        await left_until(explored, REFUSED)  # just after midnight, the newest day is only recent
        await explored.press("down")
        await left_until(explored, "partial, 50% of it is covered")
        day = grid(explored).current
        assert day is not None
        await explored.press("enter")
        await explored.until(lambda: len(grid(explored)._rows[0]) == 24)
        states = [cell.state for cell in grid(explored)._rows[1]]
        assert states == [State.SYNCED] * 12 + [State.GAP] * 12
        await explored.until(lambda: "nothing of it was synced" in explored.text)
        await explored.press("escape")
        await explored.until(lambda: grid(explored).current == day)
        await explored.press("escape")
        assert not isinstance(explored.app.screen, CoverageScreen)


async def test_an_answer_says_what_of_its_time_was_not_synced(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(n) for n in range(9)]}).let_all())
    async with exploring(path) as explored:
        assert "not covered" not in explored.text
    synced(path, Covered(scope(US), Span(0, 2**42)), failed=EU)
    async with exploring(path) as explored:
        assert "1 of 2 regions not covered: press c" in explored.text
        await explored.filter("service:none-such")
        assert "But 1 of 2 regions not covered: press c." in explored.text


def test_the_events_command_says_what_was_not_synced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cache.db"
    ingest(Cache(path), Files({"a.json.gz": [record(1)]}).let_all())
    assert run(["events", "--cache", str(path)]) == 0
    assert "not covered" not in capsys.readouterr().err
    half(path)
    assert run(["events", "--cache", str(path)]) == 0
    assert "2 of 2 regions not covered, see: trailhound coverage" in capsys.readouterr().err
    assert run(["events", "--cache", str(path), "--since", "-2h"]) == 0
    assert "1 of 2 regions not covered" in capsys.readouterr().err


async def test_the_grid_grows_with_a_sync(aws: LoopbackAws, tmp_path: Path) -> None:
    now = int(time.time() * 1000)
    wish = Wish(Span(now - 3 * DAY, now), regions=(US,), s3=False)
    async with exploring(tmp_path / "cache.db", wish=wish) as explored:
        await explored.until(lambda: explored.screen.board.overview().stage is Stage.ENDED)
        assert aws.asked
        await opened(explored)
        states = [cell.state for cell in grid(explored)._rows[0]]
        fresh = now // DAY - (now - HISTORY_SETTLES) // DAY + 1  # yesterday too, after midnight
        assert states[-3:-fresh] == [State.SYNCED] * (3 - fresh)
        assert set(states[-fresh:]) <= {State.RECENT, State.SYNCED}
        assert states[0] is State.GAP


def test_insights_that_answered_cover_no_other_events() -> None:
    window = Span(0, DAY)
    only_insights = [Covered(scope(US, "insight"), window)]
    assert [cell.state for cell in cells(only_insights, [], window, DAY, 10 * DAY)] == [State.GAP]
    both = [*only_insights, Covered(scope(US), window)]
    assert [cell.state for cell in cells(both, [], window, DAY, 10 * DAY)] == [State.SYNCED]


def test_what_is_only_recent_does_not_lack(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    assert lacking(Cache(path), Span(0, DAY), DAY) == (0, 0, 0)
    now = synced(path, Covered(scope(US), Span(0, int(time.time() * 1000) - HOUR // 4)))
    assert lacking(Cache(path), Span(now - DAY, now), now).sentence() == ""
    late = lacking(Cache(path), Span(now - DAY, now), now + DAY)
    assert late.sentence() == "1 of 1 region not covered"


def test_a_bucket_that_failed_is_counted_apart(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    now = synced(path, Covered(scope(US), Span(0, 2**42)))
    with Cache(path).connection() as connection, transaction(connection):
        place = Scope("s3", "s3://trail-logs", "*", "*")
        covering.failed(connection, Failure(place, "no such bucket", now))
    assert lacking(Cache(path), Span(0, now), now).sentence() == "1 bucket failed"


def test_every_state_has_a_sign_of_its_own_and_a_sentence() -> None:
    for glyphs in (UNICODE, ASCII):
        assert len({sign(state, glyphs) for state in State}) == len(State)
    assert all(sign(state, ASCII).isascii() for state in State)
    said = {sentence(Cell(ACCOUNT, US, Span(0, DAY), state, 0.5, "{reason}")) for state in State}
    assert len(said) == len(State)
    assert any(each.endswith("failed: {reason}") for each in said)


def test_rows_are_oldest_first() -> None:
    found = list(cells([Covered(scope(US), Span(0, DAY))], [], Span(0, 3 * DAY), DAY, 9 * DAY))
    [row] = rows(found)
    assert [cell.span.start for cell in row] == [0, DAY, 2 * DAY]
