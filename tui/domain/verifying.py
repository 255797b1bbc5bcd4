"""What a user wants verified, and what came of it, as values for commands and screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.evidence import Holding, ListedDigest, TrailName
from tui.domain.integrity import HOUR, Finding, Kind
from tui.domain.selection import Selection


class Wanted(NamedTuple):
    """Which deliveries to verify; times are those of delivery."""

    window: Span
    now: int
    """ms since 1970 UTC: no digest is expected after it."""
    trails: tuple[TrailName, ...] = ()
    """All that are found without one."""
    full: bool = False
    """Whether what was verified before is fetched and verified again."""
    trusting: bool = False
    """Whether log files that were not read are taken to hold no event that is looked for."""


@dataclass(slots=True)
class Tally:
    """Files by what they turned out to be."""

    valid: int = 0
    invalid: int = 0
    missing: int = 0
    overdue: int = 0
    """Digests only: hours at the end that should have one by now."""
    unlisted: int = 0
    """Log files only: no digest names them."""
    unread: int = 0
    """They are there and could not be read, so nothing is known."""
    absent: int = 0
    """Log files only: digests name them, and no copy was given."""

    def add(self, other: Tally) -> None:
        """Count what another one counted."""
        for name in Tally.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in Tally.__slots__)


@dataclass(slots=True)
class Verified:
    """What one run found."""

    target: str = ""
    window: Span = field(default_factory=lambda: Span(0, 0))
    now: int = 0
    trails: tuple[TrailName, ...] = ()
    digests: Tally = field(default_factory=Tally)
    logs: Tally = field(default_factory=Tally)
    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Why not everything could be verified, as sentences."""
    unconfirmed: int = 0
    """Events of event history that no log file of verified hours holds, and of which it is not
    known whether the trail logs them."""
    unselected: int = 0
    """The same, of which the trail's selectors say that it does not."""
    lacking: list[int] = field(default_factory=list)
    """Numbers of the events that findings are about."""
    selections: dict[TrailName, Selection] = field(default_factory=dict)
    """What the trails log, as far as that was asked for."""
    holdings: list[Holding] = field(default_factory=list)
    listed: list[ListedDigest] = field(default_factory=list)
    """Every digest that was come upon, those around the time included."""
    fetched: int = 0
    """Files read anew; the others were known to be unchanged, or in the cache."""
    seconds: float = 0.0

    def add(self, other: Verified) -> None:
        """Take in what another run, or another part of this one, found."""
        self.digests.add(other.digests)
        self.logs.add(other.logs)
        self.findings += other.findings
        self.problems += other.problems
        self.holdings += other.holdings
        self.listed += other.listed
        self.fetched += other.fetched
        self.unconfirmed += other.unconfirmed
        self.unselected += other.unselected
        self.lacking += other.lacking
        self.selections |= other.selections

    @property
    def nothing(self) -> bool:
        """Whether there was no digest at all, so that nothing is proven."""
        return not self.digests


def counted(findings: Iterable[Finding], kind: Kind) -> int:
    """Return how many findings are of a kind."""
    return sum(each.kind is kind for each in findings)


def overdue_hours(findings: Iterable[Finding]) -> int:
    """Return how many digests are overdue."""
    late = (each for each in findings if each.kind is Kind.DIGEST_OVERDUE)
    return sum((each.end - each.start) // HOUR for each in late)
