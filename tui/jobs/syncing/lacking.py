"""What one run of a stream asked for and could not have: each thing once, told by the first.

Owns the count and the reason in the standing, and that nothing refused is asked for twice in a run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tui.domain.objects import LogObject
from tui.domain.syncing import Standing
from tui.jobs.syncing.refused import Refused
from tui.sources.decode import Delivered
from tui.storage.versions import Versions

_FIRST = "; the first is "
_STILL = "It was refused before, as was the rest of its folder now."


class Lacking:
    """Keeps the standing true, and knows what of that refused `before` was asked for."""

    def __init__(self, standing: Standing, before: Collection[str]) -> None:
        self._standing = standing
        self._before = before
        self._met: set[str] = set()
        self._lacking = Versions()
        standing.unread = standing.unlisted = 0

    def answered(self, some: Sequence[Delivered]) -> None:
        """Take note of what was asked for, and count what of it could not be had."""
        self._met.update(item.uri for item, _ in some if item.uri in self._before)
        self._count({item: data for item, data in some if isinstance(data, str)})

    def unlisted(self, some: Sequence[Delivered]) -> None:
        """Take note of prefixes that could not be listed, and count them."""
        self._met.update(item.uri for item, _ in some)
        self.answered(some)

    def waits(self, some: Iterable[Refused]) -> None:
        """Count what is not asked for again this time."""
        left = [each.uri for each in some if each.uri not in self._met]
        self._met.update(left)
        self._count(dict.fromkeys((LogObject(uri, "s3", 0) for uri in left), _STILL))

    def has_met(self, uri: str) -> bool:
        """Return whether something refused before, or a prefix, was asked for in this run."""
        return uri in self._met

    def fresh(self, items: Sequence[LogObject]) -> list[LogObject]:
        """Return those that were not refused in this run."""
        return self._lacking.unread(items)

    def _count(self, why: dict[LogObject, str]) -> None:
        new = self._lacking.unread(list(why))
        if not new:
            return
        self._lacking.add(new)
        standing, said = self._standing, f"{new[0].uri}: {why[new[0]]}"
        first = standing.reason.partition(_FIRST)[2] if standing.unread else said
        standing.unread += len(new)
        standing.reason = f"{standing.unread:,} could not be read{_FIRST}{first}"
