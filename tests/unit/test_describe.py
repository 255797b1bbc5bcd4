"""Filters in words and as text."""

from __future__ import annotations

import pytest

from tui.domain.fields import BY_NAME
from tui.domain.filter import And, Everything, Exactly, Not, OneOf, Path, Term, Text
from tui.language.describe import describe, to_text
from tui.language.grammar import parse

NOW = 1_795_183_510_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "every event"),
        ("-*", "no event"),
        ("caller:deploy*", "caller is deploy*"),
        ("eventName:a,b,c", "action is a, b or c"),
        (
            "caller:deploy* -error:AccessDenied",
            "caller is deploy* and error is anything but AccessDenied",
        ),
        ("action:=DeleteBucket", "action is exactly DeleteBucket"),
        ("-action:=A,B", "action is anything but exactly A or B"),
        ("error:any", "error is present"),
        ("error:none", "error is absent"),
        ("ip:10.0.0.0/8", "ip is in 10.0.0.0/8"),
        ("-ip:2001:db8::/32", "ip is not in 2001:db8::/32"),
        ("ip:2001:db8::1", "ip is 2001:db8::1"),
        ("severity:>=high", "severity is at least high"),
        ("-severity:<2", "severity is not below medium"),
        ("severity:none,high", "severity is none or high"),
        ("requestParameters.n:<=5", "requestParameters.n is at most 5"),
        ("time:>=2026-11-20", "time is from 2026-11-20 00:00:00 UTC"),
        ("time:<2026-11-20T14:05:10.5Z", "time is before 2026-11-20 14:05:10.500 UTC"),
        ('"a b"', 'a value contains "a b"'),
        ("-a", 'no value contains "a"'),
        ("record:a", 'the record contains "a"'),
        ("-record:a", 'the record does not contain "a"'),
        (
            "caller:a (error:any OR -(ip:b c))",
            'caller is a and (error is present or not (ip is b and a value contains "c"))',
        ),
        ('caller:"a b,c"', 'caller is "a b,c"'),
        ('caller:"\\u{1b}[31m"', 'caller is "\\u{1b}[31m"'),
    ],
)
def test_a_filter_says_what_it_shows(text: str, words: str) -> None:
    assert describe(parse(text, NOW)) == words


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("  caller:alice   -error:any ", "caller:alice error:none"),
        ("NOT (a OR b) AND c", "-(a OR b) c"),
        ("a b OR c", "(a b) OR c"),
        ("eventName:X", "action:X"),
        ('caller:"alice"', "caller:alice"),
        ('caller:"any"', 'caller:"any"'),
        ('caller:="any"', "caller:=any"),
        ("severity:>=3", "severity:>=high"),
        ("time:>=2026-11-20", "time:>=2026-11-20T00:00:00Z"),
        ("arn:aws:s3:::x", "arn:aws:s3:::x"),
        ('arn:"aws:x"', 'arn:"aws:x"'),
        ("record:a", "record:a"),
        ("record:*", ""),
        ("-*", "-*"),
    ],
)
def test_text_is_written_the_shortest_way(text: str, written: str) -> None:
    assert to_text(parse(text, NOW)) == written


def test_a_literal_star_is_written_exactly() -> None:
    assert to_text(Term(BY_NAME["caller"], Exactly(("a*b",)))) == "caller:=a*b"
    assert to_text(Text("a*b")) == '"a*b"'


def test_names_that_need_it_are_quoted() -> None:
    assert to_text(Term(Path("custom.x y"), OneOf(("1",)))) == '"custom.x y":1'
    assert to_text(Term(Path("requestParameters.x"), OneOf(("1",)))) == "requestParameters.x:1"


def test_needless_nesting_leaves_no_trace() -> None:
    tree = And((Everything(), And((Text("a"), Not(Not(Text("b")))))))
    assert to_text(tree) == "a b"
    assert describe(tree) == 'a value contains "a" and a value contains "b"'
