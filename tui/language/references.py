"""`@name` in a filter: which saved filter it names, and that none contains itself.

Owns how texts name each other; reading what they say is `grammar`. Nobody finds out by trying: a
filter that contains itself, or that grows beyond any screen, is an error before it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from tui.language.terms import Reading
from tui.language.tokens import SAVED, Kind, Token, scan

MAX_TEXT = 10_000
"""Characters in a filter, with all that its names stand for."""
_MAX_CHAIN = 50
"""Saved filters that name one another in a row."""


def text_of(name: str, column: int, reading: Reading) -> str:
    """Return what a name at this column stands for; raises FilterError."""
    if name in reading.saved:
        return reading.saved[name]
    near = get_close_matches(name, reading.saved, 1)
    raise reading.error(
        f'There is no saved filter "{name}". Put it in quotes if you mean the text.'
        if name
        else "A name is missing behind this @. Put it in quotes if you mean the sign.",
        column,
        f"{SAVED}{near[0]}" if near else None,
    )


def check(tokens: Sequence[Token], reading: Reading) -> None:
    """Refuse a text whose names lead back to themselves, or that is too long with all they say."""
    lengths: dict[str, int] = {}
    total = len(reading.text)
    for token in tokens:
        if token.kind is Kind.SAVED:
            total += _length(_name(token), (), lengths, token.start, reading)
            if total > MAX_TEXT:
                sentence = f"With all it names, the filter has more than {MAX_TEXT:,} characters."
                raise reading.error(f"{sentence} Shorten it.", token.start)


def named_in(text: str) -> list[str]:
    """Return the names of the saved filters that a text names, in their order."""
    return [_name(token) for token in _names(text)]


def expanded(text: str, saved: Mapping[str, str]) -> str:
    """Return a text that can be read with every name replaced by its text in parentheses."""
    parts, end = [], 0
    for token in _names(text):
        inner = expanded(saved[_name(token)], saved)
        parts += [text[end : token.start], f"({inner})"]
        end = token.end
    return "".join([*parts, text[end:]])


def _length(
    name: str, within: tuple[str, ...], lengths: dict[str, int], column: int, reading: Reading
) -> int:
    """Return the characters that a name stands for; `within` are the filters that it is in."""
    if name in within:
        ring = " names ".join(f"@{each}" for each in (*within[within.index(name) :], name))
        raise reading.error(f"A filter cannot contain itself: {ring}.", column)
    if len(within) >= _MAX_CHAIN:
        sentence = f"Saved filters name one another at most {_MAX_CHAIN} times in a row. Join some."
        raise reading.error(sentence, column)
    if name not in lengths:
        text, inside = reading.saved.get(name, ""), (*within, name)
        named = named_in(text)
        inner = sum(_length(each, inside, lengths, column, reading) for each in named)
        lengths[name] = len(text) + inner
    return lengths[name]


def _names(text: str) -> list[Token]:
    return [token for token in scan(text) if token.kind is Kind.SAVED]


def _name(token: Token) -> str:
    return token.values[0].text
