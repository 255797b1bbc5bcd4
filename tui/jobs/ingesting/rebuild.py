"""A damaged cache is set aside, and what is still whole in it is read into a new one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tui.domain.progress import Progress
from tui.jobs.ingesting.ingest import ingest
from tui.storage.cache import Cache, set_aside
from tui.storage.salvage import Salvage


class Rebuilt(NamedTuple):
    """What became of a damaged cache."""

    aside: Path
    files: int
    events: int
    lost: int

    def sentence(self) -> str:
        """Say it, with what to do."""
        said = (
            f"The damaged cache was set aside as {self.aside}. "
            f"{self.files:,} files with {self.events:,} events were brought back into a new one"
        )
        if self.lost:
            return f"{said}; {self.lost:,} files were lost: read them again from where they came."
        return f"{said}; nothing more was found in it. Read again what is missing."


def rebuild(path: Path, progress: Progress | None = None) -> Rebuilt:
    """Set a damaged cache aside and make a new one of what is whole; raises CacheError."""
    aside = set_aside(path)
    salvage = Salvage(aside)
    result = ingest(Cache(path), salvage, progress)
    return Rebuilt(aside, result.files, result.events, salvage.lost)
