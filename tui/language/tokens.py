"""Filter text cut into tokens, each with its place in the text.

Owns the lexical half of the filter language (`grammar` shows all of it) and the quoting of values.
Cutting never fails: what is wrong stays visible in the tokens, so that a half-typed filter can be
completed; saying what is wrong is the parser's.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from tui.domain.fields import BY_NAME

RECORD = "record"
"""The name before text that is looked for in the whole record: `record:vpc-1`."""

SAVED = "@"
"""The sign before the name of a saved filter."""

TOP_LEVEL = (
    "eventTime", "eventVersion", "userIdentity", "eventSource", "eventName", "awsRegion",
    "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
    "responseElements", "additionalEventData", "requestID", "eventID", "readOnly", "resources",
    "apiVersion", "eventType", "recipientAccountId", "sharedEventID", "vpcEndpointId",
    "serviceEventDetails", "managementEvent", "eventCategory", "addendum",
    "sessionCredentialFromConsole", "edgeDeviceDetails", "tlsDetails", "vpcEndpointAccountId",
    "eventContext", "annotation", "insightDetails", "accountId", "timeWindow", "summary",
)  # fmt: skip
"""The names a record has at its top: CloudTrail user guide, "record contents", Insights and
aggregated events."""

_TOP_LEVEL = {name.lower() for name in TOP_LEVEL}
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\s()]+")
_BARE_VALUE = re.compile(r"[^\s(),]*")
_OPERATOR = re.compile(r">=|<=|>|<|=|")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:(["\\])|u\{([0-9a-fA-F]{1,6})\})')
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_AFTER_ARN = re.compile(r"aws[a-z-]*:")
_BARE = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"[A-Za-z][A-Za-z0-9+.-]*://.*",  # a URL
        r"[^:]+::.*",  # a resource type such as AWS::S3::Bucket
        r"A[A-Z0-9]{15,}:.*",  # a principal id such as AROA...:session
        r"[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{0,4}){2,}",  # an IPv6 or a hardware address
    )
)
"""Words with a colon that are text although a name could stand before the colon."""


class Kind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    NOT = "NOT"
    AND = "AND"
    OR = "OR"
    TEXT = "text"
    TERM = "term"
    SAVED = "@"


_SIGNS = {"(": Kind.OPEN, ")": Kind.CLOSE, "-": Kind.NOT}
_WORDS = {"NOT": Kind.NOT, "AND": Kind.AND, "OR": Kind.OR}


class Piece(NamedTuple):
    """A name, a value or a text: without its quotes and escapes, but placed with them."""

    text: str
    start: int
    end: int
    quoted: bool = False
    closed: bool = True
    """False for a quote that never ends."""


class Token(NamedTuple):
    """One token; a term has a name, an operator (maybe "") and values, a text has one value.

    The value of a saved filter is its name, without the `@`.
    """

    kind: Kind
    start: int
    end: int
    name: Piece | None = None
    operator: str = ""
    values: tuple[Piece, ...] = ()


def scan(text: str) -> list[Token]:
    """Return the tokens of the text, in order."""
    tokens: list[Token] = []
    at = _past(_SPACE, text, 0)
    while at < len(text):
        token = _token(text, at)
        tokens.append(token)
        at = _past(_SPACE, text, token.end)
    return tokens


def quote(value: str) -> str:
    r"""Return the value in quotes; what cannot be printed, a control say, as `\u{hex}`."""
    return f'"{"".join(map(_escaped, value))}"'


def is_known(name: str) -> bool:
    """Return whether the name is a field's, `record`, or starts as CloudTrail paths do."""
    key = name.lower()
    return key in BY_NAME or key == RECORD or key.partition(".")[0] in _TOP_LEVEL


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token:
    if text[at] in _SIGNS:
        return Token(_SIGNS[text[at]], at, at + 1)
    if text[at] == '"':
        piece = _quoted(text, at)
        if piece.closed and text.startswith(":", piece.end):
            return _term(text, piece)
        return Token(Kind.TEXT, at, piece.end, values=(piece,))
    end = _past(_WORD, text, at)
    word = text[at:end]
    if word in _WORDS:
        return Token(_WORDS[word], at, end)
    if word.startswith(SAVED):
        return Token(Kind.SAVED, at, end, values=(Piece(word[1:], at, end),))
    if _begins_with_name(word):
        name = word.partition(":")[0]
        return _term(text, Piece(name, at, at + len(name)))
    return Token(Kind.TEXT, at, end, values=(Piece(word, at, end),))


def _begins_with_name(word: str) -> bool:
    name, colon, rest = word.partition(":")
    if not colon or (name.lower() == "arn" and _AFTER_ARN.match(rest)):
        return False
    if is_known(name):
        return True
    if any(pattern.fullmatch(word) for pattern in _BARE):
        return False
    return _NAME.fullmatch(name) is not None


def _term(text: str, name: Piece) -> Token:
    start = _past(_OPERATOR, text, name.end + 1)
    operator = text[name.end + 1 : start]
    values = [_value(text, start)]
    while text.startswith(",", values[-1].end):
        values.append(_value(text, values[-1].end + 1))
    return Token(Kind.TERM, name.start, values[-1].end, name, operator, tuple(values))


def _value(text: str, at: int) -> Piece:
    if text.startswith('"', at):
        return _quoted(text, at)
    end = _past(_BARE_VALUE, text, at)
    return Piece(text[at:end], at, end)


def _quoted(text: str, at: int) -> Piece:
    found = _QUOTED.match(text, at)
    if found is None:
        return Piece(_unescaped(text[at + 1 :]), at, len(text), quoted=True, closed=False)
    return Piece(_unescaped(found[1]), at, found.end(), quoted=True)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _character(escape: re.Match[str]) -> str:
    if escape[1]:
        return escape[1]
    code = int(escape[2], 16)
    return chr(code) if code <= 0x10FFFF else escape[0]
