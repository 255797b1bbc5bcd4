"""A damaged cache is noticed, set aside and rebuilt; it never crashes anything."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tui.errors import CacheDamaged, CacheError, TrailhoundError
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.records import Records
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.ingesting.rebuild import rebuild
from tui.simulation.accounts import SimulatedAccounts
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.health import health
from tui.storage.select import Condition

NOW = 1_780_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cache with some simulated days in it, closed."""
    path = tmp_path / "cache.db"
    ingest(Cache(path), SimulatedAccounts(seed=3, now=NOW, days=1, events=1500))
    return path


def corrupt(path: Path, share: float, seed: int) -> None:
    """Overwrite a share of the pages with noise, but not the header."""
    noise = random.Random(seed)
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        if noise.random() < share:
            data[start : start + 4096] = noise.randbytes(4096)
    path.write_bytes(data)


def use_all_of(path: Path) -> None:
    """Read everything there is in a cache, and write to it."""
    cache = Cache(path)
    Explorer(cache).refresh()
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        reader.rows(connection, numbers)
        list(Records(connection).each(numbers))
    ingest(cache, SimulatedAccounts(seed=4, now=NOW, days=0.2, events=100))


def foreign_database(path: Path) -> bytes:
    """Return the bytes of another program's database whose second page is noise."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for number in range(50):
            connection.execute(f"CREATE TABLE t{number} (a, b, c, d, e, f, g, h, i, j, k, l, m)")
    corrupt(path, share=1, seed=1)
    return path.read_bytes()


def test_a_file_of_the_users_own_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    own = (
        b"\n",
        b"notes",
        b"this is no database, whatever its name says" * 200,
        b"as long as two pages".ljust(8192),
        b"SQLite format 3\0" + b"says its beginning alone".ljust(8176),
        random.Random(1).randbytes(40_960),
        b"CREATE TABLE fact (".ljust(4096),
        foreign_database(path),
    )
    for content in own:
        path.write_bytes(content)
        with pytest.raises(CacheError, match="was not changed") as caught:
            Cache(path)
        assert not isinstance(caught.value, CacheDamaged)
        assert str(path) in str(caught.value)
        assert path.read_bytes() == content
        assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_or_a_device_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(CacheError, match="was not changed"):
            Cache(path)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("first", [bytes(4096), b"x" * 4096, random.Random(2).randbytes(4096)])
def test_a_cache_that_lost_its_first_page_is_set_aside_and_rebuilt(
    path: Path, first: bytes
) -> None:
    path.write_bytes(first + path.read_bytes()[4096:])
    with pytest.raises(CacheDamaged):
        Cache(path)
    assert rebuild(path).aside.exists()
    use_all_of(path)


@pytest.mark.parametrize("place", [b"CREATE TABLE what", b"CREATE VIEW actor"])
@pytest.mark.parametrize("byte", [ord("x"), 0xC3, 0xFF])
def test_a_changed_byte_in_the_schema_is_damage_whatever_it_is(
    path: Path, place: bytes, byte: int
) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(place) + 4] = byte
    path.write_bytes(data)
    assert health(path, 5.0).trouble
    with pytest.raises(CacheDamaged):
        Cache(path)
    rebuilt = rebuild(path)
    assert rebuilt.aside.exists()
    assert rebuilt.files > 0
    assert rebuilt.lost == 0
    use_all_of(path)


@pytest.mark.parametrize("seed", range(12))
def test_noise_in_some_pages_is_a_sentence_and_the_rest_comes_back(path: Path, seed: int) -> None:
    before = set(SimulatedAccounts(seed=3, now=NOW, days=1, events=1500).objects())
    corrupt(path, share=0.02, seed=seed)
    with pytest.raises(CacheDamaged):
        use_all_of(path)
    rebuilt = rebuild(path)
    assert rebuilt.aside.exists()
    assert rebuilt.files <= len(before)
    assert rebuilt.files + rebuilt.lost <= len(before)
    use_all_of(path)


def test_a_changed_byte_in_a_stored_file_is_not_passed_on_as_evidence(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        file, data = connection.execute("SELECT file, bytes FROM body LIMIT 1").fetchone()
        changed = data[:-1] + bytes([data[-1] ^ 1])
        connection.execute("UPDATE body SET bytes = ? WHERE file = ?", (changed, file))
        numbers = [n for (n,) in connection.execute("SELECT id FROM fact WHERE file = ?", (file,))]
    connection.close()
    with pytest.raises(CacheDamaged), Cache(path).connection() as connection:
        list(Records(connection).each(numbers))


def test_a_command_on_a_damaged_cache_rebuilds_it_and_says_so(path: Path) -> None:
    path.write_bytes(b"\0" * 100_000)
    command = [sys.executable, "-m", "tui", "facets", "--cache", str(path), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["total"] == 0
    assert "is damaged" in done.stderr
    assert "set aside" in done.stderr
    assert list(path.parent.glob("cache.db.damaged-*"))


def test_rebuilding_an_unreadable_cache_leaves_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    path.write_bytes(random.Random(1).randbytes(20_000))
    rebuilt = rebuild(path)
    assert (rebuilt.files, rebuilt.events) == (0, 0)
    use_all_of(path)
    assert issubclass(CacheDamaged, TrailhoundError)
