"""From a bucket to the cache: beside the same downloads and the same ingest, one after another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.command import Setup, show
from tests.benchmarks.measure import Measured, alone
from tests.benchmarks.table import Headline, Report, Table
from tests.servers.bucket import BUCKET, serving
from tests.servers.planted import log_file

if TYPE_CHECKING:
    from tui.sources.aws.sessions import Account

OBJECTS = 10_000
TINY = 20_000
"""Objects of one bucket in which to watch the memory."""
MOST_RATIO = 1.5
MOST_MEMORY = 400_000_000
THREADS = 16
SYNC, DOWNLOAD, INGEST, TINY_SYNC = (
    "trailhound sync",
    "the same downloads by a bare thread pool",
    "ingest of the same files",
    f"trailhound sync of {TINY:,} tiny objects",
)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "measured",
    "AWS_SECRET_ACCESS_KEY": "measured",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Credentials that lead nowhere."""
_WINDOW = (0, 4_000_000_000_000)
_ALWAYS = 4_000_000_000_000


def report(setup: Setup) -> Report:
    """Measure in turns; raises AssertionError when objects are missing."""
    files = _files(setup)
    folder = setup.folder / "bucket"
    for key, path in files.items():
        place = folder / key
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    runs: dict[str, list[Measured[int]]] = {SYNC: [], DOWNLOAD: [], INGEST: []}
    with serving(files) as url:
        for number in range(setup.repeats.ingest):
            runs[SYNC].append(alone(2, _sync, url, setup.folder / f"sync-{number}.db"))
            runs[DOWNLOAD].append(alone(2, _download, url, tuple(files)))
            cache = setup.folder / f"ingest-{number}.db"
            runs[INGEST].append(alone(2, _ingest, folder, cache))
    with serving(_tiny()) as url:
        runs[TINY_SYNC] = [alone(2, _sync, url, setup.folder / "tiny.db")]
    _check(runs, len(files))
    return _reported(runs, len(files))


def _files(setup: Setup) -> Mapping[str, Path]:
    """Return as many of the log files as are wanted, by their keys."""
    root = setup.made.folder
    return {str(path.relative_to(root)): path for path in setup.made.paths()[:OBJECTS]}


def _tiny() -> Mapping[str, bytes]:
    """Return objects of one event each, in the folder of one day."""
    account, region = "123456789012", "eu-west-1"
    folder = f"AWSLogs/{account}/CloudTrail/{region}/2026/03/01/{account}_CloudTrail_{region}_"
    return {
        f"{folder}20260301T{number // 60 % 24:02}{number % 60:02}Z_{number:016}.json.gz": log_file(
            [{"eventID": f"id-{number}", "eventTime": "2026-03-01T00:00:00Z"}]
        )
        for number in range(TINY)
    }


def _sync(url: str, cache: Path) -> int:
    """Return how many objects a sync stored."""
    from tui.domain.answer import Span
    from tui.jobs.syncing.bucket_stream import BucketStream, Known
    from tui.jobs.syncing.sync import sync
    from tui.sources.aws.bucket import BucketLogs
    from tui.storage.cache import Cache

    account = _account(url)
    location, window = f"s3://{BUCKET}", Span(*_WINDOW)
    logs = BucketLogs(
        lambda region: account.client("s3", region), location, start=window.start, end=window.end
    )
    stream = BucketStream(logs, location, window, Known(), lambda: _ALWAYS, account)
    result = sync(Cache(cache), [stream])
    assert not result.failed, result.failed
    return result.files


def _download(url: str, keys: Sequence[str]) -> int:
    """Return how many objects a bare thread pool fetched."""
    client = _account(url).client("s3")

    def fetch(key: str) -> int:
        return len(client.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(size > 0 for size in pool.map(fetch, keys))


def _ingest(folder: Path, cache: Path) -> int:
    """Return how many files ingest stored."""
    from tui.jobs.ingesting.ingest import ingest
    from tui.sources.folder import LocalFiles
    from tui.storage.cache import Cache

    return ingest(Cache(cache), LocalFiles([folder])).files


def _account(url: str) -> Account:
    from tui.sources.aws.sessions import Account

    os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=url)
    return Account()


def _check(runs: Mapping[str, Sequence[Measured[int]]], files: int) -> None:
    for name, measured in runs.items():
        wanted = TINY if name == TINY_SYNC else files
        if any(run.value != wanted for run in measured):
            raise AssertionError(f"{name}: not all of {wanted:,} objects")


def _reported(runs: Mapping[str, Sequence[Measured[int]]], files: int) -> Report:
    seconds = {name: median(run.seconds for run in measured) for name, measured in runs.items()}
    peaks = {name: max(run.peak for run in measured) for name, measured in runs.items()}
    ratio = seconds[SYNC] / (seconds[DOWNLOAD] + seconds[INGEST])
    rows = [
        (
            name,
            f"{seconds[name]:,.2f}",
            f"{median(run.cpu for run in runs[name]):,.2f}",
            f"{peaks[name] / 1e6:,.0f} MB",
        )
        for name in runs
    ]
    table = Table(
        f"Sync: {files:,} objects of a bucket on loopback",
        ("work", "seconds", "CPU s", "peak memory"),
        rows,
        (
            f"The sync takes {ratio:.2f} × downloads and ingest together.",
            f"{MOST_RATIO} × are wanted at most.",
            f"{MOST_MEMORY / 1e6:,.0f} MB of memory are wanted at most.",
        ),
    )
    line = Headline(
        f"sync of {files:,} objects", f"{seconds[SYNC]:.1f} s", f"{ratio:.2f} × download + ingest"
    )
    return Report((table,), (line,))


if __name__ == "__main__":
    show(report)
