"""What can go wrong between AWS and us, by rule: each request is held against the rules in order.

A rule counts what it met and what it spoiled, so a test can tell that its fault did happen.
"""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import NamedTuple


class Fault(StrEnum):
    """The kinds of trouble."""

    INTERNAL = "internal"
    """HTTP 500."""
    SLOW_DOWN = "slow-down"
    """HTTP 503."""
    EXPIRED_TOKEN = "expired-token"
    ACCESS_DENIED = "access-denied"
    THROTTLED = "throttled"
    RESET = "reset"
    """The connection is reset before any answer."""
    SLOW = "slow"
    """The answer comes after `seconds`."""
    TRUNCATED = "truncated"
    """Half of the body, with the length of the whole."""
    PAGE = "page"
    """What a portal or a proxy answers in AWS's place: a page, as if all were well."""


class Error(NamedTuple):
    """An error as the two families of protocols name it."""

    status: int
    xml: str
    json: str
    message: str


ERRORS = {
    Fault.INTERNAL: Error(500, "InternalError", "InternalFailure", "We had an internal error."),
    Fault.SLOW_DOWN: Error(503, "SlowDown", "ServiceUnavailable", "Please reduce your rate."),
    Fault.EXPIRED_TOKEN: Error(
        400, "ExpiredToken", "ExpiredTokenException", "The provided token has expired."
    ),
    Fault.ACCESS_DENIED: Error(
        403,
        "AccessDenied",
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/someone is not authorized to perform this.",
    ),
    Fault.THROTTLED: Error(400, "Throttling", "ThrottlingException", "Rate exceeded"),
}
"""What the kinds answer that are answers at all."""


class Asked(NamedTuple):
    """One request, as far as rules and tests look at it."""

    method: str
    path: str
    """With the query, not decoded."""
    target: str
    """X-Amz-Target, or empty."""
    service: str
    """From the signature, or empty."""
    agent: str
    length: int
    """Bytes of its body."""
    key: str = ""
    """The access key it was signed with."""


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


PAGE = Answer(200, [("Content-Type", "text/html")], b"<html><p>Please <b>sign in</b>.</html>")
"""The page of a portal; not even its XML is whole."""


@dataclass
class Rule:
    """Spoil requests that match all the patterns given."""

    fault: Fault
    method: str = ""
    path: str = ""
    target: str = ""
    service: str = ""
    key: str = ""
    """These five are regular expressions, searched for."""
    nth: Collection[int] | None = None
    """Which of the matching requests, from 1; None for all of them."""
    probability: float = 1.0
    seconds: float = 0.2
    """How long a slow answer takes."""
    page: Answer = PAGE
    """What a portal answers."""
    seed: int = 1
    met: int = 0
    """Requests that matched."""
    spoiled: int = 0
    _random: random.Random = field(init=False)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def strikes(self, asked: Asked) -> bool:
        """Return whether this request is to be spoiled, and count it."""
        pairs = (
            (self.method, asked.method),
            (self.path, asked.path),
            (self.target, asked.target),
            (self.service, asked.service),
            (self.key, asked.key),
        )
        if not all(re.search(pattern, text) for pattern, text in pairs):
            return False
        with self._lock:
            self.met += 1
            chosen = self.nth is None or self.met in self.nth
            struck = chosen and self._random.random() < self.probability
            self.spoiled += struck
            return struck


_XML = {
    "s3": "<Error><Code>{code}</Code><Message>{message}</Message></Error>",
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    "</Errors></Response>",
}
_QUERY = (
    "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
)
_REST_JSON = ("account",)
_EC2 = {"AccessDenied": "UnauthorizedOperation"}
"""EC2 has its own words."""


def refusal(asked: Asked, status: int, xml: str, code: str, message: str) -> Answer:
    """Return an error in the protocol of the request."""
    if asked.target or asked.service in _REST_JSON:
        body = json.dumps({"__type": code, "message": message}).encode()
        kind = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        return Answer(status, kind, body)
    if asked.service == "ec2":
        xml = _EC2.get(xml, xml)
    text = _XML.get(asked.service, _QUERY).format(code=xml, message=message)
    return Answer(status, [("Content-Type", "text/xml")], text.encode())


def reset(connection: socket.socket) -> None:
    """Make the closing of a connection a reset for the other side."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class Faults:
    """The rules in force; the first that strikes decides."""

    rules: list[Rule] = field(default_factory=list)

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force and return it, for its counts."""
        self.rules.append(rule)
        return rule

    def strike(self, asked: Asked) -> Rule | None:
        """Return the rule that spoils this request; waits first where that is the fault."""
        rule = next((each for each in self.rules if each.strikes(asked)), None)
        if rule and rule.fault is Fault.SLOW:
            time.sleep(rule.seconds)
        return rule
