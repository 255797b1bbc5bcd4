"""The fields of a delivered record that ingest reads, typed, and a lenient way to read any record.

Only the types that CloudTrail documents are accepted here; a record with others is read untyped.
"""

from __future__ import annotations

import json

import msgspec

from tui.domain.skipped import Skipped, Why

Raw = msgspec.Raw
ABSENT = Raw(b"null")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a strict reader raises for delivered bytes."""


class WireRecord(msgspec.Struct, gc=False):
    """A record with its small fields typed and its objects left as bytes."""

    eventTime: str | None = None  # noqa: N815
    eventSource: str | None = None  # noqa: N815
    eventName: str | None = None  # noqa: N815
    awsRegion: str | None = None  # noqa: N815
    sourceIPAddress: str | None = None  # noqa: N815
    userAgent: str | None = None  # noqa: N815
    errorCode: str | None = None  # noqa: N815
    errorMessage: str | None = None  # noqa: N815
    eventID: str | None = None  # noqa: N815
    eventType: str | None = None  # noqa: N815
    eventCategory: str | None = None  # noqa: N815
    recipientAccountId: str | None = None  # noqa: N815
    vpcEndpointId: str | None = None  # noqa: N815
    readOnly: bool | None = None  # noqa: N815
    managementEvent: bool | None = None  # noqa: N815
    userIdentity: Raw = ABSENT  # noqa: N815
    resources: Raw = ABSENT
    requestParameters: Raw = ABSENT  # noqa: N815
    responseElements: Raw = ABSENT  # noqa: N815
    additionalEventData: Raw = ABSENT  # noqa: N815
    serviceEventDetails: Raw = ABSENT  # noqa: N815
    insightDetails: Raw = ABSENT  # noqa: N815


class Entry(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An entry of `resources` that is spelled as documented."""

    ARN: str | None = None
    type: str | None = None
    accountId: str | None = None  # noqa: N815


ELEMENTS = msgspec.json.Decoder(list[Raw])
ENTRIES = msgspec.json.Decoder(list[Entry])
RECORDS = msgspec.json.Decoder(list[WireRecord])
ONE = msgspec.json.Decoder(WireRecord)
_ANY = msgspec.json.Decoder()


def parsed(raw: bytes) -> object:
    """Return the value of JSON that is known to be well formed, whatever its encoding holds."""
    try:
        value: object = _ANY.decode(raw)
    except UnicodeDecodeError:
        value = _ANY.decode(raw.decode("utf-8", "replace"))
    return value


def untyped(piece: bytes) -> dict[str, object] | Skipped:
    """Return a record as plain values, or why it cannot be one."""
    try:
        value = parsed(piece)
    except UNREADABLE:
        value = _as_python_reads_it(piece)
    if isinstance(value, dict):
        return value
    return Skipped(Why.NOT_A_RECORD, "It is no JSON object.")


def _as_python_reads_it(piece: bytes) -> object:
    """Accept what other writers produce beyond the standard: NaN, huge numbers, lone surrogates."""
    try:
        value: object = json.loads(piece.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value
