# mypy: disable-error-code="import-untyped"
"""Whether an answer is one of AWS: a proxy or a portal may answer with something of its own.

Owns what an answer has at least. botocore takes a page, or `{}`, for an answer without members,
which would read as "there is nothing", and stumbles over `[]`. What is none is raised as botocore
raises what it cannot read.

Source of the members: the API references of the operations; AWS sends empty lists too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol, TypedDict

from botocore.parsers import ResponseParserError

from tui.sources.aws.shapes import Answer, Client

_JSON = ("json", "rest-json")
_XML = ("query", "ec2")
"""Protocols whose answers are an element called after the operation."""
_ERRORS_FROM = 300
_MEMBERS = {
    "DescribeTrails": ("trailList",),
    "GetTrailStatus": ("IsLogging",),
    "GetEventSelectors": ("TrailARN",),
    "GetInsightSelectors": ("TrailARN",),
    "ListPublicKeys": ("PublicKeyList",),
    "LookupEvents": ("Events",),
    "ListInsightsData": (),
    "FilterLogEvents": ("events",),
    "ListRegions": ("Regions",),
    "ListAccounts": ("Accounts",),
    "DescribeAccount": ("Account",),
    "ReceiveMessage": (),
}
"""What is in every answer of an operation; others may answer with nothing at all."""


class _Response(TypedDict):
    """botocore's response before it is parsed, as far as it is looked at."""

    status_code: int
    body: bytes


class _Service(Protocol):
    resolved_protocol: str


class _Operation(Protocol):
    """What botocore knows of what was asked."""

    name: str
    service_model: _Service
    has_event_stream_output: bool
    has_streaming_output: bool


def check(client: Client) -> None:
    """Have a client raise ResponseParserError for an answer that is none of AWS."""
    client.meta.events.register("before-parse", _checked, unique_id="trailhound-answers")


def required(answer: Answer, *members: str) -> Answer:
    """Return an answer that has the members every one of its kind has; raises what `check` does."""
    if all(each in answer for each in members):
        return answer
    raise ResponseParserError("somebody else than AWS answered")


def _checked(response_dict: _Response, operation_model: _Operation, **_: object) -> None:
    asked = operation_model
    streams = asked.has_event_stream_output or asked.has_streaming_output
    if streams or response_dict["status_code"] >= _ERRORS_FROM:
        return
    protocol, body = asked.service_model.resolved_protocol, response_dict["body"]
    if protocol in _JSON and not _is_whole(body, _MEMBERS.get(asked.name)):
        raise ResponseParserError("the answer is no JSON of AWS")
    if protocol in _XML and f"<{asked.name}Response".encode() not in body:
        raise ResponseParserError("the answer is no XML of AWS")


def _is_whole(body: bytes, members: Sequence[str] | None) -> bool:
    if not body and members is None:
        return True
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and all(answer.get(each) is not None for each in members or ())
