"""The doctor says what works, what is missing and what could not be asked, and changes nothing."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import line, log_file, write
from tui.cli.main import run
from tui.cli.terminal import Terminal, terminal
from tui.encoding import speaks_utf8
from tui.jobs.doctor import State, examine, trail_state, trail_troubles
from tui.sources.aws.greeting import greet
from tui.sources.aws.permissions import PERMISSIONS, On
from tui.sources.aws.policy import policy
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Status, Trail
from tui.storage.cache import Cache
from tui.storage.health import health
from tui.storage.migrations import VERSION

__all__ = ["aws", "loopback"]
ROOT = Path(__file__).parents[2]
BUCKET = "org-logs"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
TRAIL = Trail(f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/t", "t", "us-east-1", BUCKET, "audit")
DAY = f"audit/AWSLogs/{ACCOUNT}/%s/us-east-1/2026/11/20/{ACCOUNT}_%s_us-east-1_"
LOG_KEY = DAY % ("CloudTrail", "CloudTrail") + "20261120T1405Z_abcdefghijklmnop.json.gz"
DIGEST_KEY = (
    DAY % ("CloudTrail-Digest", "CloudTrail-Digest") + "t_us-east-1_20261120T140000Z.json.gz"
)


class Seen(NamedTuple):
    code: int
    out: str
    err: str

    def account(self) -> Mapping[str, object]:
        """Return the report on the one account."""
        (account,) = json.loads(self.out)["accounts"]
        assert isinstance(account, dict)
        return account

    def verdicts(self) -> dict[str, str]:
        return {str(each["action"]): str(each["verdict"]) for each in self.listed("permissions")}

    def listed(self, name: str) -> list[dict[str, object]]:
        listed = self.account()[name]
        assert isinstance(listed, list)
        return listed


Doctor = Callable[..., Seen]


@pytest.fixture
def doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """Run the command on a cache that is not there."""
    monkeypatch.setenv("TRAILHOUND_CACHE", str(tmp_path / "cache.db"))

    def ran(*options: str) -> Seen:
        code = run(["doctor", *options])
        captured = capsys.readouterr()
        return Seen(code, captured.out, captured.err)

    return ran


@pytest.fixture
def trail(aws: LoopbackAws) -> str:
    """An account with one trail that logs, and a digest and a log file in its bucket."""
    aws.enabled = ("eu-west-1", "us-east-1")
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket=BUCKET)
    for key in (DIGEST_KEY, LOG_KEY):
        bucket.put_object(Bucket=BUCKET, Key=key, Body=b"0123456789")
    client = boto3.client("cloudtrail")
    made = client.create_trail(
        Name="everything",
        S3BucketName=BUCKET,
        S3KeyPrefix="audit",
        KmsKeyId=KEY_ARN,
        IsMultiRegionTrail=True,
    )
    client.start_logging(Name="everything")
    aws.asked.clear()
    return str(made["TrailARN"])


def targets(aws: LoopbackAws) -> list[str]:
    return [each.target.rpartition(".")[2] or each.path for each in aws.asked]


def test_all_is_well_where_everything_may_be_read(
    aws: LoopbackAws, trail: str, doctor: Doctor
) -> None:
    seen = doctor("--format", "json")
    assert seen.code == 0, seen.out
    account = seen.account()
    assert account["account"] == ACCOUNT
    assert account["regions"] == ["eu-west-1", "us-east-1"]
    everywhere = (each.action for each in PERMISSIONS if each.on is not On.LOG_GROUP)
    assert seen.verdicts() == dict.fromkeys(everywhere, "allowed")
    assert [(each["arn"], each["logging"]) for each in seen.listed("trails")] == [(trail, True)]
    asked = [each for each in aws.asked if each.path.startswith(f"/{BUCKET}/{LOG_KEY}")]
    assert len(asked) == 1, "one log file, not the digest before it"
    assert all("trailhound/" in each.agent for each in aws.asked)


def test_the_log_group_of_a_trail_is_tested_without_opening_a_session(
    aws: LoopbackAws, trail: str, doctor: Doctor
) -> None:
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail-events"
    boto3.client("logs").create_log_group(logGroupName="trail-events")
    boto3.client("cloudtrail").update_trail(
        Name=trail,
        CloudWatchLogsLogGroupArn=f"{group}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/trail",
    )
    verdicts = doctor("--format", "json").verdicts()
    assert verdicts["logs:FilterLogEvents"] == "allowed"
    assert verdicts["logs:StartLiveTail"] == "not tested"
    (statement,) = (
        each
        for each in json.loads(doctor("--policy").out)["Statement"]
        if each["Sid"] == "OptionalForLiveTail"
    )
    assert statement["Resource"] == [group, f"{group}:*"]
    assert not [each for each in targets(aws) if "LiveTail" in each]


def test_nothing_is_written_anywhere(
    aws: LoopbackAws, trail: str, doctor: Doctor, tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    doctor()
    assert trail
    assert set(tmp_path.iterdir()) == before
    assert {each.method for each in aws.asked if each.service == "s3"} == {"GET"}


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        (Rule(Fault.ACCESS_DENIED, target="LookupEvents"), "cloudtrail:LookupEvents"),
        (Rule(Fault.ACCESS_DENIED, target="GetTrailStatus"), "cloudtrail:GetTrailStatus"),
        (Rule(Fault.ACCESS_DENIED, target="GetEventSelectors"), "cloudtrail:GetEventSelectors"),
        (Rule(Fault.ACCESS_DENIED, target="ListPublicKeys"), "cloudtrail:ListPublicKeys"),
        (Rule(Fault.ACCESS_DENIED, service="s3", path="list-type"), "s3:ListBucket"),
        (Rule(Fault.ACCESS_DENIED, service="s3", path=r"json\.gz"), "s3:GetObject"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("trail")
def test_a_needed_permission_that_is_denied_is_named(
    aws: LoopbackAws, doctor: Doctor, rule: Rule, action: str
) -> None:
    aws.faults.add(Rule(rule.fault, rule.method, rule.path, rule.target, rule.service))
    seen = doctor("--format", "json")
    assert seen.code == 1
    denied = [name for name, verdict in seen.verdicts().items() if verdict == "denied"]
    assert denied == [action]
    text = doctor()
    assert text.code == 1
    assert re.search(rf"(✘|NO) {action} +denied on .*not authorized", text.out)


@pytest.mark.usefixtures("trail")
def test_trails_that_may_not_be_listed_are_missing(aws: LoopbackAws, doctor: Doctor) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, target="DescribeTrails"))
    seen = doctor("--format", "json")
    assert seen.code == 1
    refused = seen.account()["trails_not_listed"]
    assert isinstance(refused, dict)
    assert set(refused) == {"eu-west-1", "us-east-1"}
    assert doctor("--policy").code == 1


@pytest.mark.usefixtures("trail")
def test_what_is_only_a_nicety_may_be_denied(aws: LoopbackAws, doctor: Doctor) -> None:
    aws.enabled = None
    for rule in (
        Rule(Fault.ACCESS_DENIED, service="iam"),
        Rule(Fault.ACCESS_DENIED, target="DescribeAccount"),
    ):
        aws.faults.add(rule)
    seen = doctor("--region", "us-east-1", "--format", "json")
    assert seen.code == 0, seen.out
    verdicts = seen.verdicts()
    assert verdicts["account:ListRegions"] == "denied"
    assert verdicts["iam:ListAccountAliases"] == "denied"
    assert verdicts["organizations:DescribeAccount"] == "denied"
    assert seen.account()["regions"] == ["us-east-1"]


@pytest.mark.usefixtures("trail")
def test_a_key_that_may_not_be_used_is_told_from_an_object_that_may_not_be_read(
    aws: LoopbackAws, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.servers import faults

    words = "User is not authorized to perform: kms:Decrypt on resource."
    error = faults.ERRORS[Fault.ACCESS_DENIED]._replace(message=words)
    monkeypatch.setitem(faults.ERRORS, Fault.ACCESS_DENIED, error)
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="s3", path=r"json\.gz"))
    verdicts = doctor("--format", "json").verdicts()
    assert (verdicts["s3:GetObject"], verdicts["kms:Decrypt"]) == ("allowed", "denied")


@pytest.mark.usefixtures("trail")
def test_a_bucket_without_log_files_leaves_reading_untested(
    aws: LoopbackAws, doctor: Doctor
) -> None:
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=LOG_KEY)
    aws.asked.clear()
    seen = doctor("--format", "json")
    assert seen.code == 0
    verdicts = seen.verdicts()
    assert (verdicts["s3:GetObject"], verdicts["kms:Decrypt"]) == ("not tested", "not tested")


@pytest.mark.usefixtures("trail")
def test_an_answer_that_tells_nothing_is_no_denial(aws: LoopbackAws, doctor: Doctor) -> None:
    aws.faults.add(Rule(Fault.THROTTLED, target="LookupEvents"))
    seen = doctor("--format", "json")
    assert seen.code == 2
    assert seen.verdicts()["cloudtrail:LookupEvents"] == "not known"


@pytest.mark.usefixtures("trail")
def test_a_trail_that_is_stopped_is_said(doctor: Doctor) -> None:
    boto3.client("cloudtrail").stop_logging(Name="everything")
    seen = doctor()
    assert seen.code == 1
    assert re.search(r"(✘|NO) trail everything .*logging: it is stopped", seen.out)


def test_a_trail_is_as_its_status_says() -> None:
    def with_status(status: Status | None) -> Trail:
        return Trail(TRAIL.arn, "t", "us-east-1", BUCKET, status=status)

    assert trail_state(with_status(None)) is State.OPEN
    assert trail_state(with_status(Status(logging=True))) is State.GOOD
    broken = with_status(Status(logging=True, delivery_error="AccessDenied"))
    assert trail_state(broken) is State.MISSING
    assert trail_troubles(broken) == {"delivery": "AccessDenied"}


def test_without_an_answer_the_rest_is_still_reported(
    aws: LoopbackAws, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    seen = doctor("--format", "json")
    assert seen.code == 2
    document = json.loads(seen.out)
    assert "could not be reached" in document["accounts"][0]["problem"]
    assert document["cache"]["exists"] is False
    assert {"terminal", "versions"} <= set(document)
    assert "stays usable without AWS" in doctor().out
    assert not aws.asked


@pytest.mark.parametrize("fault", [Fault.EXPIRED_TOKEN, Fault.RESET])
def test_credentials_that_do_not_work_are_no_finding_but_a_failure(
    aws: LoopbackAws, doctor: Doctor, fault: Fault
) -> None:
    aws.faults.add(Rule(fault, service="sts"))
    assert doctor().code == 2
    seen = doctor("--policy")
    assert seen.code == 2
    assert "policy may lack trails" in seen.err
    assert json.loads(seen.out)["Statement"]


def test_a_profile_that_does_not_exist_is_said(aws: LoopbackAws, doctor: Doctor) -> None:
    seen = doctor("--profile", "nobody")
    assert seen.code == 2
    assert "there is no profile nobody" in seen.out
    assert not aws.asked


@pytest.mark.usefixtures("trail")
def test_the_policy_is_all_of_stdout_and_names_what_was_found(doctor: Doctor) -> None:
    seen = doctor("--policy")
    assert (seen.code, seen.err) == (0, "")
    statements = {each["Sid"]: each for each in json.loads(seen.out)["Statement"]}
    assert statements["NeededForBuckets"]["Resource"] == f"arn:aws:s3:::{BUCKET}"
    assert statements["NeededForLogFiles"]["Resource"] == f"arn:aws:s3:::{BUCKET}/audit/AWSLogs/*"
    assert statements["NeededForKeys"] == {
        "Sid": "NeededForKeys",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": KEY_ARN,
    }


GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail-events"


def test_the_policy_allows_only_reading_unless_a_queue_is_named() -> None:
    trail = Trail(TRAIL.arn, "t", "us-east-1", BUCKET, kms_key=KEY_ARN, log_group=f"{GROUP}:*")
    allowed = actions(policy([trail, TRAIL]))
    assert {"kms:Decrypt", "logs:FilterLogEvents"} < allowed
    reading = re.compile(r"[a-z0-9]+:(Get|List|Describe|Lookup|Decrypt|Filter|StartLiveTail)\w*")
    assert all(reading.fullmatch(action) for action in allowed)
    assert not any(each.startswith(("s3:", "kms:", "sqs:")) for each in actions(policy([])))


@pytest.mark.parametrize(("sid", "needed"), [("Needed", True), ("Optional", False)])
def test_what_the_policy_calls_needed_is_what_the_doctor_calls_needed(
    sid: str, needed: bool
) -> None:
    trail = Trail(TRAIL.arn, "t", "us-east-1", BUCKET, kms_key=KEY_ARN, log_group=f"{GROUP}:*")
    tested = {each.action for each in PERMISSIONS if each.needed is needed}
    assert tested <= actions(policy([trail]), sid)


@pytest.mark.usefixtures("trail")
def test_a_queue_is_allowed_where_it_is_named(doctor: Doctor) -> None:
    address = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/notices"
    statements = json.loads(doctor("--policy", "--queue", address).out)["Statement"]
    (queues,) = (each for each in statements if each["Sid"] == "OptionalForQueues")
    assert queues["Resource"] == f"arn:aws:sqs:eu-west-1:{ACCOUNT}:notices"
    assert "OptionalForQueues" not in doctor("--policy").out
    assert doctor("--queue", address).code == doctor("--policy", "--queue", "notices").code == 3


def actions(document: Mapping[str, object], sid: str = "") -> set[str]:
    statements = document["Statement"]
    assert isinstance(statements, list)
    wanted = (each for each in statements if each["Sid"].startswith(sid))
    return {action for each in wanted for action in each["Action"]}


def test_signs_that_policies_read_otherwise_are_taken_as_they_are() -> None:
    odd = Trail(TRAIL.arn.replace("arn:aws:", "arn:aws-cn:"), "t", "x", BUCKET, "a*${b}")
    text = json.dumps(policy([odd]))
    assert f"arn:aws-cn:s3:::{BUCKET}/a${{*}}${{$}}{{b}}/AWSLogs/*" in text


@pytest.mark.parametrize(("ahead", "state"), [(0.0, State.GOOD), (-90.0, State.MISSING)])
def test_the_clock_is_held_against_that_of_aws(
    aws: LoopbackAws, ahead: float, state: State
) -> None:
    import time

    health = examine(None, ["us-east-1"], clock=lambda: time.time() + ahead)
    assert health.greeting.clock == pytest.approx(ahead, abs=2)
    assert health.clock() is state
    assert health.lacking() is (state is State.MISSING)
    assert aws.asked


def test_even_a_refusal_tells_the_time(aws: LoopbackAws) -> None:
    aws.faults.add(Rule(Fault.EXPIRED_TOKEN, service="sts"))
    told = greet(Account())
    assert told.identity is None
    assert told.clock == pytest.approx(0, abs=2)
    assert targets(aws) == ["/"], "asked once"


def test_a_sound_cache_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "cache #1?.db"
    assert not health(path).exists
    write(Cache(path), a=log_file(line(1), line(2)))
    seen = health(path)
    assert (seen.events, seen.schema, seen.checked, seen.trouble) == (2, VERSION, True, "")
    assert seen.size >= path.stat().st_size
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    assert "newer Trailhound" in health(path).trouble
    path.write_bytes(b"not a database, however long it is" * 100)
    assert "not a database" in health(path).trouble


def test_a_page_that_was_overwritten_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    write(Cache(path), a=log_file(*map(line, range(500))))
    content = bytearray(path.read_bytes())
    last = len(content) - 4096
    content[last : last + 2048] = b"\xff" * 2048
    path.write_bytes(content)
    assert "damaged" in health(path).trouble or "malformed" in health(path).trouble


def test_a_check_that_takes_too_long_is_given_up_and_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    write(Cache(path), a=log_file(line(1)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE large (value TEXT)")
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)"
        connection.execute(f"{numbers} INSERT INTO large SELECT hex(i) || i || 'x' FROM n")
    before = sorted(tmp_path.iterdir())
    assert health(path, seconds=60).checked
    assert sorted(tmp_path.iterdir()) == before
    seen = health(path, seconds=0)
    assert (seen.events, seen.checked, seen.trouble) == (1, False, "")


def test_a_damaged_cache_is_a_finding(
    aws: LoopbackAws, trail: str, doctor: Doctor, tmp_path: Path
) -> None:
    (tmp_path / "cache.db").write_bytes(b"not a database, however long it is" * 100)
    seen = doctor()
    assert seen.code == 1
    assert re.search(r"(✘|NO) check +file is not a database", seen.out)
    assert trail
    assert aws.asked


class Screen(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_terminal_is_what_its_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    monkeypatch.setenv("LINES", "50")
    environ = {"TERM": "xterm-256color", "TMUX": "/tmp/x", "LANG": "de_DE.UTF-8"}
    assert terminal(environ, Screen()) == Terminal(
        interactive=True,
        columns=132,
        lines=50,
        colours=256,
        no_color=False,
        utf8=True,
        term="xterm-256color",
        multiplexer="tmux",
        ssh=False,
    )
    bare = terminal({"NO_COLOR": "1", "TERM": "xterm", "LANG": "C"}, StringIO())
    assert (bare.interactive, bare.columns, bare.colours, bare.utf8) == (False, 0, 0, False)
    assert terminal({"TERM": "xterm", "COLORTERM": "truecolor"}, Screen()).colours == 1 << 24
    assert terminal({"TERM": "dumb"}, Screen()).colours == 0
    assert terminal({"TERM": "linux"}, Screen()).colours == 16


@pytest.mark.parametrize(
    ("environ", "utf8"),
    [
        ({}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, False),
        ({"LC_CTYPE": "de_DE.utf8"}, True),
    ],
)
def test_the_locale_counts_and_not_what_python_makes_of_it(
    environ: dict[str, str], utf8: bool
) -> None:
    assert speaks_utf8(environ) is utf8


def test_a_plain_locale_gets_plain_signs_and_no_screen_is_loaded(
    aws: LoopbackAws, tmp_path: Path
) -> None:
    code = (
        "import sys; from tui.cli.main import run; code = run(['doctor']); "
        "sys.exit(code + 100 * ('textual' in sys.modules))"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    environ |= {"LANG": "C", "TRAILHOUND_CACHE": str(tmp_path / "ünï.db"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.isascii()
    assert b"  ok account " in done.stdout
    assert aws.asked
