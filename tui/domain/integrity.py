"""What can be said of the integrity of delivered files: verdicts and findings.

Values only. How they come about is `integrity`; where they are kept is `storage`. Times are those
of delivery, in ms since 1970 UTC; a digest covers the hour in which it was made, not the hour of
the events.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

HOUR = 3_600_000
"""ms between two digests of a trail (CloudTrail user guide, "CloudTrail digest file structure")."""


class Kind(StrEnum):
    """The kinds of finding."""

    DIGEST_MISSING = "digest-missing"
    """An hour between known digests has none."""
    DIGEST_INVALID_SIGNATURE = "digest-invalid-signature"
    DIGEST_INVALID_HASH = "digest-invalid-hash"
    """Its content is not what its successor recorded."""
    DIGEST_INVALID_FORMAT = "digest-invalid-format"
    DIGEST_MOVED = "digest-moved"
    """It lies elsewhere than where it was delivered."""
    DIGEST_KEY_NOT_FOUND = "digest-key-not-found"
    DIGEST_OVERDUE = "digest-overdue"
    """The newest hours have no digest though it is time."""
    CHAIN_GAP = "chain-gap"
    """A chain begins anew: nothing vouches for what was delivered before."""
    CHAIN_MISMATCH = "chain-mismatch"
    """A digest does not go on from where its predecessor ends."""
    LOG_MISSING = "log-missing"
    LOG_MODIFIED = "log-modified"
    LOG_INVALID_FORMAT = "log-invalid-format"
    LOG_TRAILING_DATA = "log-trailing-data"
    LOG_UNLISTED = "log-unlisted"
    """A log file lies in the bucket that no digest names."""
    EVENT_UNCONFIRMED = "event-unconfirmed"
    """Event history has events of an hour that the trail logs, and none of its log files does."""


class Stream(NamedTuple):
    """What one chain of digests is about: a trail in one account and region."""

    trail: str
    """Its name; with the home region it is unique in an account."""
    home_region: str
    account: str
    """Whose events they are: a member's, for the trail of an organization."""
    region: str
    """Where the events were recorded; its public keys sign the digests."""
    backfill: bool = False
    """Whether it is the chain of digests for log files that the digest of their hour missed."""


class Finding(NamedTuple):
    """Something an auditor has to know."""

    kind: Kind
    object: str
    """The file it is about, as `s3://bucket/key` or a path; where it ought to be if it is not.

    Of events, the filter that finds them.
    """
    detail: str
    """A sentence: what was seen and what it means."""
    account: str
    region: str
    start: int
    """First moment of delivery that is concerned."""
    end: int
    """First moment that is not any more."""
    trail: str = ""
    events: int = 0
    """How many events it is about, where it is about events and no file."""


class DigestVerdict(StrEnum):
    """What is known of one digest file."""

    VALID = "valid"
    """Signed by AWS, in its place."""
    UNSIGNED = "unsigned"
    """Its signature was not kept; its successor may still vouch for it."""
    INVALID = "invalid"


class LogVerdict(StrEnum):
    """What is known of one log file that a digest names."""

    VALID = "valid"
    MISSING = "missing"
    MODIFIED = "modified"
    INVALID_FORMAT = "invalid-format"
    TRAILING_DATA = "trailing-data"


NO_DIGEST = "no-digest"
"""What is said of a log file that lies in an hour without a digest."""


class HourState(StrEnum):
    """How well an hour of deliveries is vouched for."""

    VERIFIED = "verified"
    """Its digest is valid and so is every log file that it names."""
    PARTIAL = "partial"
    """Its digest is valid; some of its log files are not verified yet."""
    INVALID = "invalid"
    """Its digest, a log file or an event is not what AWS delivered, or is missing."""
    GAP = "gap"
    """No digest vouches for it."""
    OVERDUE = "overdue"
    """Its digest ought to have been delivered by now."""
    NOT_YET = "not yet"
    """Its digest is not due, or was not looked at."""


class Mark(StrEnum):
    """How far an event is vouched for; an event of an hour without a digest has no mark."""

    VERIFIED = "yes"
    """It is in a log file that a valid digest vouches for."""
    NOT_YET = "no"
    FAILED = "failed"
    """Its log file is not what AWS delivered."""


LOG_KINDS = {
    LogVerdict.MISSING: Kind.LOG_MISSING,
    LogVerdict.MODIFIED: Kind.LOG_MODIFIED,
    LogVerdict.INVALID_FORMAT: Kind.LOG_INVALID_FORMAT,
    LogVerdict.TRAILING_DATA: Kind.LOG_TRAILING_DATA,
}
"""The finding that a bad verdict of a log file is."""


class Voucher(NamedTuple):
    """What speaks for or against an event: its log file, the digest that names it, the key."""

    log: str
    """The log file's place."""
    verdict: str
    """`valid`, or the kind of finding: of the log file, or of the digest if that is not valid."""
    digest: str | None = None
    """The digest's place; None if no digest names the log file."""
    fingerprint: str | None = None
    """Of the public key that the digest names."""
    at: int = 0
    """When that was found, ms since 1970 UTC."""
    chained: bool = False
    """Whether the digest proves nothing by itself, and its successor vouches for its content."""
