"""A portal or a proxy that answers in AWS's place is told of, and nothing is concluded from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Vault, delivered, iso
from tests.servers.faults import Answer, Fault, Rule
from tests.servers.fixtures import aws, loopback, path
from tui.cli.main import run

__all__ = ["aws", "loopback", "path"]
pytestmark = pytest.mark.slow
HOURS, FILES = 6, 48
PLACE = ("--s3", f"s3://{BUCKET}", "--region", HOME)
SPAN = ("--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))
ARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main.trail_1"
COMMANDS = [
    ("sync", "--no-history", *PLACE, *SPAN),
    ("sync", "--no-history", "--region", HOME, *SPAN),
    ("tail", *PLACE, *SPAN),
    ("tail", "--region", HOME, *SPAN),
    ("verify", *PLACE, *SPAN),
    ("verify", "--trail", ARN, *SPAN),
    ("doctor", "--region", HOME),
]


@pytest.fixture
def vault(aws: LoopbackAws, path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr("tui.sources.aws.s3._FIRST_PAUSE", 0.001)
    for pause, least in (("_SLACK", 0.001), ("_FIRST_PAUSE", 0.001)):
        monkeypatch.setattr(f"tui.sources.aws.pacing.{pause}", least)  # waiting is not the subject
    aws.quick = True
    assert not path.exists()
    made = Vault(aws, delivered(FILES, HOURS))
    assert made.trail() == ARN
    return made


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    "page",
    [
        Rule(Fault.PAGE),
        Rule(Fault.PAGE, service="s3|cloudtrail"),
        Rule(Fault.PAGE, path=r"list-type|\.gz"),
    ],
    ids=lambda rule: rule.service or rule.path or "every answer",
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_page_in_place_of_an_answer_is_a_reason_and_no_finding(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str], command: Sequence[str], page: Rule
) -> None:
    rule = aws.faults.add(replace(page))
    code = run(command)
    said = capsys.readouterr()
    assert code == 2 or not rule.spoiled
    assert "should not have happened" not in said.err
    assert "deleted" not in said.out
    aws.faults.rules.clear()
    assert run(command) == (1 if command[0] == "doctor" else 0)


JSON, XML = "application/x-amz-json-1.1", "text/xml"
HISTORY = ("--no-s3", "--region", HOME, "--since", "-1d")
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/tail"
EMPTY = [
    (("sync", "--no-history", "--region", HOME, *SPAN), Rule(Fault.PAGE, target="DescribeTrails")),
    (("verify", "--trail", ARN, *SPAN), Rule(Fault.PAGE, target="DescribeTrails")),
    (("verify", "--trail", ARN, *SPAN), Rule(Fault.PAGE, target="ListPublicKeys")),
    (("doctor", "--region", HOME), Rule(Fault.PAGE, target="GetTrailStatus")),
    (("sync", *HISTORY), Rule(Fault.PAGE, target="LookupEvents")),
    (("tail", "--region", HOME, *SPAN), Rule(Fault.PAGE, target="LookupEvents")),
    (("tail", "--log-group", "all", *SPAN), Rule(Fault.PAGE, target="FilterLogEvents")),
    (("sync", *HISTORY), Rule(Fault.PAGE, service="sts")),
    (("sync", "--no-history", *PLACE, *SPAN), Rule(Fault.PAGE, path="list-type")),
    (("verify", *PLACE, *SPAN), Rule(Fault.PAGE, path="list-type")),
]


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("command", "rule"), EMPTY, ids=lambda each: getattr(each, "target", None) or None
)
def test_an_answer_without_its_members_is_no_answer(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str], command: Sequence[str], rule: Rule
) -> None:
    for kind, body in ((JSON, "[]"), (JSON, "{}"), (JSON, "null"), (JSON, ""), (XML, "<a/>")):
        page = Answer(200, [("Content-Type", kind)], body.encode())
        aws.faults.rules[:] = [replace(rule, page=page)]
        assert run(command) == 2, body
        assert aws.faults.rules[0].spoiled
        said = capsys.readouterr()
        assert "should not have happened" not in said.err
        assert "There is no trail" not in said.err


@pytest.mark.usefixtures("vault")
def test_a_queue_is_empty_only_if_that_is_the_answer(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = []
    for body in ("[]", "null", "", "{}"):
        page = Answer(200, [("Content-Type", JSON)], body.encode())
        aws.faults.rules[:] = [Rule(Fault.PAGE, service="sqs", page=page)]
        codes.append(run(["tail", "--queue", QUEUE, "--own-queue", *SPAN]))
        assert "should not have happened" not in capsys.readouterr().err
    assert codes == [2, 2, 2, 0]
