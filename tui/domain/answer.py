"""What a screen or a command asks of the cached events, and what it gets back.

Values only: who computes them is `analysis` and `jobs.exploring.explore`. An answer carries the
query it answers, so a late one can be told and dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tui.domain.event import (
    Actor,
    Call,
    File,
    Flag,
    Integrity,
    Origin,
    Outcome,
    Place,
    Resource,
    Signal,
)
from tui.domain.filter import Everything, Filter
from tui.domain.saved import Highlight

WINDOW = 128
"""Rows that are read and kept together: two pages of a tall terminal."""


class Span(NamedTuple):
    """A time range in ms since 1970 UTC; `end` is excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the found events have this value; None stands for no value."""

    value: str | None
    count: int


class Facet(NamedTuple):
    """The most frequent values of one field, and how many other distinct values there are."""

    field: str
    counts: tuple[FacetCount, ...]
    others: int


class Histogram(NamedTuple):
    """Found events per bin of `step` ms from `start`; `troubled` are those not ok among them."""

    start: int
    step: int
    counts: tuple[int, ...]
    troubled: tuple[int, ...]


class Query(NamedTuple):
    """Which events, and which views of them."""

    filter: Filter = Everything()
    span: Span | None = None
    facets: tuple[str, ...] = ()
    top: int = 20
    bins: int = 0


class Answer(NamedTuple):
    """The events found: `total` of `cached`, newest first, addressed by their position."""

    query: Query
    total: int
    cached: int
    span: Span | None
    """From the oldest to just after the newest event of the cache (not of the answer)."""
    facets: tuple[Facet, ...]
    histogram: Histogram | None
    undecided: int = 0
    """Events that only their full record can decide; they are not in `total` yet."""
    lost: str = ""
    """What could not be decided, as its record cannot be had, as a sentence."""


class Fresh(NamedTuple):
    """Events of an answer that are new: how many, and how many of them stand first of all."""

    total: int = 0
    leading: int = 0


class Row(NamedTuple):
    """One event as the table shows it; `number` is its row in the cache."""

    number: int
    id: str
    time: int
    actor: Actor
    call: Call
    resources: tuple[Resource, ...]
    place: Place
    origin: Origin
    outcome: Outcome
    signal: Signal
    integrity: Integrity = Integrity()
    file: File = File()
    flag: Flag = Flag()
    highlights: tuple[Highlight, ...] = ()
    """What makes it stand out, the weightiest first; only for events about to be shown."""


class Sighting(NamedTuple):
    """One place an event was delivered to."""

    uri: str
    ordinal: int
    """Which record of that file, from 0."""
    source: str
    """How it reached us: local, s3, history, demo."""
    sha256: str


class Loaded(NamedTuple):
    """How much of the cache an explorer holds in memory."""

    events: int
    of: int
