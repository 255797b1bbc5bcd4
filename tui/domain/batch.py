"""Decoded files on their way into the cache: dictionary-coded rows and the bytes they came from.

Rows are columns of integers into the batch's own short tables of distinct values, so that a batch
crosses a process border cheaply and no object per event is ever built. Arrays are the standard
library's: `q` is signed 64 bit, `I` unsigned 32 bit.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.domain.event import GROUPS, Actor, Call, Origin, Outcome, Place, Resource, Signal
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why

ROW_DIMENSIONS = (*GROUPS, "resources")
"""What an event row points into, in the order the cache keeps them."""
Combination: TypeAlias = tuple[int, int, int]
"""One value of each dimension of a group, by index."""

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
    cap: int | None = None
    """Bytes that it holds more than once decompressed, so that it was not read."""

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
    who_values: list[Combination] = field(default_factory=list)
    """Of actor, place and origin."""
    what_values: list[Combination] = field(default_factory=list)
    """Of call, outcome and signal."""
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
    who: array[int] = field(default_factory=_ints)
    what: array[int] = field(default_factory=_ints)
    resources: array[int] = field(default_factory=_ints)
    keys: bytearray = field(default_factory=bytearray)
    """ID_BYTES per event."""
    odd_ids: dict[int, str] = field(default_factory=dict)
    """Event ids that are no lower-case GUID, by position."""

    def of(
        self, position: int
    ) -> tuple[Actor, Call, tuple[Resource, ...], Place, Origin, Outcome, Signal]:
        """Return what an event's row points at, in the order of an `Event`."""
        actor, place, origin = self.who_values[self.who[position]]
        call, outcome, signal = self.what_values[self.what[position]]
        return (
            self.actor_values[actor],
            self.call_values[call],
            self.resources_values[self.resources[position]],
            self.place_values[place],
            self.origin_values[origin],
            self.outcome_values[outcome],
            self.signal_values[signal],
        )

    def __len__(self) -> int:
        return len(self.time)
