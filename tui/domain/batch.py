"""Decoded files on their way into the cache: dictionary-coded rows and the bytes they came from.

Rows are columns of integers into the batch's own short tables of distinct values, so that a batch
crosses a process border cheaply and no object per event is ever built. Arrays are the standard
library's: `q` is signed 64 bit, `I` unsigned 32 bit.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from tui.domain.event import Actor, Call, Origin, Outcome, Place, Resource, Signal
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why

ROW_DIMENSIONS = ("actor", "call", "resources", "place", "origin", "outcome", "signal")
"""The dimensions an event row points into, in the order the cache keeps them."""

ID_BYTES = 16
"""Length of an event's key: the bytes of its GUID, or of a digest of any other id."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file as it was delivered, and what became of it."""

    item: LogObject
    sha256: bytes
    """Of the delivered bytes; empty when they could not be read."""
    body: bytes | None
    events: int
    skipped: tuple[Skipped, ...]

    @property
    def troubles(self) -> int:
        """How many things in it should have given an event and did not; a digest should not."""
        return sum(skip.why is not Why.DIGEST for skip in self.skipped)


def _ints() -> array[int]:
    return array("I")


@dataclass(slots=True)
class Batch:
    """Some files and their events; every column has one entry per event."""

    files: list[FileRead] = field(default_factory=list)
    actor_values: list[Actor] = field(default_factory=list)
    call_values: list[Call] = field(default_factory=list)
    resources_values: list[tuple[Resource, ...]] = field(default_factory=list)
    place_values: list[Place] = field(default_factory=list)
    origin_values: list[Origin] = field(default_factory=list)
    outcome_values: list[Outcome] = field(default_factory=list)
    signal_values: list[Signal] = field(default_factory=list)
    file: array[int] = field(default_factory=_ints)
    """Index into `files`."""
    ordinal: array[int] = field(default_factory=_ints)
    """Which record of the file, from 0."""
    time: array[int] = field(default_factory=lambda: array("q"))
    """ms since 1970 UTC."""
    actor: array[int] = field(default_factory=_ints)
    call: array[int] = field(default_factory=_ints)
    resources: array[int] = field(default_factory=_ints)
    place: array[int] = field(default_factory=_ints)
    origin: array[int] = field(default_factory=_ints)
    outcome: array[int] = field(default_factory=_ints)
    signal: array[int] = field(default_factory=_ints)
    keys: bytearray = field(default_factory=bytearray)
    """ID_BYTES per event."""
    odd_ids: dict[int, str] = field(default_factory=dict)
    """Event ids that are no lower-case GUID, by position."""

    def __len__(self) -> int:
        return len(self.time)
