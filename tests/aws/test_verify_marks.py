"""From the bucket to the mark: what was synced is verified, failed, or has no digest."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.aws.test_verify_copies import copied
from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Vault, delivered, iso
from tests.servers.fixtures import aws, loopback
from tests.servers.verifying import Verify, verify
from tui.cli.commands.open import audit_copies
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.integrity import Kind
from tui.domain.progress import Quiet
from tui.domain.verifying import Wanted
from tui.jobs.ingesting.ingest import ingest
from tui.sources.folder import LocalFiles
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "verify"]
HOURS, FILES, GAP = 6, 48, 2
LOCATION = ("--s3", f"s3://{BUCKET}")
WINDOW = ("--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))


def test_events_synced_from_a_bucket_are_marked_by_what_verifying_finds(
    aws: LoopbackAws, verify: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    made = delivered(FILES, HOURS, gap=GAP)
    vault = Vault(aws, made)
    altered = made.logs[HOME][0]
    vault.edit(altered, lambda document: document.update(added="by somebody"))

    def marks() -> Counter[tuple[str, str | None]]:
        assert (
            run(["events", "--limit", "0", "--format", "jsonl", "--fields", "file,verified"]) == 0
        )
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return Counter({(row["file"], row["verified"]) for row in rows})

    assert (
        run(["sync", "--no-history", "--since", "2026-11-19", "--until", "2026-11-21", *LOCATION])
        == 0
    )
    capsys.readouterr()
    assert {mark for _, mark in marks()} == {"no"}
    assert {kind for kind, _ in verify(*LOCATION, *WINDOW).findings} == {
        "log-modified",
        "chain-gap",
    }
    found = marks()
    assert [file for file, mark in found if mark == "failed"] == [f"s3://{BUCKET}/{altered}"]
    counts = Counter(mark for _, mark in found)
    assert counts == {"yes": FILES - FILES // HOURS - 1, "failed": 1, None: FILES // HOURS}
    assert run(["events", "verified:none", "--limit", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 0
    assert run(["facets", "--by", "verified", "--format", "json"]) == 0
    facet = json.loads(capsys.readouterr().out)["facets"]["verified"]
    assert {each["value"] for each in facet} == {"yes", "failed", None}


def test_opened_copies_are_marked_by_the_digests_beside_them(tmp_path: Path) -> None:
    made = delivered(FILES, HOURS)
    folder = copied(made, tmp_path / "copies")
    altered = folder / made.logs[HOME][0]
    document = json.loads(gzip.decompress(altered.read_bytes()))
    altered.write_bytes(gzip.compress(json.dumps(document | {"added": 1}).encode()))
    cache = Cache(tmp_path / "cache.db")
    ingest(cache, LocalFiles([folder]))
    wanted = Wanted(Span(0, NOW * 1000), NOW * 1000)
    found = audit_copies((folder,), cache, wanted, Quiet())
    assert [each.kind for each in found.findings] == [Kind.LOG_MODIFIED]
    with cache.connection() as connection:
        marks = Counter(
            mark
            for (mark,) in connection.execute(
                "SELECT mark FROM file_mark JOIN file ON file.id = file WHERE events > 0"
            )
        )
    assert marks == {"yes": FILES - 1, "failed": 1}
