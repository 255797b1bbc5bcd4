"""Reading the simulated log files to their end covers what a sync would; a folder nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.servers.following import Notes
from tests.unit.delivered import line, log_file
from tests.unit.test_ingest import Cancelling
from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Covered, State, cells
from tui.domain.objects import LogObject
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.syncing.coverage import coverage, lacking, reaching
from tui.jobs.tailing.demo_feed import DemoFeed
from tui.jobs.tailing.tail import tail
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.covering import UNLISTED, scope_of
from tui.sources.folder import LocalFiles
from tui.storage import covering
from tui.storage.cache import Cache, transaction

NOW = 1_782_388_800_000
HOUR, DAY = 3_600_000, 86_400_000


class Failing(SimulatedAccounts):
    """One file of it cannot be read."""

    failing = True

    def read(self, item: LogObject) -> bytes:
        if self.failing and item == next(self.objects()):
            raise OSError("refused")
        return super().read(item)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def simulated() -> SimulatedAccounts:
    return SimulatedAccounts(7, NOW, events=1_500)


def known(cache: Cache) -> list[Covered]:
    with cache.connection() as connection:
        return covering.everything(connection)


def hole(covered: list[Covered]) -> Span:
    """Return the one gap of the place that has one."""
    before, after = (span for scope, span in covered if scope == scope_of(*UNLISTED))
    return Span(before.end, after.start)


def test_reading_all_of_it_covers_every_place_up_to_the_newest_minutes(cache: Cache) -> None:
    ingest(cache, simulated())
    ends = {scope: span.end for scope, span in sorted(known(cache))}
    assert len(ends) > 10
    assert set(ends.values()) == {NOW - HISTORY_SETTLES}
    earliest = min(span.start for _, span in known(cache))
    with cache.connection() as connection:
        (first,) = connection.execute("SELECT min(time) FROM fact").fetchone()
        places = set(connection.execute("SELECT DISTINCT account, region FROM event"))
    assert earliest <= first
    assert {(scope.account, scope.region) for scope in ends} == places


def test_one_place_lacks_a_few_hours_and_the_newest_minutes_are_too_recent(cache: Cache) -> None:
    ingest(cache, simulated())
    assert lacking(cache, Span(NOW - 7 * DAY, NOW), NOW).sentence() == (
        f"1 of {len({each.scope for each in known(cache)})} regions not covered"
    )
    found = coverage(cache, Span(NOW - HOUR, NOW), HOUR, NOW)
    assert {cell.state for cell in found} == {State.RECENT}


def test_nothing_was_delivered_in_the_hours_that_are_not_covered() -> None:
    source = simulated()
    gap = hole(list(source.covered()))
    account, region = scope_of(*UNLISTED)[1:3]
    folder = f"/{account}/CloudTrail/{region}/"
    slots = [each.modified or 0 for each in source.objects() if folder in each.uri]
    assert gap.end - gap.start == 4 * HOUR
    assert min(slots) < gap.start
    assert gap.end < max(slots)
    assert not [slot for slot in slots if gap.start <= slot < gap.end]


def test_what_was_stopped_covers_nothing_and_going_on_covers_all(cache: Cache) -> None:
    source = simulated()
    assert ingest(cache, source, Cancelling(20)).cancelled
    assert known(cache) == []
    ingest(cache, source)
    assert sorted(known(cache)) == sorted(source.covered())


def test_reading_known_files_again_covers_them_too(cache: Cache) -> None:
    ingest(cache, simulated())
    before = known(cache)
    with cache.connection() as connection, transaction(connection):
        connection.execute("DELETE FROM covered")
    assert ingest(cache, simulated()).files == 0
    assert known(cache) == before


def test_a_file_that_cannot_be_read_keeps_all_from_being_called_covered(cache: Cache) -> None:
    source = Failing(7, NOW, events=1_500)
    assert ingest(cache, source).skipped == 1
    assert known(cache) == []
    source.failing = False
    ingest(cache, source)
    assert known(cache)


def follow(cache: Cache, later: int) -> None:
    """Follow the simulated accounts until something arrived, at a time that stands still."""
    feed = DemoFeed(simulated().live(NOW, 0.2), lambda: later, partial(reaching, cache, "demo"))
    tail(cache, [feed], Notes(lambda notes: notes.new > 0))


def test_what_is_followed_is_covered_from_where_the_files_end(cache: Cache) -> None:
    ingest(cache, simulated())
    later = NOW + HOUR
    before = lacking(cache, Span(NOW - 2 * HOUR, later), later)
    assert before.regions == before.of > 10
    follow(cache, later)
    assert {cell.state for cell in coverage(cache, Span(NOW - HOUR, later), HOUR, later)} == {
        State.SYNCED,
        State.RECENT,
    }
    ends = {scope: span.end for scope, span in sorted(known(cache))}
    assert ends == dict.fromkeys(ends, later - HISTORY_SETTLES)
    assert hole(known(cache)) == hole(list(simulated().covered())), "what was missed stays missed"


def test_what_is_followed_covers_nothing_where_the_files_were_not_all_read(cache: Cache) -> None:
    ingest(cache, simulated(), Cancelling(20))
    follow(cache, NOW + HOUR)
    assert known(cache) == []


def test_local_files_cover_nothing(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.json.gz").write_bytes(log_file(line(1)))
    assert ingest(cache, LocalFiles([tmp_path / "logs"])).events == 1
    assert known(cache) == []
    assert list(cells(known(cache), (), Span(0, NOW), DAY, NOW)) == []
