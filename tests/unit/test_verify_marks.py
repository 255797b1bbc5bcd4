"""From the bucket to the mark: what was synced is verified, failed, or has no digest."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, HOME, NOW, Vault, delivered, iso
from tests.servers.fixtures import aws, loopback
from tests.servers.verifying import Verify, verify
from tui.cli.main import run

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
