"""Digests and log files that were copied, found by their names."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from tui.domain.answer import Span
from tui.sources.copies import FolderEvidence

HOURS = 16_000


def test_a_digest_takes_no_longer_to_read_for_all_the_others(tmp_path: Path) -> None:
    ends = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(HOURS))
    with zipfile.ZipFile(tmp_path / "copies.zip", "w") as archive:
        for end in ends:
            name = "111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_{:%Y%m%dT%H%M%SZ}"
            archive.writestr(f"{name.format(end)}.json", f'"{end}"')
    evidence = FolderEvidence([tmp_path], lambda _account, _region: ())
    (holding,) = evidence.holdings()
    listed = evidence.digests(holding, Span(0, 1 << 62)).digests
    started = process_time()
    bodies = {evidence.digest(each).body for each in listed}
    assert process_time() - started < 4  # it was eight seconds
    assert len(bodies) == HOURS
