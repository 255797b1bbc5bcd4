"""What could not be looked for is not called missing, and what is missing keeps nothing else back.

A digest may name others that lie elsewhere: in a bucket that is gone, or that nobody may list.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, REGIONS, Delivery, Vault, delivered, iso
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.tampering import Hour
from tests.servers.verifying import Verify, verify
from tui.domain.integrity import Kind

__all__ = ["aws", "loopback", "verify"]
HOURS, FILES = 48, 192
WHOLE = ("--s3", f"s3://{BUCKET}", "--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))
MIDDLE = Hour(HOME, 20)
DAYS = r"prefix=AWSLogs%2F\d+%2FCloudTrail-Digest"
GONE = "gone-logs"


@pytest.fixture
def made() -> Delivery:
    return delivered(FILES, HOURS)


@pytest.fixture
def vault(aws: LoopbackAws, made: Delivery, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    aws.quick = True
    return Vault(aws, made)


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("fault", "folder", "unread"),
    [
        (Fault.INTERNAL, "%2Fus-east-1%2F2026%2F11%2F19", 24),
        (Fault.ACCESS_DENIED, "%2Fus-east-1%2F2026%2F11%2F19", 24),
        (Fault.ACCESS_DENIED, "%2Fus-east-1%2F2026%2F11%2F20", 13),
        (Fault.ACCESS_DENIED, "%2Fus-east-1", 48),
        (Fault.ACCESS_DENIED, "%2F(&|$)", 0),
    ],
)
def test_digests_that_cannot_be_listed_are_not_called_missing(
    aws: LoopbackAws, verify: Verify, tmp_path: Path, fault: Fault, folder: str, unread: int
) -> None:
    rule = aws.faults.add(Rule(fault, path=DAYS + folder))
    report = str(tmp_path / "report.json")
    said = verify(*WHOLE, "--report", report)
    assert rule.spoiled
    assert (said.code, said.findings) == (2, [])
    assert "cannot be listed" in said.problems
    assert said.count("digests", "valid") == len(REGIONS) * HOURS - unread
    again = verify("--recheck", report)
    assert (again.code, again.findings) == (2 if unread else 0, [])
    aws.faults.rules.clear()
    said = verify(*WHOLE)
    assert (said.code, said.findings, said.problems) == (0, [], "")
    assert said.count("digests", "valid") == len(REGIONS) * HOURS


def test_one_that_is_missing_is_told_of_beside_a_day_that_cannot_be_listed(
    aws: LoopbackAws, vault: Vault, verify: Verify, made: Delivery
) -> None:
    known = Hour(HOME, 4).digest(made)
    vault.delete(known)
    vault.delete(MIDDLE.digest(made))
    aws.faults.add(Rule(Fault.ACCESS_DENIED, path=f"{DAYS}%2Fus-east-1%2F2026%2F11%2F19"))
    said = verify(*WHOLE)
    assert said.findings == [(Kind.DIGEST_MISSING, f"s3://{BUCKET}/{known}")]
    assert said.code == 1


@pytest.mark.parametrize("refused", [False, True])
def test_a_digest_altered_to_name_another_bucket_keeps_no_other_from_being_verified(
    aws: LoopbackAws, vault: Vault, verify: Verify, made: Delivery, *, refused: bool
) -> None:
    if refused:
        aws.faults.add(Rule(Fault.ACCESS_DENIED, service="s3", path=GONE))
    key = MIDDLE.digest(made)
    vault.edit(key, lambda document: document.update(previousDigestS3Bucket=GONE))
    gone = MIDDLE.log(made)
    vault.delete(gone)
    deleted = Hour(HOME, 40).log(made, 0)
    vault.delete(deleted)
    said = verify(*WHOLE)
    assert said.code == 1
    assert (Kind.DIGEST_INVALID_SIGNATURE, f"s3://{BUCKET}/{key}") in said.findings
    assert (Kind.LOG_MISSING, f"s3://{BUCKET}/{deleted}") in said.findings
    assert said.count("digests", "valid") == len(REGIONS) * HOURS - 1
    assert said.count("logs", "valid") == FILES - 1 - FILES // HOURS // len(REGIONS)
    assert (GONE in said.problems) == refused


def test_log_files_in_a_bucket_that_is_gone_are_missing_and_the_others_verified(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    key = MIDDLE.digest(made)
    named: list[str] = []

    def deliver_elsewhere(document: dict[str, object]) -> None:
        logs = document["logFiles"]
        assert isinstance(logs, list)
        for each in logs:
            each["s3Bucket"] = GONE
            named.append(f"s3://{GONE}/{each['s3Object']}")

    vault.sign(key, deliver_elsewhere, made.signers[HOME])
    said = verify(*WHOLE)
    missing = [place for kind, place in said.findings if kind == Kind.LOG_MISSING]
    assert sorted(missing) == sorted(named)
    assert said.problems == ""
    assert said.count("logs", "valid") == FILES - len(named)


@pytest.mark.parametrize("backfill", [False, True])
def test_what_a_copied_digest_comes_from_is_not_missing_where_it_is(
    vault: Vault, verify: Verify, made: Delivery, *, backfill: bool
) -> None:
    of = Hour(HOME if backfill else REGIONS[1], MIDDLE.number).digest(made)
    copy = of.replace(".json", "_backfill.json") if backfill else MIDDLE.digest(made)
    vault.put(copy, vault.body(of), vault.metadata(of))
    said = verify(*WHOLE)
    assert (Kind.DIGEST_MOVED, f"s3://{BUCKET}/{copy}") in said.findings
    assert {place for _, place in said.findings} == {f"s3://{BUCKET}/{copy}"}
    assert said.count("digests", "missing") == 0
