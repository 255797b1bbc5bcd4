"""The benchmarks run, and print every row they promise."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.benchmarks import data, hand, ingest, ours, queries, start
from tests.benchmarks import verify as verifying
from tests.benchmarks.command import ONCE, Setup
from tests.benchmarks.table import Report, markdown, summary

pytestmark = pytest.mark.slow

EVENTS = 2_000


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    return Setup(data.dataset(EVENTS), tmp_path_factory.mktemp("benchmarks"), ONCE)


def printed(report: Report) -> list[str]:
    """Return the first cell of every row that is printed, titles too."""
    lines = [line for table in report.tables for line in markdown(table).splitlines()]
    return [line.split("|")[1].strip() for line in lines if line.startswith("|")]


def run(cache: Path, statement: str) -> None:
    connection = sqlite3.connect(cache)
    with connection:
        connection.execute(statement)
    connection.close()


def test_the_log_files_are_described(setup: Setup) -> None:
    held = setup.made.contents
    assert held.files == len(setup.made.paths())
    assert held.records >= held.distinct >= EVENTS
    assert printed(data.report(setup.made))[2:] == [
        "log files",
        "records",
        "distinct events",
        "size as delivered",
        "size of the JSON",
        "mean record",
        "mean file",
    ]


def test_a_cache_that_lacks_an_event_or_has_one_twice_is_noticed(
    setup: Setup, tmp_path: Path
) -> None:
    cache = tmp_path / "cache.db"
    ours.ingest(setup.made.folder, cache)
    assert ours.events_digest(cache) == setup.made.contents.ids
    run(cache, "DELETE FROM fact WHERE id = 7")
    assert ours.events_digest(cache) != setup.made.contents.ids
    both = "who, event_id"
    run(cache, f"UPDATE fact SET ({both}) = (SELECT {both} FROM fact WHERE id = 9) WHERE id = 8")
    with pytest.raises(AssertionError, match="twice"):
        ours.events_digest(cache)


def test_ingest_prints_a_row_for_everybody(setup: Setup) -> None:
    report = ingest.report(setup)
    rows = printed(report)[2:]
    for row, name in zip(rows, (*ingest.RACE, *ingest.PEERS), strict=True):
        assert row.startswith(name)  # a peer that is missing says so behind its name
    assert rows[:3] == [ingest.LIMIT, ingest.FLOOR, ingest.ONE]
    assert "log files to cache" in summary(report.headlines)


def test_queries_print_a_row_for_every_filter_depth_and_side(setup: Setup) -> None:
    report = queries.report(setup)
    filters, depths, sides = (
        [row[0].split(" `")[0].split(" (")[0] for row in table.rows] for table in report.tables
    )
    assert filters == ["unfiltered", "broad", "narrow"]
    assert depths == ["at the top", "half way", "at the end"]
    assert sides == ["trailhound", "DuckDB, 2 threads"]
    assert len(report.headlines) == len(filters) + len(depths)


def test_start_prints_a_row_for_every_program(setup: Setup) -> None:
    report = start.report(setup)
    rows = [row for row in printed(report) if row != "program" and not row.startswith("-")]
    assert rows == [start.EMPTY, start.OURS, start.WHOLE, start.IMPORTS, start.COMMAND]


def test_keys_print_a_row_for_every_program(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.terminal.SETTLED", 0.1)  # no time is looked at
    report = hand.report(setup)
    keys, typing = report.tables
    assert [row[0] for row in keys.rows] == list(hand.PEERS)
    assert len(typing.rows) == 1


def test_verify_prints_a_row_for_every_program_with_and_without_delay(setup: Setup) -> None:
    report = verifying.report(setup, files=20, hours=3)
    rows = printed(report)[2:]
    assert rows == [verifying.THEIRS, verifying.COLD, verifying.SAME] * 2
    assert len(report.headlines) == 2
