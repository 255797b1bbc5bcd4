"""Which time the days of a bucket stand for, and where files are lacking.

Events reach the bucket up to LATE after they happened and SLOT before the time in a name, so a file
that cannot be had leaves a hole that may reach into the day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.domain.answer import Span
from tui.sources.aws.keys import DAY_MS, Folder, LogKey, day_start, parse_key
from tui.sources.aws.listing import LATE, SLOT, ListedDay
from tui.sources.decode import Delivered


def hole_of(key: LogKey) -> Span:
    """Return the time whose events may be in a log file; without a slot its day decides."""
    start = day_start(key.day)
    if key.stamp is None:
        return Span(start - LATE, start + DAY_MS)
    return Span(key.stamp - LATE, key.stamp + SLOT)


class Answered:
    """What the days read so far, newest first, have told."""

    def __init__(self) -> None:
        self._holes: dict[str, list[Span]] = {}
        """By the path of the folder."""
        self._below: int | None = None
        self._refused: list[tuple[str, Span]] = []
        self._days: list[ListedDay] = []

    def begins(self, day: ListedDay) -> None:
        """Note which prefixes of a day could not be listed."""
        start = day_start(day.day)
        whole = Span(start - LATE, start + DAY_MS)
        self._refused += [(prefix, whole) for prefix, _ in day.refused]
        self._days.append(day._replace(items=[]))

    def fetched(self, contents: Sequence[Delivered]) -> list[tuple[Folder, Span]]:
        """Note which files could not be read; return the holes they leave."""
        holes = []
        for item, content in contents:
            key = parse_key(item.uri.split("/", 3)[3])
            if key is None or isinstance(content, bytes):
                continue
            hole = hole_of(key)
            holes.append((key.folder, hole))
            self._holes.setdefault(key.folder.path(), []).append(hole)
        return holes

    def until(self, start: int) -> int:
        """Return up to when a day stands: to the day read before, as those between hold nothing.

        Behind the newest it stands for a day more: nothing may have happened since. Where nothing
        is delivered for longer, as by a trail that was stopped, what follows is not covered.
        """
        below = start + 2 * DAY_MS if self._below is None else self._below
        self._below = start
        return below

    def lacking(self, folder: Folder) -> list[Span]:
        """Return where files of a folder are lacking."""
        path = folder.path()
        refused = [span for prefix, span in self._refused if prefix.startswith(path)]
        return [*self._holes.get(path, ()), *refused]

    def listed(self, prefix: str, folders: Iterable[Folder], refused: Sequence[str]) -> bool:
        """Return whether a prefix was listed: itself as a day, or what lies below it.

        `folders` are those that were found, `refused` the prefixes on the way that were not listed.
        """
        if prefix in refused or any(prefix == each for each, _ in self._refused):
            return False
        for folder in folders:
            path = folder.path()
            if path.startswith(prefix) and not any(path.startswith(each) for each in refused):
                return True
            if prefix.startswith(path):
                return any(folder.day_prefix(day.day) == prefix for day in self._days)
        return False
