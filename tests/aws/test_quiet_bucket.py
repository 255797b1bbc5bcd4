"""A bucket to which nothing was delivered lately: quiet for a day, or no longer delivered to."""

from __future__ import annotations

import json
import time
from pathlib import Path

import boto3
import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback, path
from tests.servers.history import ACCOUNT
from tests.unit.delivered import log_file, record
from tui.cli.main import run
from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Scope
from tui.sources.aws.keys import DAY_MS, Folder, Kind
from tui.storage import covering
from tui.storage.cache import Cache

__all__ = ["aws", "loopback", "path"]
BUCKET = "quiet-logs"
REGION = "us-east-1"
SECOND = 1_000
"""AWS says the time no more exactly."""


@pytest.mark.parametrize("days_ago", [1, 2, 3])
@pytest.mark.parametrize("since", ["-5d", "-9d"])
def test_a_location_is_covered_until_a_day_after_its_newest_files(
    aws: LoopbackAws, path: Path, since: str, days_ago: int
) -> None:
    assert aws.url
    today = int(time.time() * 1000) // DAY_MS * DAY_MS
    newest = today - days_ago * DAY_MS
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    key = Folder("", None, ACCOUNT, Kind.EVENTS, REGION).log_key(newest + DAY_MS // 2, "1" * 16)
    content = log_file(json.dumps(record(1)).encode())
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    asked = int(time.time() * 1000)
    assert run(["sync", "--s3", f"s3://{BUCKET}", "--no-history", "--since", since]) == 0
    with Cache(path).connection() as connection:
        (span,) = covering.spans(connection, Scope("s3", ACCOUNT, REGION, "CloudTrail"))
    settled = Span(asked - HISTORY_SETTLES - SECOND, int(time.time() * 1000) - HISTORY_SETTLES)
    assert span.start == newest
    if newest + 2 * DAY_MS <= settled.start:
        assert span.end == newest + 2 * DAY_MS
    else:
        assert settled.start <= span.end <= settled.end
