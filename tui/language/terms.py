"""One term of the filter language into its part of the tree.

Owns which values a field takes, by its kind: patterns, networks, severities, times. How terms
combine is `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from difflib import get_close_matches
from ipaddress import ip_network

from tui.domain.event import Severity
from tui.domain.fields import BY_NAME, FIELDS, Field, Kind
from tui.domain.filter import (
    And,
    Compare,
    Everything,
    Exactly,
    Filter,
    Not,
    OneOf,
    Or,
    Path,
    Present,
    Subject,
    Term,
    Test,
    Text,
    Within,
)
from tui.errors import FilterError, TimeError
from tui.language.moment import is_relative, parse_period
from tui.language.tokens import RECORD, TOP_LEVEL, Piece, Token, is_known

MAX_VALUE = 1_000
"""Characters in a pattern or in a text; `:=` takes longer ones, as an S3 object's ARN can be."""

SEVERITIES = tuple(severity.name.lower() for severity in Severity)
"""Names by rank: "none" is 0, "critical" is 4."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_PATH = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
_NETWORK = re.compile(r"(\d[^*?/]*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/[^*?]*")
"""What is meant as a network: `AWS Internal/3` is not."""
_ADDRESS_V6 = re.compile(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_SPELLING = {
    **{name.lower(): name for name in TOP_LEVEL},
    **{name.lower(): name for field in FIELDS for name in (field.name, *field.aliases)},
    RECORD: RECORD,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The text being read, the now and the zone that its times are seen from, and what it may name.

    `saved` are the texts of saved filters by name.
    """

    text: str
    now: int
    zone: tzinfo
    saved: Mapping[str, str] = field(default_factory=dict)

    def error(self, message: str, column: int, suggestion: str | None = None) -> FilterError:
        """Return the error to raise for something at this column."""
        return FilterError(message, self.text, column, suggestion)


def subject_of(name: Piece) -> Subject | None:
    """Return what the name stands for; None for `record` and for no field and no path."""
    field = BY_NAME.get(name.text.lower())
    if field is not None:
        return field
    if name.quoted:
        return Path(name.text) if name.text else None
    is_path = _PATH.fullmatch(name.text) is not None and name.text.lower() != RECORD
    return Path(name.text) if is_path and ("." in name.text or is_known(name.text)) else None


def rank(name: str) -> int | None:
    """Return the severity's number for its name or number, None for anything else."""
    key = name.lower()
    if key in SEVERITIES:
        return SEVERITIES.index(key)
    return int(key) if key in {str(int(severity)) for severity in Severity} else None


def read_text(piece: Piece, reading: Reading, *, deep: bool = False) -> Filter:
    """Return the text to look for.

    Text is found anywhere in a value, so a star at either end says nothing and is dropped; one in
    the middle would not be found as a user expects, so it is an error.
    """
    _check(piece, reading, MAX_VALUE)
    if piece.quoted:
        return Text(piece.text, deep)
    text = piece.text.strip("*")
    if "*" in text:
        raise reading.error(
            "Text is looked for as it stands, without wildcards. Put it in quotes if you mean the "
            "star itself, or name the field.",
            piece.start,
            f"{'resource' if {':', '/'} & set(piece.text) else 'action'}:{piece.text}",
        )
    return Text(text, deep) if text else Everything()


def read_term(token: Token, reading: Reading) -> Filter:
    """Return the tree of one `name:value` term; raises FilterError at what is wrong."""
    name = token.name or Piece("", token.start, token.start)
    if name.text.lower() == RECORD and not name.quoted:
        return _record(token, reading)
    subject = subject_of(name) or _unknown(name, reading)
    _check_path(name, subject, reading)
    for piece in token.values:
        _check(piece, reading, len(reading.text) if token.operator == "=" else MAX_VALUE)
    if token.operator not in {"", "="} and len(token.values) > 1:
        raise reading.error(
            f"{token.operator} takes one value. Join several with OR.", token.values[1].start
        )
    kind = subject.kind if isinstance(subject, Field) else Kind.TEXT
    return _READERS[kind](subject, token, reading)


def _record(token: Token, reading: Reading) -> Filter:
    if token.operator:
        raise reading.error(
            f'"record:" looks for text anywhere in the record, {token.operator} needs a field. '
            "Put the value in quotes if the sign belongs to it.",
            token.values[0].start - len(token.operator),
        )
    return Or(tuple(read_text(piece, reading, deep=True) for piece in token.values))


def _unknown(name: Piece, reading: Reading) -> Subject:
    if "." in name.text:
        raise reading.error(f'"{name.text}" is not a path such as userIdentity.arn.', name.start)
    raise reading.error(
        f'There is no field "{name.text}". To look for text with a colon, put it in quotes.',
        name.start,
        _nearest(name.text, _SPELLING),
    )


def _check_path(name: Piece, subject: Subject, reading: Reading) -> None:
    """Refuse a path that no record has because its first name is misspelt."""
    if isinstance(subject, Field) or name.quoted or is_known(name.text):
        return
    first, _, rest = name.text.partition(".")
    near = get_close_matches(first.lower(), [each.lower() for each in TOP_LEVEL], 1, 0.8)
    if near:
        raise reading.error(
            f'No CloudTrail record has "{first}". To use the path all the same, write it in quotes '
            "before the colon.",
            name.start,
            f"{_SPELLING[near[0]]}.{rest}",
        )


def _nearest(name: str, spelling: dict[str, str]) -> str | None:
    near = get_close_matches(name.lower(), spelling, 1)
    return spelling[near[0]] if near else None


def _check(piece: Piece, reading: Reading, limit: int) -> None:
    if not piece.closed:
        raise reading.error("This quote is not closed. Add one at the end.", piece.start)
    if not piece.quoted and '"' in piece.text:
        raise reading.error(
            'A quote in the middle of a word. Put the whole value in quotes, with \\" inside it.',
            piece.start + piece.text.index('"'),
        )
    if not piece.text and piece.quoted:
        raise reading.error(
            "There is nothing between these quotes. For events without a value write field:none.",
            piece.start,
        )
    if not piece.text:
        raise reading.error(
            "A value is missing here. Write it without a space before it, such as caller:alice, "
            "caller:any or caller:none.",
            piece.start,
        )
    if len(piece.text) > limit:
        raise reading.error(
            f"This is longer than {limit:,} characters. Shorten it, or use field:=value.",
            piece.start,
        )


def _presence(subject: Subject, piece: Piece) -> Filter | None:
    """Return the filter of an unquoted `any` or `none`."""
    if piece.quoted or piece.text.lower() not in {"any", "none"}:
        return None
    present = Term(subject, Present())
    return present if piece.text.lower() == "any" else Not(present)


def _patterns(subject: Subject, token: Token, reading: Reading) -> Filter:
    """Read text: exact values, a comparison of numbers, patterns with `any` and `none`."""
    if token.operator == "=":
        return Term(subject, Exactly(tuple(piece.text for piece in token.values)))
    if token.operator:
        return Term(subject, Compare(token.operator, _number(token, reading)))
    plain: list[str] = []
    others: list[Filter] = []
    for piece in token.values:
        other = _presence(subject, piece) or _network(subject, piece, reading)
        if other is None:
            plain.append(piece.text)
        else:
            others.append(other)
    found = (Term(subject, OneOf(tuple(plain))),) if plain else ()
    return Or((*found, *others))


def _number(token: Token, reading: Reading) -> float:
    piece = token.values[0]
    if _NUMBER.fullmatch(piece.text) is None or abs(float(piece.text)) == float("inf"):
        raise reading.error(
            f"{token.operator} compares numbers, and this is none. Put the value in quotes right "
            "after the colon if the sign belongs to it.",
            piece.start,
        )
    return float(piece.text)


def means_network(text: str) -> bool:
    """Return whether an unquoted value of an address field is read as a network."""
    return bool(_NETWORK.fullmatch(text) or _ADDRESS_V6.fullmatch(text))


def _network(subject: Subject, piece: Piece, reading: Reading) -> Filter | None:
    """Return the term of a network; also of an IPv6 address, which has many spellings."""
    if not isinstance(subject, Field) or subject.kind is not Kind.IP:
        return None
    if piece.quoted or not means_network(piece.text):
        return None
    try:
        return Term(subject, Within(ip_network(piece.text, strict=False)))
    except ValueError as error:
        raise reading.error(
            "This is no network or address. Write it as 10.0.0.0/8 or 2001:db8::/32.", piece.start
        ) from error


def _addresses(subject: Subject, token: Token, reading: Reading) -> Filter:
    if token.operator not in {"", "="}:
        raise reading.error(
            f"Addresses have no order for {token.operator}. Write a network such as ip:10.0.0.0/8.",
            token.values[0].start - len(token.operator),
        )
    return _patterns(subject, token, reading)


def _severities(subject: Subject, token: Token, reading: Reading) -> Filter:
    """Read severities into their numbers; `any` is any but none, and every event has one."""
    if not token.operator and _words(token) == ["any"]:
        return Term(subject, Compare(">=", Severity.LOW))
    ranks = [_rank(piece, reading) for piece in token.values]
    numbers = tuple(map(str, ranks))
    tests: dict[str, Test] = {"": OneOf(numbers), "=": Exactly(numbers)}
    return Term(subject, tests.get(token.operator) or Compare(token.operator, ranks[0]))


def _words(token: Token) -> list[str]:
    return [piece.text.lower() for piece in token.values if not piece.quoted]


def _rank(piece: Piece, reading: Reading) -> int:
    found = rank(piece.text)
    if found is None:
        raise reading.error(
            f"Severities are {', '.join(SEVERITIES)}.",
            piece.start,
            _nearest(piece.text, {name: name for name in SEVERITIES}),
        )
    return found


def _times(subject: Subject, token: Token, reading: Reading) -> Filter:
    """Read times: a day, a minute or a second counts from its beginning to its end."""
    if token.operator not in {"", "="}:
        start, end = _period(token.values[0], reading)
        bounds = {">=": (">=", start), ">": (">=", end), "<": ("<", start), "<=": ("<", end)}
        return Term(subject, Compare(*bounds[token.operator]))
    return Or(
        tuple(_presence(subject, each) or _during(subject, each, reading) for each in token.values)
    )


def _during(subject: Subject, piece: Piece, reading: Reading) -> Filter:
    start, end = _period(piece, reading)
    if is_relative(piece.text):
        raise reading.error(
            "This is an instant, at which hardly an event lies. Say from when or until when.",
            piece.start,
            f"{subject.name}:>={piece.text}",
        )
    return And((Term(subject, Compare(">=", start)), Term(subject, Compare("<", end))))


def _period(piece: Piece, reading: Reading) -> tuple[int, int]:
    try:
        return parse_period(piece.text, reading.now, reading.zone)
    except TimeError as error:
        raise reading.error(str(error), piece.start) from error


_READERS: dict[Kind, Callable[[Subject, Token, Reading], Filter]] = {
    Kind.TEXT: _patterns,
    Kind.IP: _addresses,
    Kind.SEVERITY: _severities,
    Kind.TIME: _times,
}
