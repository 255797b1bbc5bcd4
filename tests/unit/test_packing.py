"""Files are written in an order that wastes little of the cache's pages."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivered import line, log_file
from tui.domain.objects import LogObject
from tui.sources.decode import decode
from tui.storage import files, packing
from tui.storage.cache import Cache
from tui.storage.writer import Writer

URI = "s3://b/a.json"


@given(st.lists(st.integers(0, 20_000)))
def test_every_file_is_written_once(sizes: list[int]) -> None:
    assert sorted(packing.order(sizes)) == list(range(len(sizes)))


def pages(path: Path, sizes: Sequence[int], order: Iterable[int]) -> int:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE body (file INTEGER PRIMARY KEY, encoding, bytes)")
        rows = ((files.AS_DELIVERED, b"\x1f" * sizes[position]) for position in order)
        connection.executemany("INSERT INTO body (encoding, bytes) VALUES (?, ?)", rows)
        connection.commit()
        count: int = connection.execute("PRAGMA page_count").fetchone()[0]
        return count


def test_files_of_all_sizes_take_hardly_more_pages_than_their_bytes(tmp_path: Path) -> None:
    dice = random.Random(7)
    sizes = [int(dice.lognormvariate(9, 1)) for _ in range(400)]
    least = sum(sizes) / 4096
    packed = pages(tmp_path / "packed.db", sizes, packing.order(sizes))
    as_they_come = pages(tmp_path / "plain.db", sizes, range(len(sizes)))
    assert packed < 1.025 * least < 1.045 * least < as_they_come


def test_versions_of_one_file_are_written_in_their_order(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    bodies = [log_file(*(line(at) for at in range(count))) for count in (60, 1, 30, 2)]
    items = [
        LogObject("s3://b/a.json", "s3", len(body), None, f"v{at}")
        for at, body in enumerate(bodies)
    ]
    with cache.connection() as connection:
        Writer(cache, connection).write(decode(zip(items, bodies, strict=True)))
        found = files.versions(connection, URI)
    assert [version for version, _ in found] == ["v0", "v1", "v2", "v3"]
