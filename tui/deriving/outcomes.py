"""How a call ended.

An Insights event about errors is itself no error: its insightDetails are not looked at. Source of
the facts: user guide, "CloudTrail record contents" (errorCode, errorMessage) and "AWS Management
Console sign-in events".
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.deriving.calls import UNKNOWN, service_of
from tui.deriving.texts import clean, object_of, text_of
from tui.domain.event import Outcome, Result

MESSAGE_LIMIT = 100
"""Bytes of an error message that stand for a missing error code."""

FAILURE = "Failure"

_DENIED = ("accessdenied", "unauthorized", "notauthorized", "authorizationerror")
"""Parts of the error codes that mean a refusal; services spell them in many ways."""

_SIGN_IN = "signin"


def outcome_of(record: Mapping[str, object]) -> Outcome:
    """Return how the recorded call ended."""
    return outcome_from(
        service_of(record.get("eventSource")),
        text_of(record.get("eventName")) or UNKNOWN,
        record.get("errorCode"),
        record.get("errorMessage"),
        record.get("responseElements"),
        record.get("serviceEventDetails"),
    )


def needs_response(service: str) -> bool:
    """Return whether responseElements and serviceEventDetails say how calls of a service end."""
    return service == _SIGN_IN


def outcome_from(
    service: str,
    action: str,
    code: object,
    message: object,
    response: object = None,
    details: object = None,
) -> Outcome:
    """Return how a call ended from its fields as delivered.

    Sign-in failures carry no error code: they say so in an error message, in responseElements or
    in serviceEventDetails. They count as denied.
    """
    signing_in = needs_response(service)
    error_code = text_of(code)
    text = text_of(message)
    error = error_code or (clean(text, MESSAGE_LIMIT) if text else None)
    if error is None and signing_in and _failed(action, response, details):
        error = FAILURE
    if error is None:
        return Outcome()
    denied = signing_in or _refused(error)
    return Outcome(error, error_code, Result.DENIED if denied else Result.FAILED)


def _refused(error: str) -> bool:
    words = error.lower().replace(" ", "")
    return any(part in words for part in _DENIED)


def _failed(action: str, *places: object) -> bool:
    return any(text_of(object_of(place).get(action)) == FAILURE for place in places)
