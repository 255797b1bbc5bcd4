"""Filter text into the tree, and the complaints on the way."""

from __future__ import annotations

from datetime import timedelta, timezone
from ipaddress import ip_network

import pytest

from tui.domain.fields import BY_NAME
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
    Path,
    Present,
    Term,
    Test,
    Text,
    Within,
)
from tui.errors import FilterError
from tui.language.grammar import MAX_DEPTH, parse
from tui.language.references import MAX_TEXT

NOW = 1_795_183_510_000
"""2026-11-20T14:05:10Z."""

DAY = 86_400_000
TODAY = 1_795_132_800_000


def term(name: str, test: Test) -> Term:
    return Term(BY_NAME[name], test)


def one_of(name: str, *patterns: str) -> Term:
    return term(name, OneOf(patterns))


ALICE = one_of("caller", "alice")
A, B, C = Text("a"), Text("b"), Text("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        (" \t\n", Everything()),
        ("*", Everything()),
        ("-*", NOTHING),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b", And((A, Text("and"), B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("a(b OR c)", And((A, Or((B, C))))),
        ("((a))", A),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("NOT(a b)", Not(And((A, B)))),
        ("-(a OR b) c", And((Not(Or((A, B))), C))),
        ("--a", A),
        ("NOT -a", A),
        ("-caller:alice", Not(ALICE)),
        ("a-b", Text("a-b")),
        ("a|b", Text("a|b")),
        ("a,b", Text("a,b")),
        ('"OR"', Text("OR")),
        ('"-a"', Text("-a")),
    ],
)
def test_terms_combine(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("caller:alice", ALICE),
        ("CALLER:alice", ALICE),
        ("eventName:Delete*", one_of("action", "Delete*")),
        ("userIdentity.arn:x", one_of("arn", "x")),
        ("caller:a,b", one_of("caller", "a", "b")),
        ('caller:"a b","c,d",e', one_of("caller", "a b", "c,d", "e")),
        ('caller:"a*"', one_of("caller", "a*")),
        ("caller:x:y", one_of("caller", "x:y")),
        ("caller:a-b", one_of("caller", "a-b")),
        ("caller:=a,B", term("caller", Exactly(("a", "B")))),
        ('caller:="a*b"', term("caller", Exactly(("a*b",)))),
        ("caller:=any", term("caller", Exactly(("any",)))),
        ("error:any", term("error", Present())),
        ("error:none", Not(term("error", Present()))),
        ("error:None", Not(term("error", Present()))),
        ('error:"none"', one_of("error", "none")),
        (
            "error:none,Access*",
            Or((one_of("error", "Access*"), Not(term("error", Present())))),
        ),
        ("account:>=5", term("account", Compare(">=", 5))),
        ("account:<-1.5e3", term("account", Compare("<", -1500))),
        ('caller:">=5"', one_of("caller", ">=5")),
        ("-error:AccessDenied", Not(one_of("error", "AccessDenied"))),
    ],
)
def test_fields_take_values(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("requestID:x", "requestID"),
        ("errormessage:x", "errormessage"),
        ("requestParameters.bucketName:x", "requestParameters.bucketName"),
        ("foo.bar:x", "foo.bar"),
        ('"foo":x', "foo"),
        ('"requestParameters.tag:name x":x', "requestParameters.tag:name x"),
        (
            "userIdentity.sessionContext.attributes.mfaAuthenticated:x",
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
        ),
    ],
)
def test_what_no_field_holds_is_a_path(text: str, path: str) -> None:
    assert parse(text, NOW) == Term(Path(path), OneOf(("x",)))


def test_a_pasted_member_of_a_record_is_its_field() -> None:
    assert parse('"eventName":"DeleteBucket"', NOW) == one_of("action", "DeleteBucket")


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:user/x",
        "arn:aws-cn:s3:::bucket",
        "arn:aws-us-gov:iam::111122223333:root",
        "ARN:aws:s3:::x",
        "https://sts.amazonaws.com/?a=b",
        "s3://bucket/key",
        "AWS::S3::Bucket",
        "AROAEXAMPLEEXAMPLE123:session",
        "2001:db8::1",
        "fe80::1",
        "::1",
        "de:ad:be:ef:00:01",
        "14:05",
        ":x",
        "a?b",
        "back\\slash",
    ],
)
def test_words_that_only_look_like_a_term_are_text(text: str) -> None:
    assert parse(text, NOW) == Text(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("arn:=arn:aws:s3:::x", term("arn", Exactly(("arn:aws:s3:::x",)))),
        ("arn:arn:aws:*", one_of("arn", "arn:aws:*")),
        ('arn:"aws:x"', one_of("arn", "aws:x")),
        ("type:://x", one_of("type", "://x")),
        ("requestParameters.url://x", Term(Path("requestParameters.url"), OneOf(("//x",)))),
    ],
)
def test_a_known_name_wins_over_how_the_word_looks(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Delete*", Text("Delete")),
        ("*arn:aws:s3:::x*", Text("arn:aws:s3:::x")),
        ('"a*b"', Text("a*b")),
        ('"say \\"hi\\" \\\\ \\n"', Text('say "hi" \\ \\n')),
        ('"\\u{1b}[m"', Text("\x1b[m")),
        ('"\\u{ffffff}"', Text("\\u{ffffff}")),
        ('"a\nb"', Text("a\nb")),
        ("record:vpc-1", Text("vpc-1", deep=True)),
        ("record:a,none", Or((Text("a", deep=True), Text("none", deep=True)))),
        ('record:">=3"', Text(">=3", deep=True)),
    ],
)
def test_text_is_literal(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("ip:10.0.0.0/8", term("ip", Within(ip_network("10.0.0.0/8")))),
        ("ip:10.1.2.3/8", term("ip", Within(ip_network("10.0.0.0/8")))),
        ("ip:2001:db8::/32", term("ip", Within(ip_network("2001:db8::/32")))),
        ("ip:2001:db8:0::1", term("ip", Within(ip_network("2001:db8::1/128")))),
        ("ip:10.0.0.1", one_of("ip", "10.0.0.1")),
        ("ip:10.*", one_of("ip", "10.*")),
        ('ip:"AWS Internal/3"', one_of("ip", "AWS Internal/3")),
        ("ip:=10.0.0.0/8", term("ip", Exactly(("10.0.0.0/8",)))),
        (
            "ip:AWS*,10.0.0.0/8",
            Or((one_of("ip", "AWS*"), term("ip", Within(ip_network("10.0.0.0/8"))))),
        ),
        ("caller:10.0.0.0/8", one_of("caller", "10.0.0.0/8")),
    ],
)
def test_addresses_take_networks(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("severity:high", OneOf(("3",))),
        ("severity:HIGH,4", OneOf(("3", "4"))),
        ("severity:none", OneOf(("0",))),
        ("severity:any", Compare(">=", 1)),
        ("severity:=low", Exactly(("1",))),
        ("severity:>=high", Compare(">=", 3)),
        ("severity:<2", Compare("<", 2)),
    ],
)
def test_severities_become_their_numbers(text: str, test: Test) -> None:
    assert parse(text, NOW) == term("severity", test)


def during(start: int, end: int) -> Filter:
    return And((term("time", Compare(">=", start)), term("time", Compare("<", end))))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("time:2026-11-20", during(TODAY, TODAY + DAY)),
        ("time:yesterday", during(TODAY - DAY, TODAY)),
        ("time:=14:05", during(NOW - 10_000, NOW + 50_000)),
        ('time:"2026-11-20 14:05:10"', during(NOW, NOW + 1_000)),
        ("time:>=-3h", term("time", Compare(">=", NOW - 3 * 3_600_000))),
        ("time:<now", term("time", Compare("<", NOW))),
        ("time:>=2026-11-20", term("time", Compare(">=", TODAY))),
        ("time:>2026-11-20", term("time", Compare(">=", TODAY + DAY))),
        ("time:<2026-11-20", term("time", Compare("<", TODAY))),
        ("time:<=2026-11-20", term("time", Compare("<", TODAY + DAY))),
        (
            "time:yesterday,2026-11-20",
            Or((during(TODAY - DAY, TODAY), during(TODAY, TODAY + DAY))),
        ),
        ("time:any", term("time", Present())),
    ],
)
def test_a_named_day_or_minute_counts_as_a_whole(text: str, tree: Filter) -> None:
    assert parse(text, NOW) == tree


def test_times_are_seen_from_the_given_zone() -> None:
    zone = timezone(timedelta(hours=10))
    midnight = TODAY + DAY - 10 * 3_600_000
    assert parse("time:>=today", NOW, zone) == term("time", Compare(">=", midnight))


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ('a "b c', 2, "not closed"),
        ('caller:a,"b c', 9, "not closed"),
        ("a (b", 2, "not closed"),
        ("a (", 2, "not closed"),
        ("a) b", 1, "closes nothing"),
        ("a ()", 3, "missing"),
        ("a OR", 2, "Nothing follows"),
        ("(a OR) b", 3, "Nothing follows"),
        ("OR a", 0, "missing before"),
        ("a OR OR b", 5, "missing before"),
        ("a AND", 2, "Nothing follows"),
        ("a -", 2, "Nothing follows"),
        ("NOT", 0, "Nothing follows"),
        ("a caller:", 9, "missing"),
        ("caller:a, b", 9, "missing"),
        ("caller:,a", 7, "missing"),
        ("caller:=", 8, "missing"),
        ('caller:""', 7, "nothing between"),
        ('""', 0, "nothing between"),
        ('caller:"a"b', 10, "space is missing"),
        ('"a""b"', 3, "space is missing"),
        ('caller:a"b', 8, "middle of a word"),
        ('a"b', 1, "middle of a word"),
        ("De*Bucket", 0, "wildcards"),
        ("ip:10.0.0.0/33", 3, "network"),
        ("ip:10.0.x.0/8", 3, "network"),
        ("ip:1:2:3", 3, "network"),
        ("ip:>=10.0.0.1", 3, "no order"),
        ("account:>=x", 10, "numbers"),
        ("account:>=1e999", 10, "numbers"),
        ("account:>=nan", 10, "numbers"),
        ("account:>=1,2", 12, "one value"),
        ("severity:>=loud", 11, "Severities"),
        ("time:>=soon", 7, "not a time"),
        ("time:-3h", 5, "instant"),
        ("record:>=3", 7, "anywhere"),
        ("userIdentity.:x", 0, "not a path"),
        ('"":x', 0, "no field"),
    ],
)
def test_an_error_points_at_its_place(text: str, column: int, part: str) -> None:
    with pytest.raises(FilterError, match=part) as caught:
        parse(text, NOW)
    assert caught.value.column == column
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("caler:x", "caller"),
        ("a EventNam:x", "eventName"),
        ("requestid2:x", "requestID"),
        ("recrd:x", "record"),
        ("zzzzzz:x", None),
        ("useridentty.arn:x", "userIdentity.arn"),
        ("severity:hihg", "high"),
        ("time:-3h", "time:>=-3h"),
        ("De*Bucket", "action:De*Bucket"),
        ("arn:aws:s3:::*/x", "resource:arn:aws:s3:::*/x"),
    ],
)
def test_an_error_suggests_the_nearest_right_word(text: str, suggestion: str | None) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, NOW)
    assert caught.value.suggestion == suggestion


def test_what_is_too_long_or_too_deep_is_refused() -> None:
    parse("a" * 1_000, NOW)
    parse("caller:=" + "a" * 2_000, NOW)
    parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH, NOW)
    parse("-" * (MAX_TEXT - 1) + "a", NOW)
    for text in (
        "a" * 1_001,
        "caller:" + "a" * 1_001,
        "a " * (MAX_TEXT // 2) + "a",
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
    ):
        with pytest.raises(FilterError):
            parse(text, NOW)


def test_groups_beside_each_other_are_not_deep() -> None:
    assert parse("(a) " * (MAX_DEPTH + 1), NOW) == And((A,) * (MAX_DEPTH + 1))
