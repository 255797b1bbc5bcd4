"""Under the histogram each bin says how it is covered, and the worst gap has a name."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.pilot.explored import NOW, Files, exploring, record
from tui.domain.answer import Span
from tui.domain.coverage import Covered, Failure, Known, Scope, State
from tui.domain.strip import strip
from tui.jobs.ingesting.ingest import ingest
from tui.storage import covering
from tui.storage.cache import Cache, transaction
from tui.widgets.glyphs import ASCII, UNICODE
from tui.widgets.strip import parts, worst

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
ACCOUNT, OTHER = "1" * 12, "2" * 12
EU, US = "eu-west-1", "us-east-1"


def known(*gaps: Span, reason: str | None = None, until: int = NOW) -> Known:
    """Return what is covered when all but these is."""
    edges = [0, *(edge for gap in gaps for edge in gap), until]
    return Known([Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)], reason)


def cached(path: Path, *covered: Covered, failure: Failure | None = None) -> None:
    """Cache an event a minute for two hours, and what is covered."""
    cache = Cache(path)
    ingest(cache, Files({"a.json": [record(n) for n in range(120)]}).let_all())
    with cache.connection() as connection, transaction(connection):
        covering.add(connection, covered, NOW)
        if failure:
            covering.failed(connection, failure)


def scope(region: str) -> Scope:
    return Scope("history", ACCOUNT, region, "management")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_gap_is_drawn_under_its_bars_and_named(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "cache.db"
    gap = Span(NOW - 90 * MINUTE, NOW - 60 * MINUTE)
    cached(
        path,
        Covered(scope(EU), Span(NOW - DAY, gap.start)),
        Covered(scope(EU), Span(gap.end, NOW + HOUR)),
        Covered(scope(US), Span(NOW - DAY, NOW + HOUR)),
    )
    async with exploring(path, size=size) as explored:
        assert "eu-west-1 gap 10:30–11:00" in explored.text
        line = next(s for s in explored.text.splitlines() if "╍" in s).strip()
        assert set(line) == {"━", "╍"}, "one of two regions has a gap: partial"
        before, lacking = line.index("╍"), line.count("╍")
        assert abs(before / len(line) - 0.25) < 0.03
        assert abs(lacking / len(line) - 0.25) < 0.03
        await explored.press("t")
        assert ", synced" in explored.text
        await explored.press(*["right"] * (before + 1))
        assert ", partial" in explored.text


async def test_nothing_is_said_of_coverage_where_nothing_was_ever_synced(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cached(path)
    async with exploring(path) as explored:
        assert "peak" in explored.text
        assert "━" not in explored.text


async def test_what_could_not_be_asked_is_there_although_no_event_matches(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cached(path, failure=Failure(scope(US), "refused", NOW))
    async with exploring(path) as explored:
        await explored.filter("action:Nothing")
        assert "No events in this time." in explored.text
        assert "✗✗✗✗" in explored.text
        assert "us-east-1 failed 10:01–12:00" in explored.text


def test_gaps_that_regions_share_are_told_once() -> None:
    gap = Span(NOW - 5 * HOUR, NOW - 4 * HOUR)
    places = {(ACCOUNT, EU): known(gap), (ACCOUNT, US): known(gap)}
    found = strip(places, NOW - DAY, HOUR, 24, NOW)
    assert worst(found, UTC) == "all 2 regions gap 07:00–08:00"
    assert found.states.count(State.GAP) == 1
    both = strip({**places, (OTHER, US): known()}, NOW - DAY, HOUR, 24, NOW)
    assert worst(both, UTC) == "2 regions gap 07:00–08:00"
    assert both.states.count(State.PARTIAL) == 1


def test_the_longest_gap_is_named_with_its_account_and_days_where_they_are_needed() -> None:
    day = Span(NOW - 3 * DAY, NOW - 2 * DAY)
    hours = Span(NOW - DAY - 4 * HOUR, NOW - DAY)
    found = strip(
        {(ACCOUNT, EU): known(hours), (OTHER, US): known(day)}, NOW - 4 * DAY, HOUR, 96, NOW
    )
    assert worst(found, UTC) == f"{OTHER} us-east-1 gap 11-19 12:00–11-20 12:00 and 1 more"
    only = strip({(ACCOUNT, EU): known(hours)}, NOW - 4 * DAY, HOUR, 96, NOW)
    assert worst(only, UTC) == "eu-west-1 gap 11-21 08:00–12:00"
    long = strip({(ACCOUNT, EU): Known([], "refused")}, NOW - 9 * DAY, DAY, 9, NOW)
    assert worst(long, UTC) == "eu-west-1 failed 11-13–11-22"


def test_every_state_has_a_sign_of_its_own() -> None:
    for glyphs in (UNICODE, ASCII):
        signs = [sign for sign, _ in parts(State, glyphs)]
        assert len(set(signs)) == len(State)
        assert all(len(sign) == 1 for sign in signs)
    assert all(sign.isascii() for sign, _ in parts(State, ASCII))
