"""A filter in words, and as text that parses to the same filter.

Owns the sentence that says what is shown and the canonical spelling of every term. Reading text is
`grammar`; adding a value to what somebody typed is `narrow`. Values come from events, so nothing
that a terminal would act on leaves this module unescaped.
"""

from __future__ import annotations

from tui.domain.fields import Field, Kind
from tui.domain.filter import (
    NOTHING,
    And,
    Compare,
    Everything,
    Exactly,
    Filter,
    Not,
    OneOf,
    Or,
    Present,
    Subject,
    Term,
    Text,
    Within,
    simplify,
)
from tui.language.moment import format_moment
from tui.language.terms import SEVERITIES, means_network, subject_of
from tui.language.tokens import RECORD, is_known, quote, scan

_ORDER = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
_TIME_ORDER = {">=": "from", "<=": "up to", ">": "after", "<": "before"}
_RANKS = {str(number) for number in range(len(SEVERITIES))}


def describe(tree: Filter) -> str:
    """Return the filter as a phrase, such as `caller is deploy* and error is absent`."""
    tree = simplify(tree)
    if tree == Everything():
        return "every event"
    return "no event" if tree == NOTHING else _words(tree)


def to_text(tree: Filter) -> str:
    """Return text that parses to the simplified tree.

    Holds for every tree that parsing can give; a network on a field that is no address, say, has
    no text.
    """
    tree = simplify(tree)
    if tree == Everything():
        return ""
    if isinstance(tree, And):
        return " ".join(map(_grouped, tree.parts))
    if isinstance(tree, Or):
        return " OR ".join(map(_grouped, tree.parts))
    return _grouped(tree)


def name_text(subject: Subject) -> str:
    """Return the name as it is written before the colon."""
    if isinstance(subject, Field):
        return subject.name
    token = scan(f"{subject.name}:x")[0]
    plain = is_known(subject.name) and token.name and subject_of(token.name) == subject
    return subject.name if plain else quote(subject.name)


def value_text(subject: Subject, value: str, operator: str = "") -> str:
    """Return the value as it is written after `name:` and the operator, quoted only if need be."""
    if _kind(subject) is Kind.SEVERITY and value in _RANKS:
        return SEVERITIES[int(value)]
    name = f"{name_text(subject)}:{operator}"
    special = not operator and (
        value.lower() in {"any", "none"} or (_kind(subject) is Kind.IP and means_network(value))
    )
    return quote(value) if special or not _reads_back(f"{name}{value}", value) else value


def shown(value: str) -> str:
    """Return the value for people to read: quoted and escaped where it would mislead."""
    return value if value.isprintable() and not set(value) & set(' ,"()') else quote(value)


def _reads_back(written: str, value: str) -> bool:
    """Return whether the text, written without quotes, is cut into just this value."""
    pieces = [[piece.text for piece in token.values] for token in scan(written)]
    return pieces == [[value]] and '"' not in value and value.isprintable()


def _kind(subject: Subject) -> Kind:
    return subject.kind if isinstance(subject, Field) else Kind.TEXT


def _grouped(tree: Filter) -> str:
    """Return the text of a part so that nothing beside it changes its meaning."""
    match tree:
        case Everything():
            return "*"
        case And() | Or():
            return f"({to_text(tree)})"
        case Not(Term(subject, Present())):
            return f"{name_text(subject)}:none"
        case Not(part):
            return f"-{_grouped(part)}"
        case Text(text, deep):
            return _text(text, deep=deep)
        case Term():
            return _term(tree)


def _text(text: str, *, deep: bool) -> str:
    front = f"{RECORD}:" if deep else ""
    plain = "*" not in text and _reads_back(f"{front}{text}", text)
    return f"{front}{text if plain else quote(text)}"


def _term(term: Term) -> str:
    subject, test = term.subject, term.test
    name = name_text(subject)
    match test:
        case OneOf(values):
            return f"{name}:{','.join(value_text(subject, value) for value in values)}"
        case Exactly(values):
            return f"{name}:={','.join(value_text(subject, value, '=') for value in values)}"
        case Compare(operator):
            return f"{name}:{operator}{_bound(subject, test)}"
        case Within(network):
            return f"{name}:{network}"
        case Present():
            return f"{name}:any"


def _bound(subject: Subject, test: Compare) -> str:
    """Return the bound as it is typed; a time to the millisecond where its length would count."""
    kind, bound = _kind(subject), test.bound
    if kind is Kind.SEVERITY and bound in range(len(SEVERITIES)):
        return SEVERITIES[int(bound)]
    if kind is Kind.TIME:
        time = format_moment(int(bound))
        lasting = test.operator in {"<=", ">"} and "." not in time
        return time.replace("Z", ".000Z") if lasting else time
    return str(int(bound)) if float(bound).is_integer() and abs(bound) < 1e15 else repr(bound)


def _words(tree: Filter) -> str:
    match tree:
        case And(parts):
            return " and ".join(_nested(part) for part in parts)
        case Or(parts):
            return " or ".join(_nested(part) for part in parts)
        case Not(Term() as term):
            return _term_words(term, negated=True)
        case Not(Text(text, deep)):
            return f"{'the record does not contain' if deep else 'no value contains'} {quote(text)}"
        case Not(part):
            return f"not ({_words(part)})"
        case Text(text, deep):
            return f"{'the record contains' if deep else 'a value contains'} {quote(text)}"
        case Term():
            return _term_words(tree, negated=False)
        case Everything():
            return "any event"


def _nested(part: Filter) -> str:
    return f"({_words(part)})" if isinstance(part, And | Or) else _words(part)


def _term_words(term: Term, *, negated: bool) -> str:
    subject, test = term.subject, term.test
    name = shown(subject.name)
    match test:
        case OneOf(values):
            return f"{name} is {'anything but ' * negated}{_any_of(subject, values)}"
        case Exactly(values):
            return f"{name} is {'anything but ' * negated}exactly {_any_of(subject, values)}"
        case Compare():
            return f"{name} is {'not ' * negated}{_order(subject, test)}"
        case Within(network):
            place = network.network_address if network.num_addresses == 1 else f"in {network}"
            return f"{name} is {'not ' * negated}{place}"
        case Present():
            return f"{name} is {'absent' if negated else 'present'}"


def _any_of(subject: Subject, values: tuple[str, ...]) -> str:
    severity = _kind(subject) is Kind.SEVERITY
    words = [
        SEVERITIES[int(value)] if severity and value in _RANKS else shown(value) for value in values
    ]
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _order(subject: Subject, test: Compare) -> str:
    if _kind(subject) is not Kind.TIME:
        return f"{_ORDER[test.operator]} {_bound(subject, test)}"
    time = format_moment(int(test.bound)).replace("T", " ").replace("Z", " UTC")
    return f"{_TIME_ORDER[test.operator]} {time}"
