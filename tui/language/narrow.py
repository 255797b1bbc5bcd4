"""Typed filter text with one value more or less: what a facet does when it is clicked.

Owns the clauses `field:=a,b` and `-field:=a,b` among the top-level terms, and leaves every other
character as it was typed. What the text means is `grammar`; it knows no facets and no counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.domain.fields import Field, Kind
from tui.domain.filter import Subject
from tui.language.describe import name_text, value_text
from tui.language.grammar import NONE_SAVED, parse
from tui.language.terms import rank, subject_of
from tui.language.tokens import Kind as Sign
from tui.language.tokens import Token, scan

_ANY_TIME = 4_102_444_800_000
"""The year 2100 in ms: only whether the text can be read matters here, not the times in it."""


def include(
    text: str, subject: Subject, value: str | None, saved: Mapping[str, str] = NONE_SAVED
) -> str:
    """Return the text so that it asks for the value too, or no longer where it already did.

    Several values of one subject mean any of them; None, like "", means that it is absent. A value
    that was excluded is no longer. Raises FilterError where the text, which may name filters that
    are `saved`, is no filter.
    """
    parse(text, _ANY_TIME, saved=saved)
    return _toggled(text, subject, value or None, negated=False)


def exclude(
    text: str, subject: Subject, value: str | None, saved: Mapping[str, str] = NONE_SAVED
) -> str:
    """Return the text so that it refuses the value too, or no longer where it already did.

    A value that was included is no longer. Raises FilterError as `include` does.
    """
    parse(text, _ANY_TIME, saved=saved)
    return _toggled(text, subject, value or None, negated=True)


@dataclass(frozen=True, slots=True)
class _Clause:
    """The values of one subject that the text asks for or refuses, and where it says so."""

    subject: Subject
    negated: bool
    values: tuple[str | None, ...]
    start: int
    end: int

    def toggled(self, value: str | None) -> _Clause:
        """Return the clause without the value if it has it, else with it."""
        kept = tuple(each for each in self.values if each != value)
        return replace(self, values=kept if kept != self.values else (*self.values, value))

    def text(self) -> str:
        """Return the clause as it is written; nothing when no value is left."""
        name = name_text(self.subject)
        exact = [value_text(self.subject, each, "=") for each in self.values if each is not None]
        terms = [f"{name}:={','.join(exact)}"] if exact else []
        if None in self.values:
            terms.append(f"{name}:none")
        joined = f"({' OR '.join(terms)})" if len(terms) > 1 else "".join(terms)
        return f"-{joined}" if self.negated and joined else joined


def _toggled(text: str, subject: Subject, value: str | None, *, negated: bool) -> str:
    opposite = _clause(text, subject, negated=not negated)
    if opposite is not None and value in opposite.values:
        text = _replaced(text, opposite.toggled(value))
    clause = _clause(text, subject, negated=negated)
    if clause is not None:
        return _replaced(text, clause.toggled(value))
    added = _Clause(subject, negated, (value,), 0, 0).text()
    if any(token.kind is Sign.OR for factor in _factors(text) for token in factor[:1]):
        return f"({text.strip()}) {added}"
    return f"{text.rstrip()} {added}" if text.strip() else added


def _replaced(text: str, clause: _Clause) -> str:
    """Return the text with the clause rewritten; an empty one goes, and an `AND` beside it."""
    written = clause.text()
    before, after = text[: clause.start], text[clause.end :]
    if written:
        return f"{before}{written}{after}"
    before, after = before.rstrip(), after.lstrip()
    tokens = scan(before) or scan(after)
    edge = tokens[-1 if before else 0] if tokens else None
    if edge is not None and edge.kind is Sign.AND:
        before, after = (before[: edge.start], after) if before else ("", after[edge.end :])
    return f"{before.rstrip()} {after.lstrip()}".strip()


def _clause(text: str, subject: Subject, *, negated: bool) -> _Clause | None:
    """Return the first top-level clause of the subject, None also where top-level parts are OR."""
    factors = list(_factors(text))
    if any(factor[0].kind is Sign.OR for factor in factors):
        return None
    for factor in factors:
        body = [token for token in factor if token.kind is not Sign.NOT]
        values = _clause_values(body, subject)
        nots = len(factor) - len(body)
        if values is not None and nots == int(negated):
            return _Clause(subject, negated, values, factor[0].start, factor[-1].end)
    return None


def _factors(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of each top-level part with the NOTs before it; operators stand alone."""
    factor: list[Token] = []
    depth = 0
    for token in scan(text):
        factor.append(token)
        depth += {Sign.OPEN: 1, Sign.CLOSE: -1}.get(token.kind, 0)
        if depth == 0 and token.kind is not Sign.NOT:
            yield factor
            factor = []


def _clause_values(body: Sequence[Token], subject: Subject) -> tuple[str | None, ...] | None:
    """Return what `field:=a`, `field:none` or `(field:=a OR field:none)` ask for, else None."""
    match [token.kind for token in body]:
        case [Sign.TERM]:
            return _term_values(body[0], subject)
        case [Sign.OPEN, Sign.TERM, Sign.OR, Sign.TERM, Sign.CLOSE]:
            first, second = _term_values(body[1], subject), _term_values(body[3], subject)
            return first + second if first and second else None
        case _:
            return None


def _term_values(token: Token, subject: Subject) -> tuple[str | None, ...] | None:
    if token.name is None or subject_of(token.name) != subject:
        return None
    ranked = isinstance(subject, Field) and subject.kind is Kind.SEVERITY
    if token.operator == "=":
        texts = (piece.text for piece in token.values)
        return tuple(str(rank(text)) if ranked else text for text in texts)
    pieces = [(piece.text.lower(), piece.quoted) for piece in token.values]
    return (None,) if not ranked and not token.operator and pieces == [("none", False)] else None
