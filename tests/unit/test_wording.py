from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from tui.domain.event import Actor, Outcome, Resource, Result
from tui.domain.integrity import HourState, Mark
from tui.widgets import wording


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("arn:aws:s3:::prod-logs/2026/11/x", "prod-logs/2026/11/x"),
        ("arn:aws:iam::111122223333:role/app-admin", "role/app-admin"),
        ("arn:aws-cn:lambda:cn-north-1:1:function:f:3", "function:f:3"),
        ("arn:aws:sqs:us-east-1:1:queue", "queue"),
        ("arn:aws:s3:::", "arn:aws:s3:::"),
        ("my-bucket", "my-bucket"),
        ("", ""),
    ],
)
def test_an_arn_loses_only_what_every_row_repeats(name: str, shown: str) -> None:
    assert wording.resource(name) == shown


def test_an_event_and_an_hour_are_not_yet_verified_in_the_same_words() -> None:
    assert wording.mark(Mark.NOT_YET) == HourState.NOT_YET
    assert wording.mark(Mark.VERIFIED) == HourState.VERIFIED


def test_further_resources_are_counted() -> None:
    one, two = Resource("arn:aws:s3:::a"), Resource("b")
    assert wording.resources(()) == ""
    assert wording.resources((one,)) == "a"
    assert wording.resources((one, two, two)) == "a +2"


def test_the_role_is_named_only_where_it_is_not_the_caller() -> None:
    assert wording.caller(Actor("deploy", role="ci-role")) == "deploy › ci-role"
    assert wording.caller(Actor("deploy", role="ci-role"), ">") == "deploy > ci-role"
    assert wording.caller(Actor("ci-role", role="ci-role")) == "ci-role"
    assert wording.caller(Actor("root")) == "root"


def test_a_failed_call_shows_its_error_and_a_denied_one_that_it_was_denied() -> None:
    assert wording.result(Outcome()) == "ok"
    assert wording.result(Outcome("AccessDenied", "AccessDenied", Result.DENIED)) == "denied"
    assert wording.result(Outcome("NoSuchKey", "NoSuchKey", Result.FAILED)) == "NoSuchKey"
    assert wording.result(Outcome(None, None, Result.FAILED)) == "failed"


def test_times_are_told_in_the_zone_asked_for() -> None:
    pattern = "%Y-%m-%d %H:%M:%S"
    assert wording.moment(0, UTC, pattern) == "1970-01-01 00:00:00"
    assert wording.moment(-1_000, UTC, pattern) == "1969-12-31 23:59:59"
    assert wording.moment(0, timezone(timedelta(hours=2)), "%H:%M") == "02:00"


@pytest.mark.parametrize("time", [10**18, -(10**18), 253_402_300_799_999])
def test_a_time_no_calendar_has_is_shown_as_its_number(time: int) -> None:
    assert wording.moment(time, timezone(timedelta(hours=2)), "%Y") == f"{time} ms"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aws-cli/2.15.0 Python/3.11", "aws-cli"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.5 aws-sdk-go-v2", "Terraform"),
        ("[S3Console/0.4]", "the S3 console"),
        ("Mozilla/5.0 (X11)", "a browser"),
        ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
        ("custom-tool/9 x", "custom-tool"),
        ("/odd", "/odd"),
    ],
)
def test_a_user_agent_is_called_what_people_call_it(text: str, name: str) -> None:
    assert wording.agent(text) == name
