"""A verification as a document that somebody else can check again, without AWS and without us.

It holds the evidence: every digest as it was fetched, with its metadata; the public keys; the
bytes of each log file that failed; what trails select, and the events that event history has and
no log file does. What it says of the other log files is its maker's word, until it is checked
beside the files themselves; what event history had, and what trails selected, stays it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FORMAT = "trailhound integrity report 1"


@dataclass(frozen=True, slots=True)
class ReportedLog:
    """A log file that a digest names."""

    uri: str
    verdict: str
    sha256: str
    """Of the file as it was found, in hex; empty if it was not."""
    size: int


@dataclass(frozen=True, slots=True)
class ReportedDigest:
    """A digest file; `end` is in ms since 1970 UTC, as its name says."""

    uri: str
    trail: str
    home_region: str
    account: str
    region: str
    backfill: bool
    end: int
    verdict: str = ""
    """Empty if it was only listed, as one around the time that was asked for."""
    metadata: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    """As stored; base64 in JSON."""
    logs: tuple[ReportedLog, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedKey:
    """A public key, as ListPublicKeys gave it; its validity in ms since 1970 UTC."""

    region: str
    fingerprint: str
    value: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReportedPlace:
    """An account and region that was looked at; see `evidence.Holding`."""

    account: str
    region: str
    root: str
    unknown: tuple[tuple[int, int], ...] = ()
    """Times whose digests could not be listed, from and to in ms since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding; see `integrity.Finding`."""

    kind: str
    object: str
    detail: str
    account: str
    region: str
    start: int
    end: int
    trail: str
    events: int = 0


@dataclass(frozen=True, slots=True)
class ReportedSelection:
    """Which management events a trail logs, as was found; see `selection.Selection`."""

    trail: str
    home_region: str
    admitted: tuple[tuple[bool, bool, tuple[str, ...]], ...]
    """Of each selector: whether reads, whether writes, and which event sources not."""
    told: bool
    since: int | None


@dataclass(frozen=True, slots=True)
class ReportedEvents:
    """The records of an account and region that only event history has."""

    account: str
    region: str
    records: tuple[str, ...]
    """As LookupEvents gave them, JSON."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified of one target, with all that it follows from; ms since 1970 UTC."""

    target: str
    copies: bool
    start: int
    end: int
    now: int
    trails: tuple[tuple[str, str], ...]
    """Names and home regions; all without one."""
    places: tuple[ReportedPlace, ...]
    keys: tuple[ReportedKey, ...]
    digests: tuple[ReportedDigest, ...]
    failed: dict[str, bytes]
    """The bytes of log files that are not what AWS delivered, by URI."""
    unlisted: tuple[str, ...]
    findings: tuple[ReportedFinding, ...]
    problems: tuple[str, ...]
    selections: tuple[ReportedSelection, ...] = ()
    events: tuple[ReportedEvents, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The file: a report for each target."""

    reports: tuple[Report, ...]
    made: int
    """ms since 1970 UTC."""
    by: str
    """The program and its version."""
    format: str = FORMAT
