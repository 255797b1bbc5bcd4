"""The event model: what every other part means by "an event".

An event is one row of facts that points into a few small tables of distinct values, its
dimensions. The same shape serves the parsed record here, the rows in the cache and the columns in
memory, so a field means the same thing in all three. This module owns the shape; deriving it from
a record is `derive`, naming its fields for filters is `fields`.

Source of the facts: AWS CloudTrail user guide, "CloudTrail record contents" and "userIdentity
element".
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.integrity import Mark

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verb(StrEnum):
    """What kind of change an action makes."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
    PERMISSION = "permission"


class Result(StrEnum):
    """How the call ended."""

    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"


class Severity(IntEnum):
    """How much attention an event deserves, from its own content alone."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Actor(NamedTuple):
    """Who made the call, from `userIdentity`."""

    caller: str
    """The best name for people to read; never empty."""
    type: str | None = None
    """userIdentity.type as delivered."""
    session: str | None = None
    """Role session name."""
    role: str | None = None
    """Role (or permission set) the session runs under."""
    behind: str | None = None
    """The person or workload that stands behind a role session, where the record names it."""
    arn: str | None = None
    principal: str | None = None
    """principalId."""
    account: str | None = None
    """Account of the identity, which may differ from the account the event is recorded in."""
    key: str | None = None
    """Access key id."""
    via: str | None = None
    """invokedBy: the service that acted for the caller."""
    mfa: str | None = None
    """"true", "false" or absent, as delivered."""


class Call(NamedTuple):
    """What was called."""

    action: str
    """eventName, or the nearest thing to it for records without one; never empty."""
    service: str
    """eventSource without `.amazonaws.com`; never empty."""
    source: str | None = None
    """eventSource as delivered."""
    type: str | None = None
    """eventType as delivered."""
    category: str | None = None
    """Management, Data, Insight, NetworkActivity or Aggregated."""
    read_only: str | None = None
    """"true", "false" or absent."""
    verb: str = Verb.WRITE


class Resource(NamedTuple):
    """One thing the call was about."""

    name: str
    """ARN where the record has one, else the plain name."""
    type: str | None = None
    """Such as `AWS::S3::Bucket`."""


class Place(NamedTuple):
    """Where the event was recorded."""

    account: str | None = None
    """recipientAccountId."""
    region: str | None = None


class Origin(NamedTuple):
    """Where the call came from."""

    ip: str | None = None
    """sourceIPAddress: an address, a service name or `AWS Internal`."""
    agent: str | None = None
    endpoint: str | None = None
    """vpcEndpointId."""


class Outcome(NamedTuple):
    """How the call ended."""

    error: str | None = None
    """errorCode; where a failed call has none (sign-in), a short error message."""
    code: str | None = None
    """errorCode as delivered."""
    result: str = Result.OK


class Signal(NamedTuple):
    """Why the event deserves attention."""

    severity: int = Severity.NONE
    reason: str | None = None


class Integrity(NamedTuple):
    """How far the event is vouched for; no part of its record, and it may change any time."""

    mark: str | None = Mark.NOT_YET
    """A value of `domain.integrity.Mark`; None where no digest vouches for its hour."""


FLAGGED, NOT_FLAGGED = "yes", "no"


class Flag(NamedTuple):
    """Whether a user flagged the event; no part of its record, and it may change any time."""

    flagged: str = NOT_FLAGGED
    """FLAGGED or NOT_FLAGGED; never absent."""


class File(NamedTuple):
    """The file that stands for the event; no part of its record."""

    uri: str | None = None
    """Where it was delivered to; None for a record by itself."""


class Event(NamedTuple):
    """One event; `record` is the delivered record, parsed, with every field it had."""

    id: str
    """eventID, or a digest of the record where it has none; unique within `place.account`."""
    time: int
    """eventTime, ms since 1970 UTC."""
    actor: Actor
    call: Call
    resources: tuple[Resource, ...]
    place: Place
    origin: Origin
    outcome: Outcome
    signal: Signal
    record: Mapping[str, object]
    integrity: Integrity = Integrity()
    file: File = File()
    flag: Flag = Flag()


GROUPS = {"who": ("actor", "place", "origin"), "what": ("call", "outcome", "signal")}
"""Dimensions whose values keep coming together, by the name of their combinations.

A caller works from one place and address for long, and a call ends the same way again and again:
a million events have some ten thousand combinations. So a row has one number for three of them,
which is counted, looked up and stored once.
"""
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
"""The group of each of them."""
