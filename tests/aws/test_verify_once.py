"""What several targets of one run have in common is verified once and counted once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Delivery, Vault, delivered, iso
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import KEY, aws, loopback, profiles
from tests.servers.history import ACCOUNT
from tests.servers.verifying import Verify, verify
from tui.cli.commands.explorer import audit
from tui.domain.answer import Span
from tui.domain.integrity import Kind
from tui.domain.progress import Quiet
from tui.domain.syncing import Wish
from tui.domain.verifying import Wanted
from tui.jobs.syncing.added import keep
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "verify"]
HOURS = 6
FILES = 48
WINDOW = ("--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))


@pytest.fixture
def made() -> Delivery:
    return delivered(FILES, HOURS)


@pytest.fixture
def vault(aws: LoopbackAws, made: Delivery) -> Vault:
    return Vault(aws, made)


def place(end: str) -> str:
    return f"s3://{BUCKET}{end}"


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    "ends",
    [
        ("", "/"),
        ("/AWSLogs", "/AWSLogs/", "/AWSLogs"),
        ("", f"/AWSLogs/{ACCOUNT}"),
        (f"/AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1", "/AWSLogs/"),
    ],
)
def test_a_place_within_another_is_verified_once(verify: Verify, ends: Sequence[str]) -> None:
    named = [option for end in ends for option in ("--s3", place(end))]
    said = verify(*named, *WINDOW)
    assert (said.code, said.findings, said.problems) == (0, [], "")
    assert (said.count("digests", "valid"), said.count("logs", "valid")) == (2 * HOURS, FILES)


def test_what_is_wrong_in_both_is_told_of_once(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    altered, gone = made.logs[HOME][3], made.logs[HOME][5]
    vault.edit(altered, lambda document: document.update(Records=[]))
    vault.put(altered.replace(".json.gz", "1.json.gz"), vault.body(altered))
    vault.delete(gone)
    said = verify("--s3", place(""), "--s3", place("/AWSLogs/"), *WINDOW)
    kinds = sorted(kind for kind, _ in said.findings)
    assert kinds == [Kind.LOG_MISSING, Kind.LOG_MODIFIED, Kind.LOG_UNLISTED]
    assert (said.code, said.count("logs", "unlisted")) == (1, 1)


def test_a_report_on_places_within_one_another_is_checked_again(
    vault: Vault, verify: Verify, made: Delivery, tmp_path: Path
) -> None:
    vault.delete(made.logs[HOME][5])
    report = str(tmp_path / "report.json")
    said = verify("--s3", place(""), "--s3", place("/AWSLogs/"), "--report", report, *WINDOW)
    again = verify("--recheck", report)
    assert (again.code, again.findings) == (1, said.findings)
    assert "does not tell" not in again.problems
    assert again.count("digests", "valid") == 2 * HOURS


def test_a_place_that_was_added_leaves_to_a_trail_what_that_answers_for(
    vault: Vault, tmp_path: Path
) -> None:
    vault.trail()
    base = Wish(Span(0, NOW * 1000), regions=(HOME,))
    cache = Cache(tmp_path / "cache.db")
    for text in (place(""), place("/AWSLogs/"), place("/AWSLogs")):
        keep(cache, text, base)
    wanted = Wanted(Span((NOW - HOURS * 3600) * 1000, NOW * 1000), NOW * 1000)
    result = audit(base, cache, wanted, Quiet())
    assert (result.findings, result.problems) == ([], [])
    assert (result.digests.valid, result.logs.valid) == (HOURS, FILES // 2)


def test_an_added_place_is_verified_with_the_first_profile_that_can_list_it(
    aws: LoopbackAws, vault: Vault, tmp_path: Path
) -> None:
    denied = "AKIAIOSFODNN7OTHER00"
    profiles(tmp_path, {"denied": denied, "audit": KEY})
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="s3", key=denied))
    base = Wish(Span(0, NOW * 1000), ("denied", "audit"), (HOME,))
    cache = Cache(tmp_path / "cache.db")
    keep(cache, place(""), base)
    wanted = Wanted(Span((NOW - HOURS * 3600) * 1000, NOW * 1000), NOW * 1000)
    result = audit(base, cache, wanted, Quiet())
    assert (result.findings, result.problems) == ([], [])
    assert (result.digests.valid, result.logs.valid) == (HOURS, FILES // 2)
    assert vault.bucket == BUCKET
