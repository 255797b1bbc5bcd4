"""The names a filter, a facet and a column use, as one table.

Each field is an attribute of one dimension of `event.Event`. CloudTrail paths that hold exactly
the same value are aliases, so `eventName:X` is as fast as `action:X`; any other path is read from
the record itself.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tui.domain.event import Severity


class Kind(Enum):
    """How the values of a field compare."""

    TEXT = "text"
    IP = "ip"
    SEVERITY = "severity"
    TIME = "time"


class Field(NamedTuple):
    """One filter field; `dimension` and `attribute` say where its value lives."""

    name: str
    dimension: str
    attribute: str
    help: str
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    facet: bool = True
    searched: bool = True
    """Whether bare words are looked for in it."""


FIELDS = (
    Field("caller", "actor", "caller", "who made the call"),
    Field("action", "call", "action", "what was called", ("eventName",)),
    Field("service", "call", "service", "the service called, such as s3"),
    Field("resource", "resources", "name", "what it was about: an ARN or a name"),
    Field("region", "place", "region", "region it was recorded in", ("awsRegion",)),
    Field("account", "place", "account", "account it was recorded in", ("recipientAccountId",)),
    Field("error", "outcome", "error", "error code; none for success"),
    Field("ip", "origin", "ip", "source address or service", ("sourceIPAddress",), Kind.IP),
    Field("result", "outcome", "result", "ok, denied or failed"),
    Field("verb", "call", "verb", "read, write, destructive or permission"),
    Field("severity", "signal", "severity", "none to critical", kind=Kind.SEVERITY),
    Field("reason", "signal", "reason", "why the severity"),
    Field("agent", "origin", "agent", "user agent", ("userAgent",)),
    Field("session", "actor", "session", "role session name"),
    Field("role", "actor", "role", "role or permission set of the session"),
    Field("behind", "actor", "behind", "who stands behind the role session"),
    Field("key", "actor", "key", "access key id", ("userIdentity.accessKeyId",)),
    Field("identity", "actor", "type", "kind of identity", ("userIdentity.type",)),
    Field("principal", "actor", "principal", "principal id", ("userIdentity.principalId",)),
    Field("arn", "actor", "arn", "ARN of the caller", ("userIdentity.arn",)),
    Field("owner", "actor", "account", "account of the caller", ("userIdentity.accountId",)),
    Field("via", "actor", "via", "service acting for the caller", ("userIdentity.invokedBy",)),
    Field("mfa", "actor", "mfa", "true, false or none"),
    Field("resource_type", "resources", "type", "such as AWS::S3::Bucket"),
    Field("category", "call", "category", "Management, Data, Insight, ...", ("eventCategory",)),
    Field("type", "call", "type", "event type", ("eventType",)),
    Field("readonly", "call", "read_only", "true or false", ("readOnly",)),
    Field("endpoint", "origin", "endpoint", "VPC endpoint", ("vpcEndpointId",)),
    Field(
        "verified", "integrity", "mark", "yes, no or failed; none without a digest", searched=False
    ),
    Field("flagged", "flag", "flagged", "yes or no: what you flagged to keep", searched=False),
    Field("file", "file", "uri", "the file its record is read from", searched=False),
    Field("code", "outcome", "code", "error code as delivered", ("errorCode",), facet=False),
    Field("eventsource", "call", "source", "eventSource as sent", ("eventSource",), facet=False),
    Field("time", "event", "time", "when; >=, <=", ("eventTime",), Kind.TIME, facet=False),
    Field("id", "event", "id", "event id", ("eventID", "eventId"), facet=False),
)

SEARCHED = tuple(f for f in FIELDS if f.facet and f.searched and f.kind in (Kind.TEXT, Kind.IP))
"""The fields that bare words are looked for in."""

BY_NAME = {name.lower(): field for field in FIELDS for name in (field.name, *field.aliases)}
"""Every name and alias, lower case."""


def shown(field: Field, value: str | int) -> str:
    """Return a value as people read and type it: severities by name."""
    if field.kind is Kind.SEVERITY and str(value).isdigit() and int(value) in set(Severity):
        return Severity(int(value)).name.lower()
    return str(value)
