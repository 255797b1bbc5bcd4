"""Log files before they are read, whatever holds them: a folder, an archive, a bucket."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from tui.domain.coverage import Covered


class LogObject(NamedTuple):
    """One file or object that may hold events; nothing of it has been read yet."""

    uri: str
    """Such as `file:///logs/a.json.gz`, `file:///logs/a.zip!/b.json.gz`, `s3://bucket/key`."""
    source: str
    """How it reaches us: local, s3, history, demo."""
    size: int
    """Bytes as stored there."""
    modified: int | None = None
    """ms since 1970 UTC."""
    version: str | None = None
    """What changes when the content does: an object's ETag, without its quotes."""


_RANKS = {"s3": 2, "local": 1, "demo": 1}


def rank(source: str) -> int:
    """Return how much the records of a source are worth as evidence; the highest stands first.

    What a trail delivered to its bucket goes before a local copy, and that before what an API
    tells of an event.
    """
    return _RANKS.get(source, 0)


class ObjectSource(Protocol):
    """Something that holds log objects."""

    passed_over: int
    """Things beside them that are no logs by their names; known once they were listed."""

    def objects(self) -> Iterator[LogObject]:
        """Yield every object, newest first as far as names tell."""

    def read(self, item: LogObject) -> bytes:
        """Return the object's bytes as delivered; raises OSError when it cannot be read."""


@runtime_checkable
class CoveringSource(Protocol):
    """An ObjectSource that also knows for which time its objects are all there is.

    A folder of files does not: nobody can tell what was left out of it.
    """

    def covered(self) -> Sequence[Covered]:
        """Return what is covered once every object was read."""


@runtime_checkable
class ListingSource(Protocol):
    """An ObjectSource whose objects lie in others, such as folders, that may not be listable."""

    def listed(self) -> Collection[str]:
        """Return the URIs of what could be listed this time; known once all objects were."""
