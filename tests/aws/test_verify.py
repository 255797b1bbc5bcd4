"""`trailhound verify` finds what was done to a bucket, and reads nothing twice."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Delivery, Vault, delivered, iso
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.servers.verifying import Verify, verify
from tests.unit.delivered import guid
from tui.cli.commands.explorer import audit
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.integrity import Kind
from tui.domain.progress import Quiet
from tui.domain.syncing import Wish
from tui.domain.verifying import Wanted
from tui.errors import SourceError
from tui.jobs.syncing.added import forget, keep
from tui.simulation.tokens import stamp
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "verify"]
HOURS = 6
FILES = 48
DAY = 86_400
OTHER = "eu-west-1"
SINCE, UNTIL = iso(NOW - HOURS * 3600), iso(NOW)
WINDOW = ("--since", SINCE, "--until", UNTIL)


@pytest.fixture
def made() -> Delivery:
    return delivered(FILES, HOURS)


@pytest.fixture
def vault(aws: LoopbackAws, made: Delivery) -> Vault:
    return Vault(aws, made)


def gets(aws: LoopbackAws) -> int:
    """Return how many objects were read."""
    return sum(each.method == "GET" and ".gz" in each.path.split("?")[0] for each in aws.asked)


def at(key: str) -> str:
    return f"s3://{BUCKET}/{key}"


def test_an_untouched_trail_has_no_findings_and_is_not_read_twice(
    aws: LoopbackAws, vault: Vault, verify: Verify
) -> None:
    arn = vault.trail()
    said = verify("--trail", arn, *WINDOW)
    assert (said.code, said.findings, said.problems) == (0, [], "")
    assert said.count("digests", "valid") == 2 * HOURS
    assert said.count("logs", "valid") == FILES
    before = gets(aws)
    assert before == 2 * HOURS + FILES
    again = verify("--trail", arn, *WINDOW)
    assert (again.code, gets(aws)) == (0, before)
    assert again.count("logs", "valid") == FILES
    assert verify("--trail", arn, "--full", *WINDOW).code == 0
    assert gets(aws) == 2 * before


def test_what_changes_after_it_was_verified_is_found(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    options = ("--s3", f"s3://{BUCKET}", *WINDOW)
    assert verify(*options).code == 0
    altered, gone, digest = made.logs[HOME][3], made.logs[OTHER][5], made.digests[HOME][2]
    vault.edit(altered, lambda document: document.update(Records=[]))
    vault.delete(gone)
    vault.delete(digest)
    said = verify(*options)
    assert said.code == 1
    assert Counter(said.findings) == {
        (Kind.LOG_MODIFIED, at(altered)): 1,
        (Kind.LOG_MISSING, at(gone)): 1,
        (Kind.DIGEST_MISSING, at(digest)): 1,
    }
    vault.put(altered, vault.body(altered))
    vault.put(gone, vault.body(gone))
    vault.put(digest, vault.body(digest), vault.metadata(digest))
    assert verify(*options).findings == []


def test_a_digest_that_loses_its_signature_after_it_was_verified_is_found(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    options = ("--s3", f"s3://{BUCKET}", *WINDOW)
    assert verify(*options).code == 0
    digest = made.digests[HOME][2]
    vault.put(digest, vault.body(digest))
    assert verify(*options).findings == [(Kind.DIGEST_INVALID_SIGNATURE, at(digest))]
    vault.put(digest, vault.body(digest), vault.metadata(digest))
    assert verify(*options).findings == []


@pytest.mark.parametrize("hour", [2, HOURS - 2])
def test_log_files_of_a_digest_that_lost_its_signature_are_judged_through_the_chain(
    vault: Vault, verify: Verify, made: Delivery, hour: int
) -> None:
    options = ("--s3", f"s3://{BUCKET}", "--region", HOME)
    start = NOW - (HOURS - hour) * 3600
    alone = ("--since", iso(start), "--until", iso(start + 3600))
    digest, altered = made.digests[HOME][hour], made.logs[HOME][hour * FILES // (2 * HOURS)]
    vault.put(digest, vault.body(digest))
    vault.edit(altered, lambda document: document.update(Records=[]))
    for window in (alone, WINDOW, alone):
        said = verify(*options, *window)
        assert Counter(said.findings) == {
            (Kind.DIGEST_INVALID_SIGNATURE, at(digest)): 1,
            (Kind.LOG_MODIFIED, at(altered)): 1,
        }
        (finding,) = [each for each in said.all if each["object"] == at(digest)]
        assert "The digest after it vouches for its content" in str(finding["detail"])
        assert (said.code, said.count("digests", "invalid")) == (1, 1)
        named = FILES // (2 * HOURS) * (1 if window is alone else HOURS)
        assert said.count("logs", "valid") == named - 1


def test_a_region_without_any_digest_is_no_quiet_success(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    for key in made.digests[OTHER]:
        vault.delete(key)
    said = verify("--s3", f"s3://{BUCKET}", *WINDOW)
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{OTHER}/"
    assert (said.code, said.findings) == (1, [(Kind.DIGEST_MISSING, at(folder))])
    assert said.count("digests", "missing") == 1


@pytest.mark.usefixtures("vault")
def test_a_region_that_was_named_is_verified_alone(verify: Verify) -> None:
    said = verify("--s3", f"s3://{BUCKET}", "--region", OTHER, *WINDOW)
    assert (said.code, said.count("digests", "valid")) == (0, HOURS)


@pytest.mark.usefixtures("vault")
def test_nothing_to_verify_is_no_success(verify: Verify) -> None:
    said = verify("--s3", f"s3://{BUCKET}", "--since", "2026-01-01", "--until", "2026-01-02")
    assert said.code == 2
    assert "Nothing was verified" in said.problems


@pytest.mark.usefixtures("vault")
def test_what_may_not_be_read_is_a_problem_and_no_finding(
    aws: LoopbackAws, verify: Verify, made: Delivery
) -> None:
    name = made.logs[HOME][4].rpartition("/")[2]
    rule = aws.faults.add(Rule(Fault.ACCESS_DENIED, method="GET", path=name))
    said = verify("--s3", f"s3://{BUCKET}", *WINDOW)
    assert rule.spoiled
    assert (said.code, said.findings) == (2, [])
    assert said.count("logs", "unread") == 1
    assert "s3:GetObject" in said.problems


@pytest.mark.usefixtures("vault")
def test_without_the_public_keys_digests_are_not_called_valid(
    aws: LoopbackAws, verify: Verify
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, target="ListPublicKeys"))
    said = verify("--s3", f"s3://{BUCKET}", *WINDOW)
    assert (said.code, said.count("digests", "valid")) == (2, 0)
    assert "cloudtrail:ListPublicKeys" in said.problems


def test_log_files_the_cache_holds_are_not_fetched(
    aws: LoopbackAws,
    vault: Vault,
    verify: Verify,
    made: Delivery,
    capsys: pytest.CaptureFixture[str],
) -> None:
    location = ("--s3", f"s3://{BUCKET}")
    assert (
        run(["sync", "--no-history", "--since", "2026-11-19", "--until", "2026-11-21", *location])
        == 0
    )
    capsys.readouterr()
    aws.asked.clear()
    said = verify(*location, *WINDOW)
    assert said.count("logs", "valid") == FILES
    assert gets(aws) == 2 * HOURS
    assert verify(*location, "--full", *WINDOW).code == 0
    assert gets(aws) == 2 * HOURS + 2 * HOURS + FILES
    altered = made.logs[HOME][0]
    vault.edit(altered, lambda document: document.update(Records=[]))
    assert verify(*location, *WINDOW).findings == [(Kind.LOG_MODIFIED, at(altered))]


def test_events_of_the_history_that_no_log_file_holds_are_counted(
    aws: LoopbackAws, verify: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    end = int(time.time()) - 2 * DAY  # event history is what happened lately
    start = end - HOURS * 3600
    made = delivered(FILES, HOURS, end=end)
    vault = Vault(aws, made)
    kept = json.loads(gzip.decompress(vault.body(made.logs[HOME][0])))["Records"][0]
    alone = {**kept, "eventID": guid(1), "eventTime": stamp(start + 3600)}
    late = {**kept, "eventID": guid(2), "eventTime": stamp(end - 600)}
    aws.cloudtrail.limit = None
    aws.cloudtrail.plant([kept, alone, late])
    window = ("--since", iso(start), "--until", iso(end))
    around = ("--since", iso(start - DAY), "--until", iso(end + DAY), "--region", HOME)
    assert run(["sync", "--no-s3", *around]) == 0
    capsys.readouterr()
    assert verify("--s3", f"s3://{BUCKET}", *window).document["unconfirmed"] == 0
    assert run(["sync", "--no-history", *around, "--s3", f"s3://{BUCKET}"]) == 0
    capsys.readouterr()
    said = verify("--s3", f"s3://{BUCKET}", *window)
    assert (said.code, said.document["unconfirmed"]) == (0, 1)
    assert "1 events of event history are in no log file" in said.problems


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--trail", "main"), "no ARN"),
        (("--s3", "bucket"), "no place in S3"),
        (("--since", "soon"), "not a time"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    verify: Verify, options: tuple[str, ...], sentence: str
) -> None:
    said = verify(*options)
    assert said.code == 3
    assert sentence in said.problems


@pytest.mark.usefixtures("aws")
def test_a_trail_that_is_not_there_cannot_be_verified(verify: Verify) -> None:
    said = verify("--trail", f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/none")
    assert said.code == 2
    assert "There is no trail" in said.problems


def test_the_explorer_verifies_what_was_added_to_its_sync(vault: Vault, tmp_path: Path) -> None:
    cache, base = Cache(tmp_path / "cache.db"), Wish(Span(0, 0), regions=(HOME,))
    wanted = Wanted(Span((NOW - HOURS * 3600) * 1000, NOW * 1000), NOW * 1000)
    assert audit(base, cache, wanted, Quiet()).nothing
    keep(cache, "gone", base)
    with pytest.raises(SourceError, match='gone: There is no profile "gone"'):
        audit(base, cache, wanted, Quiet())
    keep(cache, f"s3://{BUCKET}", base)
    found = audit(base, cache, wanted, Quiet())
    assert (found.digests.valid, found.logs.valid) == (HOURS, FILES // 2)
    assert [each[:5] for each in found.problems] == ["gone:"]
    forget(cache, f"s3://{BUCKET}")
    keep(cache, vault.trail(), base)  # which is found without that as well
    assert audit(base, cache, wanted, Quiet()).digests.valid == HOURS


def test_a_planted_file_is_found_whatever_its_name(
    vault: Vault, verify: Verify, made: Delivery
) -> None:
    folder = made.logs[HOME][-1].rpartition("/")[0]
    planted = [f"{folder}/events.json.gz", f"{folder}/{ACCOUNT}_CloudTrail_{HOME}_again.json.gz"]
    for key in planted:
        vault.put(key, vault.body(made.logs[HOME][0]))
    said = verify("--s3", f"s3://{BUCKET}", *WINDOW)
    assert sorted(said.findings) == sorted((Kind.LOG_UNLISTED, at(key)) for key in planted)
    assert (said.code, said.count("logs", "unlisted")) == (1, 2)
