"""Names of resources are kept in two parts, and read as one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.event import Resource
from tui.storage import migrations
from tui.storage.cache import Cache, transaction
from tui.storage.known import ResourceSets

BUCKET = "arn:aws:s3:::logs"
NAMES = (
    "", "plain", ":", "/", "ends/", "ends:", "///", "a/b:c", "a:b/c", f"{BUCKET}/2026/11/part-1",
    f"{BUCKET}/2026/11/part-2", "nul\0in/the\0middle", "wide/名前", "名前:wide", "é/é", "%_/'\"",
    "x" * 4000, "x/" * 2000,
)  # fmt: skip
RESOURCES = tuple(Resource(name, kind) for name in NAMES for kind in (None, "AWS::S3::Object"))
STEP = "0011_stem"


def read(connection: sqlite3.Connection) -> list[Resource]:
    rows = connection.execute("SELECT name, type FROM resource ORDER BY id")
    return [Resource(*row) for row in rows]


def store(cache: Cache, resources: Sequence[Resource]) -> list[Resource]:
    with cache.connection() as connection, transaction(connection):
        sets = ResourceSets()
        sets.refresh(connection)
        sets.ids(connection, [(resource,) for resource in resources])
        return read(connection)


def test_an_upgrade_keeps_every_name(tmp_path: Path) -> None:
    at = [step.stem for step in migrations.STEPS].index(STEP)
    with closing(sqlite3.connect(tmp_path / "cache.db")) as connection:
        for step in migrations.STEPS[:at]:
            connection.executescript(step.read_text())
        connection.executemany("INSERT INTO resource (name, type) VALUES (?, ?)", RESOURCES)
        connection.execute("INSERT INTO resources VALUES (7, 0, 3), (7, 1, 5)")
        before = read(connection)
        connection.executescript(migrations.STEPS[at].read_text())
        assert read(connection) == before == list(RESOURCES)
        assert connection.execute("SELECT * FROM resources").fetchall() == [(7, 0, 3), (7, 1, 5)]
        (leaves,) = connection.execute("SELECT count(*) FROM leaf").fetchone()
        used, stems = connection.execute(
            "SELECT count(DISTINCT leaf.stem), max(stem.id) FROM leaf, stem"
        ).fetchone()
        assert (leaves, used) == (len(RESOURCES), stems)


@given(st.lists(st.builds(Resource, st.text("a/:\0名", max_size=8), st.sampled_from([None, "T"]))))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, resources: list[Resource]
) -> None:
    cache = Cache(tmp_path_factory.mktemp("names") / "cache.db")
    distinct = list(dict.fromkeys(resources))
    assert store(cache, resources) == distinct
    assert store(cache, [*reversed(resources), Resource("one more", None)]) == list(
        dict.fromkeys([*distinct, Resource("one more", None)])
    )


def test_what_names_of_one_type_begin_with_is_stored_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    store(cache, [Resource(f"{BUCKET}/2026/part-{number}", "T") for number in range(9)])
    store(cache, [Resource(f"{BUCKET}/2026/part-{number}", "T") for number in range(20)])
    with cache.connection() as connection:
        assert connection.execute("SELECT text, type FROM stem").fetchall() == [
            (f"{BUCKET}/2026/", "T")
        ]
        assert len(read(connection)) == 20
