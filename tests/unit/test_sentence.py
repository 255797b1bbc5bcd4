from __future__ import annotations

from tui.domain.answer import Row, Sighting
from tui.domain.event import (
    Actor,
    Call,
    Origin,
    Outcome,
    Place,
    Resource,
    Result,
    Severity,
    Signal,
)
from tui.widgets.glyphs import ASCII, UNICODE, for_terminal
from tui.widgets.summary import concern, seen, sentence

ROW = Row(
    number=1,
    id="e",
    time=0,
    actor=Actor("deploy", role="ci-role", mfa="false"),
    call=Call("AttachRolePolicy", "iam"),
    resources=(Resource("arn:aws:iam::111122223333:role/app-admin"),),
    place=Place("111122223333", "us-east-1"),
    origin=Origin("203.0.113.7", "aws-cli/2.15.0"),
    outcome=Outcome("AccessDenied", "AccessDenied", Result.DENIED),
    signal=Signal(Severity.HIGH, "grants itself more"),
)


def test_a_denied_call_reads_as_a_sentence() -> None:
    assert sentence(ROW).plain == (
        "deploy (via ci-role) was denied iam AttachRolePolicy on role/app-admin "
        "from 203.0.113.7 with aws-cli, no MFA"
    )


def test_what_the_record_does_not_say_is_not_said() -> None:
    bare = ROW._replace(
        actor=Actor("root"), resources=(), origin=Origin(), outcome=Outcome(), place=Place()
    )
    assert sentence(bare).plain == "root called iam AttachRolePolicy"


def test_a_failed_call_ends_with_its_error() -> None:
    failed = ROW._replace(outcome=Outcome("NoSuchEntity", "NoSuchEntity", Result.FAILED))
    said = sentence(failed).plain
    assert "failed to call iam AttachRolePolicy" in said
    assert said.endswith(": NoSuchEntity")


def test_who_stands_behind_and_which_account_they_are_from_is_said() -> None:
    actor = Actor(
        "ci", role="r", behind="alice", account="444455556666", via="athena.amazonaws.com"
    )
    said = sentence(ROW._replace(actor=actor)).plain
    assert said.startswith(
        "ci (really alice, via r and athena.amazonaws.com, of account 444455556666) was denied"
    )


def test_hostile_names_are_shown_literally_and_not_as_markup() -> None:
    hostile = ROW._replace(actor=Actor("[red]\x1b[2Jx\u202e[/red]"))
    text = sentence(hostile)
    assert text.plain.startswith("[red]␛[2Jx<U+202E>[/red] was denied")


def test_severity_is_said_in_sign_word_and_reason() -> None:
    assert concern(ROW).plain == f"{UNICODE.severity[3]} high: grants itself more"
    assert concern(ROW, ASCII).plain == "!! high: grants itself more"
    assert concern(ROW._replace(signal=Signal())).plain == ""


def test_where_an_event_was_seen_names_file_and_record() -> None:
    one = Sighting("s3://b/k\x1b.gz", 7, "s3", "00")
    assert seen(()).plain == ""
    assert seen([one]).plain == "s3, record 7 of s3://b/k␛.gz"
    assert seen([one, one, one]).plain.endswith(" and 2 more")


def test_signs_are_ascii_where_the_locale_is() -> None:
    assert for_terminal({"LANG": "C"}) is ASCII
    assert for_terminal({"LANG": "en_US.UTF-8"}) is UNICODE
    assert for_terminal({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}) is ASCII
    assert for_terminal({"LC_ALL": "", "LANG": "C.utf8"}) is UNICODE
    assert for_terminal({}) is UNICODE


def test_every_severity_has_a_sign_of_its_own() -> None:
    for glyphs in (UNICODE, ASCII):
        assert len(set(glyphs.severity)) == len(Severity)
        assert len(glyphs.bars) == 9
