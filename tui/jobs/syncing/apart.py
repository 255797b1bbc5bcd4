"""Streams and feeds that would read the same twice: each thing is read by one of them.

Owns which. Of several with the same place in S3 it is the first whose credentials can list it, with
those of the others for what it may list and not read. Of two within each other the inner one reads
what it has: it has credentials and a trail of its own, and goes on when the outer one is refused.
Of all else it is the first, with the accounts of those that ask the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from tui.sources.aws.areas import Area, outer, within
from tui.sources.aws.sessions import Account


@runtime_checkable
class Reading(Protocol):
    """What reads a part of a bucket, all of it unless told otherwise."""

    @property
    def area(self) -> Area:
        """What it reads."""

    accounts: deque[Account]
    """Whose credentials it reads with: those of the first list, and all of them read."""

    def read_also_with(self, accounts: Iterable[Account]) -> None:
        """Read with these credentials what the others may not read."""

    def leave_out(self, areas: Collection[Area]) -> None:
        """Leave what lies in other areas to others."""

    def listable(self) -> bool:
        """Return whether its credentials can list it; asks AWS."""


@runtime_checkable
class Shared(Protocol):
    """What may be asked with the credentials of several profiles."""

    accounts: deque[Account]


R = TypeVar("R", bound=Reading)
A = TypeVar("A")


def once(asking: Iterable[A], subject: Callable[[A], Hashable]) -> list[A]:
    """Return those that ask for different things, as `subject` tells; places in S3 come last."""
    first: dict[Hashable, A] = {}
    places = []
    for each in asking:
        if isinstance(each, Reading):
            places.append(each)
            continue
        before = first.setdefault(subject(each), each)
        if before is not each and isinstance(before, Shared) and isinstance(each, Shared):
            before.accounts += each.accounts
    return [*first.values(), *apart(places)]


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
    """Return the first that can list the place, or just the first: it will say why not.

    What its credentials may not read, it reads with those of the others.
    """
    by_profile: dict[str | None, R] = {}
    for each in competing:
        for account in each.accounts:
            by_profile.setdefault(account.profile, each)
    every = list(by_profile.values()) or [competing[0]]
    if len(every) == 1:
        return every[0]
    reader = next((each for each in every if each.listable()), every[0])
    for each in every:
        if each is not reader:
            reader.read_also_with(each.accounts)
    return reader
