"""What could not be taken over once is taken over the next time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.pilot.explored import Files, exploring, record
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache


def add(path: Path, name: str, numbers: range) -> None:
    ingest(Cache(path), Files({name: [record(number) for number in numbers]}).let_all())


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


async def test_events_that_come_after_a_refresh_failed_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    add(path, "a.json.gz", range(9))
    async with exploring(path) as explored:
        assert explored.total == 9
        change(path, "ALTER TABLE ledger RENAME TO away")
        explored.screen.cache_grew()
        await explored.until(
            lambda: any("no such table" in each.message for each in explored.app._notifications)
        )
        change(path, "ALTER TABLE away RENAME TO ledger")
        add(path, "b.json.gz", range(9, 12))
        explored.screen.cache_grew()
        await explored.until(lambda: explored.total == 12)
