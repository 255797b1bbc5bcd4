from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.delivered import line, log_file, write
from tui.storage import blocks
from tui.storage.cache import Cache


def filled(folder: Path, sizes: list[int], block: int) -> Cache:
    cache = Cache(folder / "cache.db")
    start = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_FACTS", block)
        for part, size in enumerate(sizes):
            records = (
                line(n, eventID=f"odd {n}" if n % 5 == 0 else f"{n}")
                for n in range(start, start + size)
            )
            write(cache, **{f"f{part}": log_file(*records)})
            start += size
    return cache


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=5),
    st.sampled_from((1, 4, 10, 65_536)),
    st.integers(0, 60),
)
def test_loaded_blocks_equal_the_rows(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], block: int, after: int
) -> None:
    cache = filled(tmp_path_factory.mktemp("blocks"), sizes, block)
    with cache.connection() as connection:
        names = ", ".join(blocks.COLUMNS)
        query = f"SELECT id, time, {names} FROM fact WHERE id > ? ORDER BY id"
        rows = connection.execute(query, (after,)).fetchall()
        loaded = sorted(blocks.load(connection, after), key=lambda each: each.first)
        columns = [
            (
                each.first + at,
                int(each.time[at]),
                *(int(each.columns[n][at]) for n in blocks.COLUMNS),
            )
            for each in loaded
            for at in range(len(each))
        ]
        assert columns == rows
        assert blocks.last_in_block(connection) == sum(sizes) // block * block
        whole, keys = blocks.from_rows(connection, 1, 1_000)
        known = list(blocks.load_keys(connection, after))
        assert len(whole) == sum(sizes)
        numbers = [n for first, some in known for n in range(first, first + len(some))]
        assert numbers == [row[0] for row in rows]
        if known:
            assert np.array_equal(np.concatenate([some for _, some in known]), keys[after:])


def test_blocks_tell_the_times_they_span(tmp_path: Path) -> None:
    with filled(tmp_path, [25], 10).connection() as connection:
        told = connection.execute("SELECT first, count, oldest, newest FROM block").fetchall()
        for first, count, oldest, newest in told:
            query = "SELECT min(time), max(time) FROM fact WHERE id BETWEEN ? AND ?"
            spans = connection.execute(query, (first, first + count - 1)).fetchone()
            assert spans == (oldest, newest)
    assert [first for first, *_ in told] == [1, 11]


def test_without_its_blocks_a_cache_loads_the_same(tmp_path: Path) -> None:
    with filled(tmp_path, [7, 18], 10).connection() as connection:
        before = [block.time.tolist() for block in blocks.load(connection, 0)][::-1]
        connection.execute("DELETE FROM block")
        after = [block.time.tolist() for block in blocks.load(connection, 0)]
    assert len(before) == 3
    assert [time for block in before for time in block] == after[0]
