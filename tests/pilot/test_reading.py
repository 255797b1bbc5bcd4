"""A source that is read only in part is never said to be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.pilot.explored import Files, exploring, record
from tui.domain.objects import LogObject
from tui.errors import SourceError
from tui.jobs.ingesting.ingest import FIRST_CHUNK
from tui.screens.work import Problem


async def test_what_was_stopped_is_not_said_to_be_read(tmp_path: Path) -> None:
    files = Files({f"{n}.json.gz": [record(n, padding="x" * FIRST_CHUNK)] for n in range(1, 4)})
    async with exploring(tmp_path / "cache.db", files) as explored:
        files.gates["1.json.gz"].set()
        await explored.until(lambda: explored.total == 1)
        await explored.press("escape")
        files.let_all()
        await explored.until(lambda: "not everything was read" in explored.text)
        assert "everything read" not in explored.text
        await explored.filter("action:Delete*")
        assert "But not everything was read." in explored.text
        await explored.press("exclamation_mark")
        await explored.until(lambda: "Nothing was skipped of all that was read." in explored.text)


class Failing(Files):
    """Log files whose list breaks off."""

    def objects(self) -> Iterator[LogObject]:
        """Yield the files, and then what went wrong."""
        yield from super().objects()
        raise SourceError("The disk went away.")


async def test_a_source_that_fails_midway_is_not_said_to_be_read(tmp_path: Path) -> None:
    files = Failing({"1.json.gz": [record(1)]}).let_all()
    async with exploring(tmp_path / "cache.db", files) as explored:
        await explored.until(lambda: "not everything was read" in explored.text)
        assert "Reading log files" not in explored.text
        await explored.until(lambda: "The disk went away." in explored.text)


async def test_another_trouble_does_not_end_the_reading(tmp_path: Path) -> None:
    files = Files({"1.json.gz": [record(1)]})
    async with exploring(tmp_path / "cache.db", files) as explored:
        await explored.until(lambda: explored.screen.explorer is not None)
        explored.screen.post_message(Problem("A record is gone."))
        await explored.until(lambda: "A record is gone." in explored.text)
        assert explored.screen.progress is not None
        explored.app.clear_notifications()
        files.let_all()
        await explored.until(lambda: "everything read" in explored.text)
