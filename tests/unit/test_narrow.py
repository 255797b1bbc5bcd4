"""Typed text with one value more or less."""

from __future__ import annotations

import pytest

from tui.domain.fields import BY_NAME
from tui.domain.filter import Path
from tui.errors import FilterError
from tui.language.grammar import parse
from tui.language.narrow import exclude, include

CALLER, ERROR, ACTION, SEVERITY = (
    BY_NAME[name] for name in ("caller", "error", "action", "severity")
)


@pytest.mark.parametrize(
    ("text", "value", "result"),
    [
        ("", "alice", "caller:=alice"),
        ("  ", "alice", "caller:=alice"),
        ("service:s3", "alice", "service:s3 caller:=alice"),
        ("caller:=alice", "bob", "caller:=alice,bob"),
        ("caller:=alice,bob", "alice", "caller:=bob"),
        ("caller:=alice", "alice", ""),
        ("a  caller:=alice  b", "alice", "a b"),
        ("a  caller:=alice  b", "bob", "a  caller:=alice,bob  b"),
        ("a AND caller:=alice", "alice", "a"),
        ("caller:=alice AND b", "alice", "b"),
        ("a AND caller:=alice AND b", "alice", "a AND b"),
        ("caller:ali*", "alice", "caller:ali* caller:=alice"),
        ("a OR b", "alice", "(a OR b) caller:=alice"),
        ("(a OR b)", "alice", "(a OR b) caller:=alice"),
        ("(a caller:=bob)", "alice", "(a caller:=bob) caller:=alice"),
        ("caller:=alice OR b", "alice", "(caller:=alice OR b) caller:=alice"),
        ("-caller:=alice", "alice", "caller:=alice"),
        ("-caller:=alice,bob x", "alice", "-caller:=bob x caller:=alice"),
        ("", "a b", 'caller:="a b"'),
        ("", "*", "caller:=*"),
        ("", 'x" OR y', 'caller:="x\\" OR y"'),
        ("", "\x1b]0;", 'caller:="\\u{1b}]0;"'),
    ],
)
def test_including_toggles_one_exact_value(text: str, value: str, result: str) -> None:
    assert include(text, CALLER, value) == result


@pytest.mark.parametrize(
    ("text", "value", "result"),
    [
        ("", "alice", "-caller:=alice"),
        ("-caller:=alice", "bob", "-caller:=alice,bob"),
        ("NOT caller:=alice", "bob", "-caller:=alice,bob"),
        ("x NOT caller:=alice y", "alice", "x y"),
        ("x AND -caller:=alice", "alice", "x"),
        ("caller:=alice", "alice", "-caller:=alice"),
        ("caller:=alice,bob", "alice", "caller:=bob -caller:=alice"),
        ("a OR b", "alice", "(a OR b) -caller:=alice"),
        ("--caller:=alice", "alice", "--caller:=alice -caller:=alice"),
    ],
)
def test_excluding_toggles_one_exact_value(text: str, value: str, result: str) -> None:
    assert exclude(text, CALLER, value) == result


def test_no_value_is_a_value_of_its_own() -> None:
    text = include("", ERROR, None)
    assert text == "error:none"
    text = include(text, ERROR, "AccessDenied")
    assert text == "(error:=AccessDenied OR error:none)"
    text = include(text, ERROR, "Throttling")
    assert text == "(error:=AccessDenied,Throttling OR error:none)"
    text = include(text, ERROR, None)
    assert text == "error:=AccessDenied,Throttling"
    assert exclude("", ERROR, None) == "-error:none"
    assert exclude("-error:none", ERROR, "x") == "-(error:=x OR error:none)"
    assert include("error:none", ERROR, "") == ""


def test_a_value_named_none_is_not_no_value() -> None:
    assert include("error:none", ERROR, "none") == "(error:=none OR error:none)"
    assert include("error:=none", ERROR, None) == "(error:=none OR error:none)"
    assert include('error:"none"', ERROR, None) == 'error:"none" error:none'


def test_severities_are_written_by_name() -> None:
    assert include("", SEVERITY, "3") == "severity:=high"
    assert include("severity:=high", SEVERITY, "0") == "severity:=high,none"
    assert include("severity:=3", SEVERITY, "3") == ""


def test_an_alias_is_the_same_field() -> None:
    assert include("eventName:=A", ACTION, "B") == "action:=A,B"


def test_a_path_can_be_included() -> None:
    assert include("", Path("requestParameters.x y"), "1") == '"requestParameters.x y":=1'
    assert include('"requestParameters.x y":=1', Path("requestParameters.x y"), "1") == ""


@pytest.mark.parametrize("text", ['"a', "a OR", "NOT", "(a", "caller:"])
def test_text_that_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        include(text, CALLER, "alice")


@pytest.mark.parametrize("text", ["", "a", "time:>=-3h", "-error:any", "caller:x,y", "(a OR b)"])
@pytest.mark.parametrize("value", ["alice", "a b", None])
def test_including_twice_restores_the_filter(text: str, value: str | None) -> None:
    now = 1_795_183_510_000
    again = include(include(text, CALLER, value), CALLER, value)
    assert parse(again, now) == parse(text, now)
