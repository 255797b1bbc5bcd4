"""What a user wants verified, and what came of it, as values for commands and screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.evidence import Holding, ListedDigest, TrailName
from tui.domain.integrity import HOUR, Finding, Kind, Stream
from tui.domain.selection import Selection


class Before(NamedTuple):
    """What targets that were verified earlier in one run have answered for."""

    streams: frozenset[tuple[str, Stream]] = frozenset()
    """Each with where it lies, as in `Holding.root`."""
    found: frozenset[str] = frozenset()
    """Files and folders that no digest tells of, and that were told of as findings."""


NOTHING_BEFORE = Before()


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
    before: Before = NOTHING_BEFORE
    """What is left out, as it is told of already."""


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
    streams: set[tuple[str, Stream]] = field(default_factory=set)
    """What it answers for, each with where it lies."""
    elsewhere: int = 0
    """Streams that an earlier target of the same run answers for."""
    strays: bool = False
    """Of one account and region: whether log files lie there that only a digest which is not there
    can have named, as none was asked for that is."""
    unknown: dict[Holding, list[Span]] = field(default_factory=dict)
    """Times whose digests could not be listed: none of those is called missing."""
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
        self.streams |= other.streams
        self.elsewhere += other.elsewhere
        self.unknown |= other.unknown

    @property
    def nothing(self) -> bool:
        """Whether there was no digest at all, so that nothing is proven."""
        return not self.digests and not self.elsewhere


_OF_NO_DIGEST = (Kind.LOG_UNLISTED, Kind.DIGEST_MISSING)


def together(before: Before, found: Verified) -> Before:
    """Return what is answered for once a further target is."""
    objects = {each.object for each in found.findings if each.kind in _OF_NO_DIGEST}
    return Before(before.streams | found.streams, before.found | objects)


def counted(findings: Iterable[Finding], kind: Kind) -> int:
    """Return how many findings are of a kind."""
    return sum(each.kind is kind for each in findings)


def overdue_hours(findings: Iterable[Finding]) -> int:
    """Return how many digests are overdue."""
    late = (each for each in findings if each.kind is Kind.DIGEST_OVERDUE)
    return sum((each.end - each.start) // HOUR for each in late)
