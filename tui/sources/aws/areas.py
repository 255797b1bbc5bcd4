"""Parts of buckets that log files are read from, and how they lie to one another.

Owns when two are the same and when one lies within another, so that nothing is read twice. It
knows no client; which of the two is read is not decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from tui.sources.aws.keys import Kind


class Area(NamedTuple):
    """What is read of a bucket; empty accounts or regions mean all."""

    bucket: str
    path: str
    """The folder below which it lies, ending in a slash, or empty for the whole bucket."""
    accounts: frozenset[str]
    regions: frozenset[str]
    kinds: frozenset[Kind]
    dated: bool = False
    """Whether it is a year, a month or a day only."""

    def holds(self, other: Area) -> bool:
        """Return whether all of another one lies in it, and for the same Regions and kinds."""
        return (
            self.bucket == other.bucket
            and other.path.startswith(self.path)
            and (not self.accounts or (bool(other.accounts) and other.accounts <= self.accounts))
            and (self.regions, self.kinds) == (other.regions, other.kinds)
        )

    def takes(self, path: str, account: str | None) -> bool:
        """Return whether a folder of its bucket, of that account if its path tells, lies in it."""
        within = not self.accounts or account in self.accounts
        return within and path.startswith(self.path)


def outer(areas: Iterable[Area]) -> list[Area]:
    """Return them without repetitions, and without single days of what another one holds."""
    found = list(dict.fromkeys(areas))
    return [
        each
        for each in found
        if not (each.dated and any(one is not each and one.holds(each) for one in found))
    ]


def within(area: Area, others: Collection[Area]) -> list[Area]:
    """Return which of the others lie within an area."""
    return [each for each in others if each != area and area.holds(each)]
