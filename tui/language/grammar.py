r"""The filter language: text into the tree of `filter`.

Owns how terms combine, and every complaint about it; `tokens` cuts the text, `terms` reads one
term, `describe` writes a tree back as text that reads the same.

    filter   = [ either ]                                   empty text is no filter
    either   = both { "OR" both }                           operators are upper case
    both     = single { [ "AND" ] single }                  side by side is AND, tighter than OR
    single   = { "-" | "NOT" } ( "(" either ")" | term | saved | text )
    term     = name ":" ( values | "=" values | compare value )
    name     = field | path | "record" | quoted             a quoted name that is no field is a path
    values   = value { "," value }                          any of them
    compare  = ">=" | "<=" | ">" | "<"
    value    = quoted | run of characters other than space ( ) , "
    saved    = "@" name                                     a saved filter, as if in parentheses
    text     = quoted | run of characters other than space ( ) "
    quoted   = '"' { character | '\"' | '\\' | '\u{' hex '}' } '"'     other backslashes are plain

`action:Delete*` has wildcards `*` and `?`, in quotes too, and ignores case; `action:=DeleteBucket`
is letter for letter, so it is also how a star itself is written. Quotes take their meaning from
`any`, `none`, the operators and the signs that compare. `record:text` looks in the whole record,
plain text in the known values. A word with a colon whose front is no field is text when it looks
like an ARN, a URL, a resource type, a principal id, an address or a clock time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import pairwise
from types import MappingProxyType

from tui.domain.filter import And, Everything, Filter, Not, Or, simplify
from tui.errors import FilterError
from tui.language.references import MAX_TEXT, check, text_of
from tui.language.terms import Reading, read_term, read_text
from tui.language.tokens import Kind, Token, scan

NONE_SAVED: Mapping[str, str] = MappingProxyType({})
MAX_DEPTH = 50
"""Parentheses inside each other."""


def parse(text: str, now: int, zone: tzinfo = UTC, saved: Mapping[str, str] = NONE_SAVED) -> Filter:
    """Return the filter the text stands for, simplified.

    `now` is in ms since 1970 UTC and, with `zone`, is what times such as `-3h` or `today` count
    from. `saved` are the filters that `@name` may stand for, as texts by name. Raises FilterError,
    which knows the column and often the right word.
    """
    reading = Reading(text, now, zone, saved)
    if len(text) > MAX_TEXT:
        raise reading.error(f"A filter has at most {MAX_TEXT:,} characters. Shorten it.", MAX_TEXT)
    tokens = scan(text)
    check(tokens, reading)
    return simplify(_read(tokens, reading, 0))


def _read(tokens: list[Token], reading: Reading, depth: int) -> Filter:
    """Return the tree of a text that stands inside so many parentheses."""
    _check_spacing(tokens, reading)
    return _Parser(tokens, reading, depth).whole()


def _check_spacing(tokens: list[Token], reading: Reading) -> None:
    """Refuse a word right behind a closing quote: it is not clear what it belongs to."""
    for before, after in pairwise(tokens):
        quoted = bool(before.values) and before.values[-1].quoted
        if quoted and after.start == before.end and after.kind not in {Kind.OPEN, Kind.CLOSE}:
            raise reading.error(
                'A space is missing after the closing quote. Write \\" for a quote in a value.',
                after.start,
            )


class _Parser:
    """Reads tokens from left to right; one method per rule of the grammar."""

    def __init__(self, tokens: list[Token], reading: Reading, depth: int) -> None:
        self._tokens = tokens
        self._reading = reading
        self._at = 0
        self._depth = depth

    def whole(self) -> Filter:
        """Read all of it."""
        if not self._tokens:
            return Everything()
        tree = self._either()
        if self._peek() is not None:
            raise self._error('This ")" closes nothing. Remove it, or add the "(" it belongs to.')
        return tree

    def _peek(self) -> Kind | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _error(self, message: str) -> Exception:
        return self._reading.error(message, self._tokens[self._at].start)

    def _either(self) -> Filter:
        parts = [self._both()]
        while self._peek() is Kind.OR:
            self._step_over_operator()
            parts.append(self._both())
        return Or(tuple(parts))

    def _both(self) -> Filter:
        parts = [self._single()]
        while self._peek() not in {None, Kind.OR, Kind.CLOSE}:
            if self._peek() is Kind.AND:
                self._step_over_operator()
            parts.append(self._single())
        return And(tuple(parts))

    def _single(self) -> Filter:
        negated = False
        while self._peek() is Kind.NOT:
            self._step_over_operator()
            negated = not negated
        tree = self._operand()
        return Not(tree) if negated else tree

    def _operand(self) -> Filter:
        match self._peek():
            case Kind.TERM:
                return read_term(self._next(), self._reading)
            case Kind.TEXT:
                return read_text(self._next().values[0], self._reading)
            case Kind.SAVED:
                return self._saved(self._next())
            case Kind.OPEN:
                return self._group()
            case Kind.CLOSE:
                raise self._error('A filter is missing before this ")".')
            case _:
                raise self._error("A filter is missing before this operator. Quote it as a word.")

    def _saved(self, token: Token) -> Filter:
        """Read what a name stands for where it stands."""
        name, reading = token.values[0].text, self._reading
        inner = replace(reading, text=text_of(name, token.start, reading))
        self._check_depth(self._depth + 1, token)
        try:
            return _read(scan(inner.text), inner, self._depth + 1)
        except FilterError as error:
            sentence = f"The saved filter @{name} cannot be read: {error.sentence()}"
            raise reading.error(sentence, token.start) from error

    def _check_depth(self, depth: int, token: Token) -> None:
        if depth > MAX_DEPTH:
            raise self._reading.error(
                f"Parentheses go at most {MAX_DEPTH} deep. Remove some.", token.start
            )

    def _group(self) -> Filter:
        opening = self._next()
        self._depth += 1
        self._check_depth(self._depth, opening)
        if self._peek() is None:
            raise self._unclosed(opening)
        tree = self._either()
        if self._peek() is not Kind.CLOSE:
            raise self._unclosed(opening)
        self._next()
        self._depth -= 1
        return tree

    def _unclosed(self, opening: Token) -> Exception:
        return self._reading.error('This "(" is not closed. Add a ")".', opening.start)

    def _step_over_operator(self) -> None:
        """Take an operator that something has to follow."""
        operator = self._next()
        if self._peek() in {None, Kind.CLOSE}:
            sign = self._reading.text[operator.start : operator.end]
            raise self._reading.error(
                f'Nothing follows this "{sign}". Add a filter, or quote it if it is a word.',
                operator.start,
            )
