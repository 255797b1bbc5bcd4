from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.delivered import line, log_file, write
from tui.errors import CacheError
from tui.storage import migrations, reader
from tui.storage.cache import Cache


def test_the_cache_is_private_from_its_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cache = Cache(tmp_path / "deep/er/cache.db")
        write(cache, a=log_file(line(1)))
        with cache.connection():
            files = list((tmp_path / "deep/er").iterdir())
            assert len(files) == 3
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deep/er").stat().st_mode) == 0o700


def test_each_step_of_the_schema_is_recorded_once(tmp_path: Path) -> None:
    for _ in range(3):
        Cache(tmp_path / "cache.db")
    with sqlite3.connect(tmp_path / "cache.db") as connection:
        query = "SELECT migration_set, name FROM _sqlite_migrations ORDER BY id"
        names = connection.execute(query).fetchall()
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    assert names == [("trailhound", step.stem) for step in migrations.STEPS]
    assert version == migrations.VERSION == len(names) > 0


@pytest.mark.parametrize("version", [0, 1, 77])
def test_a_database_of_another_program_is_refused_and_not_changed(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CacheError, match="of another program"):
        Cache(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    write(Cache(tmp_path / "cache.db"), a=log_file(line(1), line(2)))
    with Cache(tmp_path / "cache.db").connection() as connection:
        assert reader.totals(connection) == (2, 1, 0)


OPEN = """
import sys
from pathlib import Path
from tui.storage.cache import Cache

Cache(Path(sys.argv[1]))
"""


def test_two_programs_may_create_the_cache_together(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(tmp_path / "cache.db")]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    with Cache(tmp_path / "cache.db").connection() as connection:
        count = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
    assert count == migrations.VERSION


def test_a_cache_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    write(Cache(path), a=log_file(line(1)))
    with Cache(path).connection() as connection:
        connection.execute(f"PRAGMA user_version = {migrations.VERSION + 1}")
    with pytest.raises(CacheError, match="newer Trailhound"):
        Cache(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)
    connection.close()


def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file/cache.db", tmp_path):
        with pytest.raises(CacheError, match="--cache"):
            Cache(path)


def test_the_standard_library_alone_reads_the_view(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    listed = [{"ARN": "arn:aws:s3:::a"}, {"ARN": "arn:aws:s3:::b"}]
    write(cache, a=log_file(*map(line, range(5)), line(9, resources=listed, eventID="odd \x1b id")))
    connection = sqlite3.connect(f"file:{cache.path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    seen = {row["number"]: row for row in connection.execute("SELECT * FROM event")}
    connection.close()
    with cache.connection() as ours:
        rows = reader.rows(ours, sorted(seen))
    assert len(rows) == 6
    for row in rows:
        shown = seen[row.number]
        assert (shown["id"], shown["time_ms"]) == (row.id, row.time)
        assert shown["time"].endswith("Z")
        assert (shown["caller"], shown["arn"]) == (row.actor.caller, row.actor.arn)
        assert (shown["service"], shown["action"]) == (row.call.service, row.call.action)
        assert (shown["account"], shown["region"]) == row.place
        assert (shown["ip"], shown["agent"], shown["endpoint"]) == row.origin
        assert (shown["error"], shown["code"], shown["result"]) == row.outcome
        assert (shown["severity"], shown["reason"]) == row.signal
        assert shown["resource"] == (row.resources[0].name if row.resources else None)
        names = shown.keys()
        numbers = {"number", "severity", "time_ms", "file", "ordinal"}
        assert {type(shown[name]) for name in names if name not in numbers} <= {
            str,
            type(None),
        }
