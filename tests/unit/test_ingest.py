from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.unit.delivered import Delivered, guid, line, log_file, log_text
from tui.domain.objects import LogObject
from tui.domain.progress import Step
from tui.domain.skipped import Why
from tui.jobs.ingesting import decoding
from tui.jobs.ingesting import ingest as ingesting
from tui.jobs.ingesting.ingest import ingest
from tui.sources.folder import LocalFiles
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.select import Condition


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def stored(cache: Cache) -> list[str]:
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.id for row in reader.rows(connection, numbers)]


def whys(cache: Cache) -> list[Why]:
    with cache.connection() as connection:
        return [each.skipped.why for each in reader.skips(connection)]


def many(count: int) -> dict[str, bytes | OSError]:
    return {f"{n}.json.gz": log_file(*map(line, range(10 * n, 10 * n + 10))) for n in range(count)}


class Cancelling:
    """A progress that stops the work when it was asked so many times."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.steps: list[Step] = []

    def report(self, step: Step) -> None:
        self.steps.append(step)

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_second_run_adds_nothing(cache: Cache) -> None:
    source = Delivered(many(20) | {"empty": b"", "bad": b"hello"})
    first = ingest(cache, source)
    assert (first.files, first.events, first.skipped, first.unchanged) == (22, 200, 2, 0)
    again = ingest(cache, source)
    assert (again.files, again.events, again.skipped, again.unchanged) == (0, 0, 0, 22)
    assert len(stored(cache)) == 200
    assert len(whys(cache)) == 2


def test_a_changed_file_is_read_again_as_another_version(cache: Cache) -> None:
    ingest(cache, Delivered({"a": log_text(line(1))}))
    grown = ingest(cache, Delivered({"a": log_text(line(1), line(2))}))
    assert (grown.files, grown.events, grown.seen_again) == (1, 1, 1)
    assert ingest(cache, Delivered({"a": log_text(line(1))})).unchanged == 1
    with cache.connection() as connection:
        assert [each.uri for each in reader.sightings(connection, 1)] == ["file:///logs/a"] * 2
        assert reader.totals(connection).files == 2


@pytest.mark.parametrize("after", [0, 1, 5, 19])
def test_a_cancelled_run_keeps_what_it_committed_and_another_completes(
    cache: Cache, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "CHUNK_FILES", 2)
    source = Delivered(many(20))
    stopped = ingest(cache, source, Cancelling(after))
    assert stopped.cancelled
    assert stopped.files == after
    assert len(stored(cache)) == stopped.events == 10 * after
    rest = ingest(cache, source)
    assert not rest.cancelled
    assert (rest.files, rest.unchanged) == (20 - after, after)
    assert sorted(stored(cache)) == [guid(number) for number in range(200)]


def test_files_that_cannot_be_read_are_told_once_and_read_when_they_can(cache: Cache) -> None:
    source = Delivered({"a": log_text(line(1)), "b": PermissionError(13, "Permission denied")})
    assert ingest(cache, source).skipped == 1
    with cache.connection() as connection:
        assert "Permission denied" in reader.skips(connection)[0].skipped.detail
    assert ingest(cache, source).unchanged == 2
    source.files = {"b": log_text(line(2))}
    assert ingest(cache, source).events == 1
    assert stored(cache) == [guid(2), guid(1)]


def test_a_folder_full_of_trouble_gives_every_event_and_every_reason(
    cache: Cache, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for name, content in {
        "good.json.gz": log_file(line(1), line(2)),
        "cut.json.gz": log_file(*map(line, range(3, 60)))[:-300],
        "text.json": b"hello",
        "empty.json": b"",
        "digest.json": b'{"digestStartTime":"x"}',
        "none.json": b'{"a": 1}',
        "broken.zip": b"PK\x03\x04",
        "damaged.json": log_text(line(70), line(71)[:-3], line(72)),
    }.items():
        (logs / name).write_bytes(content)
    (logs / "nowhere.json").symlink_to("none-such")
    result = ingest(cache, LocalFiles([logs]))
    assert (result.files, result.skipped) == (9, 7)  # a digest is kept, and nothing is missed in it
    assert sorted(whys(cache)) == sorted(
        [
            *(Why.TRUNCATED, Why.NOT_JSON, Why.EMPTY, Why.NO_RECORDS),
            *(Why.UNREADABLE, Why.UNREADABLE, Why.NOT_JSON),
        ]
    )
    assert {guid(n) for n in (1, 2, 3, 70, 72)} <= set(stored(cache))


def test_a_folder_or_archive_that_can_be_listed_again_is_no_trouble_any_more(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "a.json").write_bytes(log_text(line(1)))
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "other.zip").write_bytes(b"PK\x03\x04")
    with monkeypatch.context() as patched:
        patched.setattr(os, "walk", walk_without(closed))
        assert ingest(cache, LocalFiles([tmp_path])).skipped == 3
    with ZipFile(tmp_path / "half.zip", "w") as archive:
        archive.writestr("b.json", log_text(line(2)))
    assert ingest(cache, LocalFiles([tmp_path]), Cancelling(1)).cancelled
    assert len(whys(cache)) == 3
    ingest(cache, LocalFiles([tmp_path]))
    assert stored(cache) == [guid(2), guid(1)]
    with cache.connection() as connection:
        (skip,) = reader.skips(connection)
    assert skip.uri == f"file://{tmp_path}/other.zip"


def walk_without(closed: Path) -> Callable[..., Iterator[tuple[str, list[str], list[str]]]]:
    """Return an `os.walk` for a user who may not list one folder; root may list any."""
    walk = os.walk

    def walked(
        top: Path, onerror: Callable[[OSError], None]
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        for folder, folders, names in walk(top):
            if Path(folder) == closed:
                onerror(PermissionError(13, "Permission denied", folder))
            else:
                yield folder, folders, names

    return walked


def test_progress_reaches_the_end(cache: Cache) -> None:
    progress = Cancelling(1_000)
    ingest(cache, Delivered(many(3)), progress)
    assert progress.steps[-1].done == progress.steps[-1].total


def test_several_processes_store_what_one_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = many(60) | {
        "bad": b"hello",
        "gone": OSError(5, "Input/output error"),
        "lines": b"\n".join(map(line, range(590, 620))),
        "zlast": log_text(line(1, eventID="odd"), b"{}", line(2, eventTime="")),
    }
    monkeypatch.setattr(ingesting, "FIRST_CHUNK", 3_000)
    monkeypatch.setattr(ingesting, "CHUNK", 9_000)
    contents = []
    for name, threshold in (("alone", 1 << 40), ("several", 0)):
        monkeypatch.setattr(decoding, "ALONE_BELOW", threshold)
        cache = Cache(tmp_path / name)
        result = ingest(cache, Delivered(files))
        assert result.events == 621
        with cache.connection() as connection:
            tables = ("skipped", "actor", "call", "resources", "fact", "sighting", "body", "event")
            rows = [
                connection.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in tables
            ]
            read = connection.execute("SELECT uri, sha256, events, skipped FROM file").fetchall()
        contents.append([*rows, read])
    assert contents[0] == contents[1]


class Overtaken(Delivered):
    """Files that another program stores while we read them."""

    def __init__(self, cache: Cache, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self._cache = cache

    def read(self, item: LogObject) -> bytes:
        ingest(self._cache, Delivered(self.files))
        return super().read(item)


def test_what_another_program_stored_meanwhile_is_not_taken_for_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    result = ingest(cache, Overtaken(cache, {"a": log_file(line(1)), "b": log_file(line(2))}))
    assert (result.files, result.unchanged, result.events) == (0, 2, 0)
