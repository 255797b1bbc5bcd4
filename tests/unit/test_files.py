"""A delivered file is found by its URI, of which the cache indexes only the end."""

from __future__ import annotations

from pathlib import Path

from tests.unit.delivered import line, log_file, write
from tui.domain.objects import LogObject
from tui.sources.decode import decode
from tui.storage import files, hours
from tui.storage.cache import Cache

NAME = "111122223333_CloudTrail_eu-west-1_20260630T1200Z_jKAiRHl7wvFSDRQ4.json.gz"


def test_files_whose_uris_end_alike_are_told_apart(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    write(cache, **{f"one/{NAME}": log_file(line(1))})
    write(cache, **{f"other/{NAME}": log_file(line(2), line(3))})
    write(cache, a=log_file(line(4)))
    with cache.connection() as connection:
        counts = [
            (hours.events_of(connection, uri), files.versions(connection, uri))
            for uri in (
                f"file:///logs/one/{NAME}",
                f"file:///logs/other/{NAME}",
                "file:///logs/a",
                f"file:///logs/none/{NAME}",
                NAME,
            )
        ]
    assert counts == [(1, [(None, 1)]), (2, [(None, 2)]), (1, [(None, 3)]), (0, []), (0, [])]


def test_looking_for_a_uri_does_not_go_through_all_files(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache.db").connection() as connection:
        plan = f"EXPLAIN QUERY PLAN SELECT id FROM file WHERE {files.AT.format('?1')}"
        steps = [row[3] for row in connection.execute(plan, ("file:///logs/a",))]
    assert len(steps) == 1
    assert steps[0].startswith("SEARCH file USING INDEX file_end")


def test_storing_a_file_takes_no_longer_for_others_with_its_content(tmp_path: Path) -> None:
    """Thousands may be empty, or could not be read."""
    cache = Cache(tmp_path / "cache.db")
    write(cache, **{f"{number:05}.json": b"" for number in range(2_000)})
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with cache.connection() as connection:
        item = LogObject("file:///logs/other.json", "local", 0)
        (file,) = decode([(item, b"")]).files
        connection.set_progress_handler(count, 100)
        files.add(connection, file)
    assert steps < 20  # of 100 instructions; each of the others took one
