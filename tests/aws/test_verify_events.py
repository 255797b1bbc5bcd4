"""Events of event history that a trail logs and no log file has are found, and only those."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import boto3
import pytest

from tests.aws.test_verify_copies import copied
from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, TRAIL, Delivery, Vault, delivered, iso
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.verifying import Said, Verify, verify
from tests.unit.delivered import guid
from tui.cli.main import run
from tui.domain.integrity import Kind
from tui.simulation.tokens import stamp

__all__ = ["aws", "loopback", "verify"]
HOURS, FILES = 6, 12
END = int(time.time()) - 600
START = END - HOURS * 3600
WINDOW = ("--since", iso(START), "--until", iso(END))
EVERYTHING = {"ReadWriteType": "All", "IncludeManagementEvents": True}
Record = dict[str, object]
Sync = Callable[..., None]


@pytest.fixture
def made() -> Delivery:
    return delivered(FILES, HOURS, (HOME,), END)


@pytest.fixture
def vault(aws: LoopbackAws, made: Delivery) -> Vault:
    aws.cloudtrail.limit = None
    return Vault(aws, made)


@pytest.fixture
def sync(capsys: pytest.CaptureFixture[str], verify: Verify) -> Sync:
    """Sync event history and the trail's log files up to now, or as options say."""
    del verify  # which chooses the cache

    def synced(*options: str) -> None:
        run(["sync", "--since", iso(START - 7200), "--region", HOME, *options])
        capsys.readouterr()

    return synced


def event(number: int, second: int, **changes: object) -> Record:
    """Return a management event that changes something."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": "mallory"},
        "eventTime": stamp(second),
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "awsRegion": HOME,
        "sourceIPAddress": "203.0.113.7",
        "requestParameters": {"userName": "eve"},
        "eventID": guid(number),
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
        "managementEvent": True,
        "readOnly": False,
    } | changes


def trail(vault: Vault, *selectors: dict[str, object]) -> tuple[str, str]:
    """Make the trail with these selectors; return what names it."""
    arn = vault.trail()
    client = boto3.client("cloudtrail", region_name=HOME)
    client.put_event_selectors(TrailName=TRAIL, EventSelectors=list(selectors))
    return ("--trail", arn)


def counts(said: Said) -> tuple[int, object, object]:
    """Return exit code, and how many events are of no known use and not logged at all."""
    return said.code, said.document["unconfirmed"], said.document["unselected"]


def test_events_that_the_trail_logs_are_found_hour_by_hour_and_by_their_filter(
    aws: LoopbackAws,
    vault: Vault,
    made: Delivery,
    verify: Verify,
    sync: Sync,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = json.loads(gzip.decompress(vault.body(made.logs[HOME][2])))["Records"][0]
    first, second = START + 3600, START + 2 * 3600
    alone = [event(1, first), event(2, first + 3599), event(3, second, readOnly=True)]
    recent = event(4, START + (HOURS - 2) * 3600)
    aws.cloudtrail.plant([kept, *alone, recent])
    named = trail(vault, EVERYTHING)
    sync()
    for _ in range(2):
        said = verify(*named, *WINDOW)
        assert counts(said) == (1, 0, 0)
        assert [each["kind"] for each in said.all] == [Kind.EVENT_UNCONFIRMED] * 2
        assert [each["start"] for each in said.all] == [stamp(first), stamp(second)]
        assert [each["events"] for each in said.all] == [2, 1]
        assert str(said.all[0]["detail"]).startswith("2 events of event history are in no log file")
    for finding, ids in zip(said.all, ({guid(1), guid(2)}, {guid(3)}), strict=True):
        assert run(["events", str(finding["object"]), "--format", "jsonl", "--fields", "id"]) == 0
        found = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
        assert set(found) == ids
    assert run(["verify", *named, *WINDOW]) == 1
    assert "event-unconfirmed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ([{**EVERYTHING, "ReadWriteType": "WriteOnly"}], (1, 0, 1)),
        ([{**EVERYTHING, "ExcludeManagementEventSources": ["iam.amazonaws.com"]}], (1, 0, 1)),
        ([{**EVERYTHING, "IncludeManagementEvents": False}], (0, 0, 3)),
        ([], (0, 3, 0)),
    ],
)
def test_what_the_selectors_leave_out_is_no_finding(
    aws: LoopbackAws,
    vault: Vault,
    verify: Verify,
    sync: Sync,
    selectors: Sequence[dict[str, object]],
    expected: tuple[int, int, int],
) -> None:
    excluded = "ExcludeManagementEventSources" in str(selectors)
    odd = {"eventSource": "iam.amazonaws.com"} if excluded else {"readOnly": True}
    others = {"eventSource": "ec2.amazonaws.com"}
    alone = [event(1, START, **odd), event(2, START + 1, **others), event(3, START + 2, **others)]
    aws.cloudtrail.plant(alone)
    named = trail(vault, *selectors) if selectors else ("--trail", vault.trail())
    sync()
    said = verify(*named, *WINDOW)
    assert counts(said) == expected
    assert [each["events"] for each in said.all] == ([2] if expected[0] else [])
    notes = ("Whether the trail ought to have logged them is not known", "does not log them")
    for note, count in zip(notes, expected[1:], strict=True):
        assert (note in said.problems) == (count > 0)


def test_before_the_trail_was_changed_nothing_is_known(
    aws: LoopbackAws, vault: Vault, verify: Verify, sync: Sync
) -> None:
    source = {"eventSource": "cloudtrail.amazonaws.com"}
    about = {"requestParameters": {"trailName": TRAIL}}
    change = event(9, START + 3600, eventName="PutEventSelectors", **source, **about)
    others = event(8, END - 60, eventName="UpdateTrail", **source)
    others["requestParameters"] = {"name": "another"}
    refused = event(7, END - 60, eventName="StopLogging", **source, **about)
    refused["errorCode"] = "AccessDenied"
    early, late = event(1, START + 3599), event(2, START + 3 * 3600)
    aws.cloudtrail.plant([early, change, others, refused, late])
    named = trail(vault, EVERYTHING)
    sync()
    said = verify(*named, *WINDOW)
    assert counts(said) == (1, 2, 0)
    assert [(each["events"], each["start"]) for each in said.all] == [(1, stamp(START + 3 * 3600))]


def test_without_the_history_up_to_now_or_the_selectors_nothing_is_known(
    aws: LoopbackAws, vault: Vault, verify: Verify, sync: Sync
) -> None:
    aws.cloudtrail.plant([event(1, START)])
    named = trail(vault, EVERYTHING)
    sync("--until", iso(END - 3600))
    sync("--no-history")
    assert counts(verify(*named, *WINDOW)) == (0, 1, 0)
    sync()
    rule = aws.faults.add(Rule(Fault.ACCESS_DENIED, target="GetEventSelectors"))
    assert counts(verify(*named, *WINDOW)) == (0, 1, 0)
    assert rule.spoiled
    assert counts(verify("--s3", f"s3://{BUCKET}", *WINDOW)) == (0, 1, 0)
    aws.faults.rules.clear()
    assert counts(verify(*named, *WINDOW)) == (1, 0, 0)


def test_what_was_delivered_and_not_read_or_not_as_it_was_accuses_nobody(
    aws: LoopbackAws, vault: Vault, made: Delivery, verify: Verify, sync: Sync
) -> None:
    aws.cloudtrail.plant([event(1, START + 3600)])
    named = trail(vault, EVERYTHING)
    sync("--no-s3")
    assert counts(verify(*named, *WINDOW)) == (0, 0, 0)
    sync()
    assert counts(verify(*named, *WINDOW)) == (1, 0, 0)
    following = made.logs[HOME][4]
    vault.edit(following, lambda document: document.update(Records=[]))
    said = verify(*named, *WINDOW)
    assert said.findings == [(Kind.LOG_MODIFIED, f"s3://{BUCKET}/{following}")]


def test_a_report_with_such_events_is_checked_again_with_and_without_the_log_files(
    aws: LoopbackAws, vault: Vault, made: Delivery, verify: Verify, sync: Sync, tmp_path: Path
) -> None:
    kept = json.loads(gzip.decompress(vault.body(made.logs[HOME][2])))["Records"][0]
    aws.cloudtrail.plant([event(1, START + 3600)])
    named = trail(vault, EVERYTHING)
    sync()
    report, folder = tmp_path / "evidence.json", copied(made, tmp_path / "copies")
    first = verify(*named, *WINDOW, "--report", str(report))
    assert first.findings[0][0] == Kind.EVENT_UNCONFIRMED
    aws.reset()
    for beside in ((), (str(folder),)):
        again = verify("--recheck", str(report), *beside)
        assert (again.code, again.findings, again.document["problems"]) == (1, first.findings, [])
    document = json.loads(report.read_text())
    document["reports"][0]["events"][0]["records"] = [json.dumps(kept)]
    report.write_text(json.dumps(document))
    said = verify("--recheck", str(report), str(folder))
    assert (said.code, said.findings) == (2, [])
    assert "event-unconfirmed" in said.problems
    assert "which its evidence does not show" in said.problems
