"""A damaged cache is set aside, and what is still whole in it is read into a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui.domain.progress import Progress
from tui.domain.words import counted
from tui.jobs.ingesting.ingest import ingest
from tui.language.moment import format_moment
from tui.storage.cache import Cache, set_aside, transaction
from tui.storage.salvage import LetGo, Salvage
from tui.storage.wanted import Wanted, restore, wanted

_SOONER = 3_600_000
"""ms before its delivery in which the events of a log file happened, with room to spare."""


class Rebuilt(NamedTuple):
    """What became of a damaged cache."""

    aside: Path
    files: int
    events: int
    lost: int
    let_go: LetGo
    """What had no bytes to bring back, and comes with the next sync."""
    flags: int = 0
    lost_flags: int = 0
    added: int = 0
    unread: tuple[str, ...] = ()
    """What a user put in of which there may have been more."""

    def sentence(self) -> str:
        """Say it, with what to do."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield f"The damaged cache was set aside as {self.aside}."
        what = f"{counted(self.files, 'file')} with {counted(self.events, 'event')}"
        if self.lost:
            lost = counted(self.lost, "file")
            yield f"A new one has {what}; {lost} could not be read: sync or open them again."
        else:
            yield f"A new one has {what}; no more was found. Read again what is missing."
        if self.let_go.files:
            yield _awaited(self.let_go)
        if self.flags or self.lost_flags:
            gone = (
                f", {self.lost_flags:,} lost as their events could not be read"
                if self.lost_flags
                else ""
            )
            yield f"{counted(self.flags, 'flag')} kept{gone}."
        if self.added:
            yield f"{counted(self.added, 'added source')} kept."
        if self.unread:
            yield f"Not all {' and '.join(self.unread)} could be read: set anew what is missing."


def rebuild(path: Path, progress: Progress | None = None) -> Rebuilt:
    """Set a damaged cache aside and make a new one of what is whole; raises CacheError."""
    aside = set_aside(path)
    salvage = Salvage(aside)
    cache = Cache(path)
    result = ingest(cache, salvage, progress)
    found = wanted(aside)
    kept = _restored(cache, found)
    return Rebuilt(
        aside,
        result.files,
        result.events,
        salvage.lost,
        salvage.let_go,
        kept,
        found.lost_flags + len(found.flags) - kept,
        len(found.added),
        tuple(found.unread),
    )


def _restored(cache: Cache, found: Wanted) -> int:
    with cache.connection() as connection, transaction(connection):
        return restore(connection, found)


def _awaited(let_go: LetGo) -> str:
    back = ""
    if let_go.oldest is not None:
        back = f" that reaches back to {format_moment(let_go.oldest - _SOONER)}"
    return (
        f"{counted(let_go.events, 'event')} of {counted(let_go.files, 'log file')}, whose bytes a "
        f"size limit had let go, await the next sync{back}."
    )
