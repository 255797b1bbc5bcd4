"""Filters and events that often meet: few values, many of them nasty, shared by both.

Whatever evaluates a filter is to be compared with `language.match` on these. Filters are such as
text can express (`language.describe.to_text` has a text for every one), events are such as a record
can give, without going through a record: fields and `record` are drawn apart.
"""

from __future__ import annotations

from ipaddress import ip_network

from hypothesis import strategies as st

from tui.domain.event import (
    FLAGGED,
    NOT_FLAGGED,
    Actor,
    Call,
    Event,
    File,
    Flag,
    Integrity,
    Origin,
    Outcome,
    Place,
    Resource,
    Result,
    Severity,
    Signal,
    Verb,
)
from tui.domain.fields import FIELDS, Field, Kind
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
    Term,
    Test,
    Text,
    Within,
)
from tui.domain.integrity import Mark

NOW = 1_795_183_510_000
"""2026-11-20T14:05:10Z."""

WORDS = (
    "deploy", "Deploy", "DEPLOY", "deploy-ci", "a", "A", "b", "aa", "root", "s3", "AccessDenied",
    "arn:aws:iam::111122223333:user/a", "aws:a", "a*b", "a?b", "axb", "*", "?", "any", "None",
    "none", "AND", "OR", "not", "-a", ">=3", "=a", "3", "3.0", "-1", "1_000", "nan", "Infinity",
    "true", "false", "ünï", "ÜNÏ", "İ", "ß", "ẞ", "日本", "\x00", "\x1b[31m", "a\nb", "a b", " ",
    "[bold]x[/]", 'say "a"', "back\\slash", "\\u{41}", "a,b", "(a)", "a:b", "%", "_", "a%", "'",
    "::",
)  # fmt: skip
"""Values that mean something to a grammar, a wildcard, a terminal, a database or to no one."""

FREQUENT = ("deploy", "Deploy", "a", "3")
"""Drawn as often as all the others together, so that filters and events meet."""

ADDRESSES = (
    "10.0.0.1", "10.255.0.1", "203.0.113.7", "2001:db8::1", "2001:DB8:0:0::1", "::ffff:10.0.0.1",
    "AWS Internal", "AWS Internal/3", "s3.amazonaws.com", "010.0.0.1", "a",
)  # fmt: skip
"""What sourceIPAddress may hold."""

NETWORKS = ("10.0.0.0/8", "10.0.0.1/32", "203.0.113.0/24", "2001:db8::/32", "::/0", "0.0.0.0/0")
KEYS = ("a", "A", "b", "a.b", "x y", "", "ü")
TOPS = ("requestParameters", "RequestParameters", "errorMessage", "custom")
TIMES = tuple(NOW + offset for offset in (-86_400_000, -1_000, -999, -1, 0, 1, 1_000, 86_400_000))

_words = st.sampled_from(FREQUENT) | st.sampled_from(WORDS)
_absentable = st.sampled_from((None, "")) | _words
_addresses = st.sampled_from(ADDRESSES)
_flags = st.sampled_from((None, "true", "false"))
_scalars = st.sampled_from((None, "", True, False, 0, 3, -1, 3.0, 1e300)) | _words | _addresses


def _few(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=3).map(tuple)


def nodes() -> st.SearchStrategy[object]:
    """Draw what may stand anywhere in a record: scalars, lists and objects, nested a little."""
    return st.recursive(
        _scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
        ),
        max_leaves=6,
    )


def records() -> st.SearchStrategy[dict[str, object]]:
    """Draw records whose top-level names collide with those of `paths`."""
    return st.dictionaries(st.sampled_from(TOPS), _words | nodes(), min_size=2, max_size=4)


def paths() -> st.SearchStrategy[Path]:
    """Draw paths of one to three names that no field is named by."""
    below = st.lists(st.sampled_from([key for key in KEYS if key]), max_size=2)
    tops = st.sampled_from(TOPS)
    return st.builds(Path, tops) | st.builds(
        lambda top, rest: Path(".".join((top, *rest))), tops, below
    )


def actors() -> st.SearchStrategy[Actor]:
    """Draw callers; each attribute may be absent or empty, the name never is."""
    others = {name: _absentable for name in Actor._fields if name not in {"caller", "mfa"}}
    return st.builds(Actor, caller=_words, mfa=_flags, **others)


def events() -> st.SearchStrategy[Event]:
    """Draw events over the same few values as `filters`."""
    return st.builds(
        Event,
        id=_words,
        time=st.sampled_from(TIMES),
        actor=actors(),
        call=st.builds(
            Call,
            _words,
            _words,
            _absentable,
            _absentable,
            _absentable,
            _flags,
            st.sampled_from(Verb),
        ),
        resources=st.lists(st.builds(Resource, _words, _absentable), max_size=3).map(tuple),
        place=st.builds(Place, _absentable, _absentable),
        origin=st.builds(Origin, st.none() | _addresses, _absentable, _absentable),
        outcome=st.builds(Outcome, _absentable, _absentable, st.sampled_from(Result)),
        signal=st.builds(Signal, st.sampled_from(Severity), _absentable),
        record=records(),
        integrity=st.sampled_from([*Mark, None]).map(Integrity),
        file=st.sampled_from([f"file:///{number}" for number in range(3)]).map(File),
        flag=st.sampled_from((FLAGGED, NOT_FLAGGED)).map(Flag),
    )


def _numbers() -> st.SearchStrategy[float]:
    return st.sampled_from((-1, 0, 1, 3, 3.5, 1_000, 1e300))


def _compares(bounds: st.SearchStrategy[float]) -> st.SearchStrategy[Test]:
    return st.builds(Compare, st.sampled_from((">=", "<=", ">", "<")), bounds)


def _patterns() -> st.SearchStrategy[str]:
    """Draw values as they are, with a part made a wildcard, and wildcards alone."""
    return (
        _words
        | st.builds(lambda word: f"{word[:1]}*", _words)
        | st.sampled_from(("?", "*a*", "**", "?*b"))
    )


def _text_tests(values: st.SearchStrategy[str]) -> st.SearchStrategy[Test]:
    return st.one_of(
        st.builds(OneOf, _few(_patterns() | values)),
        st.builds(Exactly, _few(values)),
        st.builds(Present),
    )


def tests_of(kind: Kind) -> st.SearchStrategy[Test]:
    """Draw the tests that a field of this kind can have."""
    ranks = st.sampled_from(tuple(str(int(severity)) for severity in Severity))
    networks = st.builds(Within, st.sampled_from(NETWORKS).map(ip_network))
    return {
        Kind.TEXT: _text_tests(_words) | _compares(_numbers()),
        Kind.IP: _text_tests(_addresses.filter(lambda address: ":" not in address)) | networks,
        Kind.SEVERITY: st.one_of(
            st.builds(OneOf, _few(ranks)),
            st.builds(Exactly, _few(ranks)),
            _compares(st.sampled_from(tuple(float(severity) for severity in Severity))),
        ),
        Kind.TIME: st.builds(Present) | _compares(st.sampled_from(TIMES)),
    }[kind]


_BESIDE: dict[str, st.SearchStrategy[str]] = {
    "integrity": st.sampled_from(Mark),
    "flag": st.sampled_from((FLAGGED, NOT_FLAGGED, "y*")),
    "file": st.sampled_from(("file:///0", "file:///1", "file*", "*2")),
}
"""Values of fields that no record holds."""


def field_terms(fields: tuple[Field, ...] = FIELDS) -> st.SearchStrategy[Term]:
    """Draw terms over these fields, every kind of field as often as any other."""
    kinds = [kind for kind in Kind if any(field.kind is kind for field in fields)]
    return st.one_of(
        [
            st.builds(
                Term,
                st.sampled_from([each for each in fields if each.kind is kind]),
                tests_of(kind),
            )
            for kind in kinds
        ]
        + [
            st.builds(Term, st.just(each), _text_tests(_BESIDE[each.dimension]))
            for each in fields
            if each.dimension in _BESIDE
        ]
    )


def path_terms() -> st.SearchStrategy[Term]:
    """Draw terms over paths, which only the whole record can decide."""
    return st.builds(Term, paths(), tests_of(Kind.TEXT))


def texts() -> st.SearchStrategy[Text]:
    """Draw text to be looked for, in the known values or in the whole record."""
    return st.builds(Text, _words | st.sampled_from(("EPL", "10.", "A", "\\")), st.booleans())


def filters(leaves: st.SearchStrategy[Filter] | None = None) -> st.SearchStrategy[Filter]:
    """Draw trees over all fields, paths and text, or over the given leaves; also empty groups."""
    drawn: st.SearchStrategy[Filter] = st.one_of(
        field_terms(), path_terms(), texts(), st.builds(Everything)
    )
    return st.recursive(
        leaves if leaves is not None else drawn,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )
