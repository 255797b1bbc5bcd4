# mypy: disable-error-code="import-untyped"
"""Whether an answer is one of AWS: a proxy or a portal may answer with a page of its own.

Owns what an answer has at least. botocore takes a page for an answer without members, which would
read as "there is nothing". What is none is raised as botocore raises what it cannot read.
"""

from __future__ import annotations

import json
from typing import Protocol

from botocore.parsers import ResponseParserError

from tui.sources.aws.shapes import Answer, Client

_JSON = ("json", "rest-json")
_ERRORS_FROM = 300
_ELSEWHERE = ("LookupEvents", "ListInsightsData")
"""Operations whose answers `pages` looks at, and asks for again."""


class _Response(Protocol):
    """botocore's response, as far as it is looked at."""

    status_code: int
    content: bytes


class _Service(Protocol):
    resolved_protocol: str


class _Operation(Protocol):
    """What botocore knows of what was asked."""

    name: str
    service_model: _Service
    has_event_stream_output: bool
    has_streaming_output: bool


def check(client: Client) -> None:
    """Have a client raise ResponseParserError for an answer in JSON that is none."""
    client.meta.events.register("after-call", _checked, unique_id="trailhound-answers")


def required(answer: Answer, *members: str) -> Answer:
    """Return an answer that has the members every one of its kind has; raises what `check` does."""
    if all(each in answer for each in members):
        return answer
    raise ResponseParserError("somebody else than AWS answered")


def _checked(http_response: _Response, model: _Operation, **_: object) -> None:
    streams = model.has_event_stream_output or model.has_streaming_output
    told = model.service_model.resolved_protocol in _JSON and model.name not in _ELSEWHERE
    if told and not streams and http_response.status_code < _ERRORS_FROM:
        _whole(http_response.content)


def _whole(body: bytes) -> None:
    try:
        whole = not body or isinstance(json.loads(body), dict)
    except ValueError:
        whole = False
    if not whole:
        raise ResponseParserError("the answer is no JSON of AWS")
