"""Which deliveries are events, which are further sightings, and whose record stands first.

Owns the rule that equal eventID in the same recipient account is one event (CloudTrail user guide,
"Finding your CloudTrail log files", on duplicates), and that the record of the source that is worth
most stands for it, whichever came first. Reads the cache, writes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui.domain.batch import ID_BYTES, Batch
from tui.domain.objects import rank
from tui.storage import blocks
from tui.storage.known import EventKeys

Ints: TypeAlias = NDArray[np.int64]
Identity: TypeAlias = tuple[bytes | str, str | None]
"""An event's id and the account it was recorded in."""
_AT_ONCE = 10_000


class Primary(NamedTuple):
    """The record that stands for a stored fact."""

    fact: int
    file: int
    ordinal: int
    rank: int


@dataclass(slots=True)
class Told:
    """What becomes of a batch's events."""

    new: Ints
    """Positions of those that become facts."""
    sightings: list[tuple[int, int, int]] = field(default_factory=list)
    """(fact, file, ordinal) of every delivery that does not stand first."""
    better: dict[int, int] = field(default_factory=dict)
    """Of stored facts, the position of the record that stands for them from now on."""


def tell(
    connection: sqlite3.Connection,
    known: EventKeys,
    batch: Batch,
    rows: Mapping[str, Ints],
    keys: blocks.Keys,
    first: int,
) -> Told:
    """Sort out a batch; its new facts are numbered from `first` on.

    Events of files that are stored already have no file in `rows`: they are left out.
    """
    candidates = np.flatnonzero(rows["file"])
    suspected = known.met(keys) | _repeated(keys)
    if not suspected.any():
        return Told(candidates)
    stored = _stored(connection, known.facts(keys[suspected]))
    ranks = [rank(file.item.source) for file in batch.files]
    keep = np.zeros(len(batch), bool)
    keep[candidates] = True
    owners: dict[Identity, int] = {}
    later: list[tuple[Identity, int]] = []
    ours = candidates[suspected[candidates]].tolist()
    for position in sorted(ours, key=lambda each: -ranks[batch.file[each]]):
        identity = _identity(batch, position)
        if identity in stored or identity in owners:
            keep[position] = False
            later.append((identity, position))
        else:
            owners[identity] = position
    told = Told(np.flatnonzero(keep))
    for identity, position in later:
        delivery = int(rows["file"][position]), int(rows["ordinal"][position])
        primary = stored.get(identity)
        if primary is None:
            fact = first + int(np.searchsorted(told.new, owners[identity]))
            told.sightings.append((fact, *delivery))
        elif ranks[batch.file[position]] > primary.rank:
            told.better[primary.fact] = position
            told.sightings.append((primary.fact, primary.file, primary.ordinal))
            stored[identity] = Primary(primary.fact, *delivery, ranks[batch.file[position]])
        else:
            told.sightings.append((primary.fact, *delivery))
    return told


def event_id(batch: Batch, position: int) -> bytes | str:
    """Return an event's id as the cache stores it."""
    odd = batch.odd_ids.get(position)
    if odd is not None:
        return odd
    return bytes(batch.keys[position * ID_BYTES : (position + 1) * ID_BYTES])


def _identity(batch: Batch, position: int) -> Identity:
    _, place, _ = batch.who_values[batch.who[position]]
    return event_id(batch, position), batch.place_values[place].account


def _stored(connection: sqlite3.Connection, facts: Sequence[int]) -> dict[Identity, Primary]:
    """Return these facts by their true identities."""
    identities: dict[Identity, Primary] = {}
    for start in range(0, len(facts), _AT_ONCE):
        some = facts[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        query = (
            "SELECT event_id, account, source, fact.id, file, ordinal FROM fact "
            "JOIN who ON who.id = fact.who JOIN place ON place.id = who.place "
            "JOIN file ON file.id = fact.file "
            f"WHERE fact.id IN ({marks})"
        )
        for one, account, source, fact, file, ordinal in connection.execute(query, some):
            identities[one, account] = Primary(fact, file, ordinal, rank(source))
    return identities


def _repeated(keys: blocks.Keys) -> NDArray[np.bool_]:
    """Return which keys stand more than once."""
    order = np.argsort(keys)
    ordered = keys[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    several = np.zeros(len(keys), bool)
    several[order[same]] = several[order[same + 1]] = True
    return several
