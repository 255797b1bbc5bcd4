"""What could be typed next in a filter: names, values and operators, spelled ready to insert.

Owns where in the text the cursor stands and what fits there. Which values a field has, and how
often, is asked of the caller; it filters and orders them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tui.domain.fields import FIELDS, Field
from tui.domain.fields import Kind as Compared
from tui.language.describe import shown, value_text
from tui.language.grammar import NONE_SAVED
from tui.language.terms import SEVERITIES, rank, subject_of
from tui.language.tokens import RECORD, SAVED, TOP_LEVEL, Kind, Piece, Token, scan

Values: TypeAlias = Callable[[Field, str], Sequence[tuple[str, int]]]
"""Gives the values of a field that fit what is typed so far, with how many events have each."""


class Completion(NamedTuple):
    """Put `insert` in place of `text[start:end]`; `label` and `detail` are for the list."""

    start: int
    end: int
    insert: str
    label: str
    detail: str


_OPERATORS = (
    ("AND", "both; the same as a space"),
    ("OR", "either of the two"),
    ("NOT", "what follows does not hold; the same as -"),
)
_JOINED = {Kind.TEXT, Kind.TERM, Kind.SAVED, Kind.CLOSE}
"""What an operator may follow."""
_PRESENCE = (("any", "has a value"), ("none", "has no value"))
_TIMES = (
    ("-15m", "15 minutes ago"),
    ("-1h", "1 hour ago"),
    ("-24h", "24 hours ago"),
    ("-7d", "7 days ago"),
    ("today", "since midnight"),
    ("yesterday", "the day before"),
)


def complete(
    text: str, cursor: int, values: Values, saved: Mapping[str, str] = NONE_SAVED
) -> list[Completion]:
    """Return what fits at the cursor, best first; never fails, whatever is typed so far.

    `saved` are the texts of saved filters by name.
    """
    tokens = scan(text[:cursor])
    last = tokens[-1] if tokens else None
    if last is None or last.end < cursor or last.kind in {Kind.OPEN, Kind.CLOSE}:
        return _beginnings(text, Piece("", cursor, cursor), tokens, saved)
    if last.kind is Kind.TERM:
        return _values(text, last, values)
    if last.kind is Kind.TEXT:
        return (
            [] if last.values[0].quoted else _beginnings(text, last.values[0], tokens[:-1], saved)
        )
    word = Piece(text[last.start : cursor], last.start, cursor)
    if word.text == "-":
        return _beginnings(text, Piece("", cursor, cursor), tokens, saved)
    return _beginnings(text, word, tokens[:-1], saved)


def _beginnings(
    text: str, typed: Piece, before: Sequence[Token], saved: Mapping[str, str]
) -> list[Completion]:
    """Return the names, saved filters and operators that a term beginning here may be."""
    end = _end(text, typed) if typed.text else typed.end
    colon = "" if text.startswith(":", end) else ":"
    wanted = typed.text.lower()
    names = sorted(
        (not name.lower().startswith(wanted), place, name, detail)
        for place, (name, detail) in enumerate(_names(wanted))
        if wanted in name.lower()
    )
    found = [
        Completion(typed.start, end, f"{name}{colon}", name, help_) for _, _, name, help_ in names
    ]
    found += [
        Completion(typed.start, end, f"{SAVED}{name}", f"{SAVED}{name}", meant)
        for name, meant in saved.items()
        if wanted.removeprefix(SAVED) in name
    ]
    may_join = bool(before) and before[-1].kind in _JOINED
    return found + [
        Completion(typed.start, end, f"{word} ", word, detail)
        for word, detail in _OPERATORS
        if word.startswith(typed.text) and (may_join or word == "NOT")
    ]


def _names(wanted: str) -> list[tuple[str, str]]:
    """Return every name with its help; CloudTrail's own only once something is typed."""
    names = [(field.name, field.help) for field in FIELDS]
    names.append((RECORD, "text anywhere in the record"))
    if wanted:
        taken = {name.lower() for name, _ in names}
        aliases = [(alias, field.help) for field in FIELDS for alias in field.aliases]
        known = {alias for alias, _ in aliases}
        paths = [(name, "CloudTrail path") for name in TOP_LEVEL if name not in known]
        names += [(name, detail) for name, detail in aliases + paths if name.lower() not in taken]
    return names


def _values(text: str, token: Token, values: Values) -> list[Completion]:
    """Return the values that fit the last one being typed in a term."""
    subject = subject_of(token.name) if token.name else None
    if not isinstance(subject, Field):
        return []
    typed = token.values[-1]
    if subject.kind is Compared.SEVERITY:
        return _severities(text, subject, typed, values)
    if subject.kind is Compared.TIME:
        fixed = [(word, word, detail) for word, detail in _TIMES]
        return _matching(text, typed, fixed)
    if token.operator not in {"", "="}:
        return []
    found = [
        (_insert(subject, value, token), shown(value), f"{count:,}")
        for value, count in values(subject, typed.text)
    ]
    presence = (
        [] if token.operator or typed.quoted else [(word, word, note) for word, note in _PRESENCE]
    )
    return _matching(text, typed, presence) + [
        Completion(typed.start, _end(text, typed), *each) for each in found
    ]


def _insert(subject: Field, value: str, token: Token) -> str:
    """Return the value as typed here: exactly, if it would otherwise be read as a pattern."""
    if token.operator or len(token.values) > 1 or not set(value) & set("*?"):
        return value_text(subject, value, token.operator)
    return f"={value_text(subject, value, '=')}"


def _severities(text: str, subject: Field, typed: Piece, values: Values) -> list[Completion]:
    counts = {rank(value): count for value, count in values(subject, "")}
    named = [
        (name, name, f"{counts[number]:,}" if number in counts else "")
        for number, name in reversed(list(enumerate(SEVERITIES)))
    ]
    return _matching(text, typed, named)


def _matching(text: str, typed: Piece, choices: Sequence[tuple[str, str, str]]) -> list[Completion]:
    end = _end(text, typed)
    return [
        Completion(typed.start, end, *choice)
        for choice in choices
        if choice[0].startswith(typed.text.lower())
    ]


def _end(text: str, typed: Piece) -> int:
    """Return where the piece under the cursor ends: its tail is replaced along with its head."""
    for token in scan(text):
        for piece in (token.name, *token.values):
            if piece is not None and piece.start == typed.start and piece.quoted == typed.quoted:
                return max(piece.end, typed.end) if piece.closed else typed.end
    return typed.end
