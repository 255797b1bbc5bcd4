"""While a sync fills the cache, the event loop never computes for long without a break.

The time is that of the processor: what other programs take of the machine is not the screen's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.stall import MOST_MS, watched
from tests.benchmarks.sync import ENVIRONMENT
from tests.servers.bucket import serving
from tests.servers.planted import log_file

FILES, EACH = 30, 100


def files() -> dict[str, bytes]:
    account, region = "123456789012", "eu-west-1"
    folder = f"AWSLogs/{account}/CloudTrail/{region}/2026/03/01/{account}_CloudTrail_{region}_"
    return {
        f"{folder}20260301T10{number:02}Z_{number:016}.json.gz": log_file(
            [
                {
                    "eventID": f"id-{number}-{each}",
                    "eventTime": f"2026-03-01T10:{number:02}:00Z",
                    "eventName": f"Action{each}",
                    "userIdentity": {"type": "IAMUser", "userName": f"user-{number}-{each % 9}"},
                }
                for each in range(EACH)
            ]
        )
        for number in range(FILES)
    }


async def test_the_screen_does_not_stand_still_during_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with serving(files()) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        found = await watched(tmp_path / "cache.db", FILES * EACH, 0.1)
    assert found.events == FILES * EACH
    assert found.busiest < MOST_MS
