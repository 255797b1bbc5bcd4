"""Copies and reports are verified without AWS, by what was saved with them or kept before."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Delivery, Vault, delivered, iso
from tests.servers.fixtures import aws, loopback
from tests.servers.tampering import WAYS, Hour
from tests.servers.verifying import Said, Verify, verify
from tui.domain.integrity import Kind

__all__ = ["aws", "loopback", "verify"]
HOURS = 6
FILES = 48
WINDOW = ("--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))
S3 = ("--s3", f"s3://{BUCKET}", *WINDOW)


@pytest.fixture
def made() -> Delivery:
    return delivered(FILES, HOURS)


@pytest.fixture
def vault(aws: LoopbackAws, made: Delivery) -> Vault:
    aws.quick = True
    return Vault(aws, made)


def copied(made: Delivery, folder: Path, *, metadata: bool = True, keys: bool = True) -> Path:
    """Copy everything to a folder, with what a copy loses beside it."""
    for key, (body, members) in made.objects.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if metadata and members:
            beside = path.with_name(f"{path.name}.metadata.json")
            beside.write_text(json.dumps({"Metadata": dict(members), "ContentType": "json"}))
    if keys:
        listed = [
            {
                "Value": base64.b64encode(each.value).decode(),
                "ValidityStartTime": iso(each.start // 1000),
                "ValidityEndTime": iso(each.end // 1000),
                "Fingerprint": each.fingerprint,
            }
            for each in made.public
        ]
        (folder / "public-keys.json").write_text(json.dumps({"PublicKeyList": listed}))
    return folder


def test_copies_with_their_metadata_and_keys_need_no_aws(
    made: Delivery, tmp_path: Path, verify: Verify
) -> None:
    folder = copied(made, tmp_path / "copies")
    said = verify(str(folder))
    assert (said.code, said.findings, said.problems) == (0, [], "")
    assert said.count("digests", "valid") == 2 * HOURS
    assert said.count("logs", "valid") == FILES
    assert verify(str(folder), "--region", HOME).count("logs", "valid") == FILES // 2


def test_copies_may_be_unpacked_and_lie_anywhere(
    made: Delivery, tmp_path: Path, verify: Verify
) -> None:
    folder = copied(made, tmp_path / "copies")
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in folder.rglob("*.json*"):
        data = path.read_bytes()
        name = path.name.removesuffix(".gz")
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        (flat / name.replace(".json.gz.metadata", ".json.metadata")).write_bytes(data)
    said = verify(str(flat))
    assert (said.code, said.findings) == (0, [])
    assert said.count("logs", "valid") == FILES


def test_a_changed_copy_is_found(made: Delivery, tmp_path: Path, verify: Verify) -> None:
    folder = copied(made, tmp_path / "copies")
    log, digest = made.logs[HOME][3], made.digests[HOME][2]
    (folder / log).write_bytes(gzip.compress(b'{"Records":[]}'))
    (folder / digest).unlink()
    said = verify(str(folder))
    assert said.code == 1
    assert {kind for kind, _ in said.findings} == {Kind.LOG_MODIFIED, Kind.DIGEST_MISSING}
    assert said.findings[0][1].endswith(log)


@pytest.mark.parametrize(
    ("metadata", "keys", "sentence"),
    [(True, False, "list-public-keys"), (False, True, "signature was not saved")],
)
def test_what_a_copy_lacks_is_said_and_proves_nothing(
    made: Delivery, tmp_path: Path, verify: Verify, *, metadata: bool, keys: bool, sentence: str
) -> None:
    folder = copied(made, tmp_path / "copies", metadata=metadata, keys=keys)
    said = verify(str(folder))
    assert (said.code, said.findings) == (2, [])
    assert sentence in said.problems


@pytest.mark.usefixtures("vault")
def test_what_an_earlier_run_kept_verifies_bare_copies(
    made: Delivery, tmp_path: Path, verify: Verify
) -> None:
    assert verify(*S3).code == 0
    folder = copied(made, tmp_path / "copies", metadata=False, keys=False)
    said = verify(str(folder))
    assert (said.code, said.findings, said.problems) == (0, [], "")
    for path in folder.rglob("*Digest*.gz"):
        path.unlink()
    (folder / made.logs[HOME][0]).write_bytes(gzip.compress(b'{"Records":[]}'))
    (folder / made.logs[HOME][1]).unlink()
    said = verify(str(folder))
    assert [kind for kind, _ in said.findings] == [Kind.LOG_MODIFIED]
    assert said.count("logs", "absent") == 1
    assert verify(*S3).findings == []


def reported(verify: Verify, path: Path, *options: str) -> Said:
    return verify(*options, "--report", str(path))


def test_a_report_is_checked_again_from_nothing_else(
    aws: LoopbackAws, vault: Vault, tmp_path: Path, verify: Verify
) -> None:
    for number, name in enumerate(("log file altered", "log file added", "digest deleted")):
        WAYS[name].do(vault, Hour(HOME, number + 2))
    report = tmp_path / "evidence.json"
    first = reported(verify, report, *S3)
    assert first.code == 1
    aws.reset()
    again = verify("--recheck", str(report))
    assert (again.code, sorted(again.findings)) == (1, sorted(first.findings))
    assert "the report's word" in again.problems
    assert "evidence" not in again.problems


def test_a_report_and_the_log_files_prove_everything(
    made: Delivery, tmp_path: Path, verify: Verify
) -> None:
    folder = copied(made, tmp_path / "copies")
    report = tmp_path / "evidence.json"
    assert reported(verify, report, str(folder)).code == 0
    for path in folder.rglob("*Digest*"):
        path.unlink(missing_ok=True) if path.is_file() else None
    (folder / made.logs[HOME][0]).write_bytes(gzip.compress(b'{"Records":[]}'))
    said = verify("--recheck", str(report), str(folder))
    assert [kind for kind, _ in said.findings] == [Kind.LOG_MODIFIED]
    assert "of which it does not tell" in said.problems


@pytest.mark.usefixtures("vault")
def test_a_report_that_was_changed_is_found_out(tmp_path: Path, verify: Verify) -> None:
    report = tmp_path / "evidence.json"
    assert reported(verify, report, *S3).code == 0
    assert verify("--recheck", str(report)).code == 0
    document = json.loads(report.read_text())
    digests = document["reports"][0]["digests"]
    other = next(each for each in digests[1:] if each["region"] == digests[0]["region"])
    digests[0]["body"] = other["body"]
    report.write_text(json.dumps(document))
    assert verify("--recheck", str(report)).code == 1
    report.write_text("{}")
    said = verify("--recheck", str(report))
    assert said.code == 2
    assert "no report" in said.problems
