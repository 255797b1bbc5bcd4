"""Streams of log files that would read the same twice: each place is read by one of them.

Owns which: of several with the same place the first whose credentials can list it, and of two
within each other the inner one reads what it has. It has credentials and a trail of its own, and
goes on when the outer one is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from tui.sources.aws.areas import Area, outer, within


class Reading(Protocol):
    """What reads a part of a bucket, all of it unless told otherwise."""

    @property
    def area(self) -> Area:
        """What it reads."""

    @property
    def profile(self) -> str | None:
        """The profile it reads with; None for the default credentials."""

    def leave_out(self, areas: Collection[Area]) -> None:
        """Leave what lies in other areas to others."""

    def listable(self) -> bool:
        """Return whether its credentials can list it; asks AWS."""


R = TypeVar("R", bound=Reading)


def apart(readings: Iterable[R]) -> list[R]:
    """Return those that are to run, in their order; asks AWS only where profiles compete."""
    competing: dict[Area, list[R]] = {}
    for each in readings:
        competing.setdefault(each.area, []).append(each)
    areas = outer(competing)
    kept = [_reader(competing[area]) for area in areas]
    for area, each in zip(areas, kept, strict=True):
        each.leave_out(within(area, areas))
    return kept


def _reader(competing: Sequence[R]) -> R:
    """Return the first that can list the place, or just the first: it will say why not."""
    by_profile: dict[str | None, R] = {}
    for each in competing:
        by_profile.setdefault(each.profile, each)
    first, *others = by_profile.values()
    if not others:
        return first
    return next((each for each in by_profile.values() if each.listable()), first)
