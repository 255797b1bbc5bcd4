"""Which management events a trail logs, by its event selectors, as far as that is known.

Values only. Event history has every management event, whatever trails select (CloudTrail user
guide, "Working with CloudTrail event history"), so only this says which of its events a trail
ought to have delivered.
"""

from __future__ import annotations

from typing import NamedTuple


class Admitted(NamedTuple):
    """The management events that one event selector lets through."""

    reads: bool = True
    writes: bool = True
    excluded: tuple[str, ...] = ()
    """Event sources that it leaves out, such as kms.amazonaws.com."""

    def admits(self, source: str | None, read_only: str | None) -> bool:
        """Return whether an event is let through; of an unknown kind, only if both kinds are."""
        kinds = {"true": self.reads, "false": self.writes}
        kind = kinds.get(read_only or "", self.reads and self.writes)
        return kind and source is not None and source not in self.excluded


class Selection(NamedTuple):
    """What the event selectors of a trail let through: what any of them does."""

    admitted: tuple[Admitted, ...] = ()
    told: bool = False
    """Whether that is all; else selectors with other conditions may let through more."""
    since: int | None = None
    """Since when it is known to be so, ms since 1970 UTC; None: it is known as of now only."""
    owner: str = ""
    """The account of the trail, in whose home Region a change of it is logged."""

    def logs(self, source: str | None, read_only: str | None, at: int) -> bool | None:
        """Return whether a management event of a moment is logged; None if that is not known."""
        if any(each.admits(source, read_only) for each in self.admitted):
            return True if self.since is not None and at >= self.since else None
        return False if self.told and source and read_only else None


UNKNOWN = Selection()
"""Of a trail that cannot be asked."""


class Unseen(NamedTuple):
    """A management event that event history has, and no log file."""

    number: int
    account: str
    region: str
    time: int
    """ms since 1970 UTC."""
    source: str | None
    """Its eventSource."""
    read_only: str | None
    """`true` or `false`; None where the event does not say."""
