"""The least that has to be done to know what is in the log files: decompress and decode.

One process, nothing kept, nothing stored. Whoever gets near this has little left to gain.
"""

from __future__ import annotations

import gc
from pathlib import Path

import msgspec
from isal import isal_zlib

from tests.benchmarks.data import log_files

_ODD = {"event_id": "eventID", "source_ip": "sourceIPAddress", "ARN": "ARN", "records": "Records"}
WBITS_GZIP = 31
"""Tells zlib that what it reads is gzip."""


def as_delivered(name: str) -> str:
    """Return how CloudTrail spells the name of a field."""
    first, *rest = name.split("_")
    return _ODD.get(name) or first + "".join(word.capitalize() for word in rest)


class _Issuer(msgspec.Struct, gc=False, rename=as_delivered):
    type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    account_id: str | None = None
    user_name: str | None = None


class _Attributes(msgspec.Struct, gc=False, rename=as_delivered):
    creation_date: str | None = None
    mfa_authenticated: str | None = None


class _Context(msgspec.Struct, gc=False, rename=as_delivered):
    session_issuer: _Issuer | None = None
    attributes: _Attributes | None = None


class _Identity(msgspec.Struct, gc=False, rename=as_delivered):
    type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    account_id: str | None = None
    access_key_id: str | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    session_context: _Context | None = None


class _Resource(msgspec.Struct, gc=False, rename=as_delivered):
    ARN: str | None = None
    account_id: str | None = None
    type: str | None = None


class Fields(msgspec.Struct, gc=False, rename=as_delivered):
    """The fields of a record that are no objects, as far as ingest needs them."""

    event_time: str | None = None
    event_source: str | None = None
    event_name: str | None = None
    aws_region: str | None = None
    source_ip: str | None = None
    user_agent: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    event_id: str | None = None
    event_type: str | None = None
    event_category: str | None = None
    recipient_account_id: str | None = None
    vpc_endpoint_id: str | None = None
    read_only: bool | None = None
    management_event: bool | None = None


class _Record(Fields, gc=False, rename=as_delivered):
    user_identity: _Identity | None = None
    resources: list[_Resource] | None = None
    request_parameters: object = None


class _LogFile(msgspec.Struct, gc=False, rename=as_delivered):
    records: list[_Record]


def decode_all(folder: Path) -> int:
    """Decode every record; return how many there are."""
    gc.disable()
    decoder = msgspec.json.Decoder(_LogFile)
    return sum(
        # stops after the first gzip member; CloudTrail's files have one
        len(decoder.decode(isal_zlib.decompress(path.read_bytes(), WBITS_GZIP)).records)
        for path in log_files(folder)
    )
