"""Verifying two days of a trail: beside `aws cloudtrail validate-logs`, on the same bucket.

With 30 ms before each answer, as S3 takes, and with none. The AWS CLI verifies one region at a time
and reads everything each time; ours does all regions, and what did not change it does not read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.command import Setup, show
from tests.benchmarks.measure import MissingError
from tests.benchmarks.sync import ENVIRONMENT
from tests.benchmarks.table import Headline, Report, Table
from tests.servers.bucket import BUCKET
from tests.servers.digested import HOURS, NOW, REGIONS, delivered, iso
from tests.servers.trail_server import ARN, serving

FILES = 2_000
DELAY = 0.03
"""Seconds before an answer of S3, about."""
THEIRS, COLD, SAME = (
    "aws cloudtrail validate-logs, region by region",
    "trailhound verify",
    "trailhound verify, nothing changed",
)
WANTED = {(DELAY, COLD): 15.0, (DELAY, SAME): 50.0, (0.0, COLD): 1.5}
"""How many times as fast it is to be."""
AWS = Path(sys.executable).with_name("aws")


def report(setup: Setup, files: int = FILES, hours: int = HOURS) -> Report:
    """Measure each in turn; raises MissingError without the AWS CLI."""
    if not AWS.exists():
        raise MissingError("the AWS CLI is not installed beside Python")
    made = delivered(files, hours, bucket=BUCKET)
    rows: list[tuple[str, ...]] = []
    lines: list[Headline] = []
    for delay in (DELAY, 0.0):
        with serving(made, delay) as url:
            seconds = _measured(url, setup, hours, delay)
        for name, taken in seconds.items():
            ratio = seconds[THEIRS] / taken
            wanted = WANTED.get((delay, name))
            told = f"{wanted:g} ×" if wanted else ""
            rows.append((name, f"{delay * 1000:.0f} ms", f"{taken:,.2f}", f"{ratio:.1f} ×", told))
        cold = f"{seconds[THEIRS] / seconds[COLD]:.1f} × validate-logs"
        same = f"{seconds[THEIRS] / seconds[SAME]:.0f} × unchanged"
        work = f"verify {len(made.objects):,} files, {delay * 1000:.0f} ms an answer"
        lines.append(Headline(work, f"{seconds[COLD]:.2f} s", f"{cold}, {same}"))
    table = Table(
        f"Verify: {len(made.objects):,} files of {hours} hours in {len(REGIONS)} regions",
        ("program", "an answer takes", "seconds", "as fast", "wanted"),
        rows,
        ("Whole programs, from their start to their end.",),
    )
    return Report((table,), tuple(lines))


def _measured(url: str, setup: Setup, hours: int, delay: float) -> dict[str, float]:
    """Return the seconds of each program, measured in turns.

    With a delay theirs runs once: it waits for a minute, which is the same each time.
    """
    window = (iso(NOW - hours * 3600), iso(NOW))
    taken: dict[str, list[float]] = {THEIRS: [], COLD: [], SAME: []}
    for run in range(setup.repeats.ingest + 1):
        cache = setup.folder / f"verify-{delay:g}-{run}.db"
        if not (delay and run):
            taken[THEIRS].append(sum(_theirs(url, region, window) for region in REGIONS))
        taken[COLD].append(_ours(url, setup, cache, window))
        taken[SAME].append(_ours(url, setup, cache, window))
    return {name: median(seconds[1:] or seconds) for name, seconds in taken.items()}


def _theirs(url: str, region: str, window: tuple[str, str]) -> float:
    span = ("--start-time", window[0], "--end-time", window[1])
    command = [str(AWS), "cloudtrail", "validate-logs", "--trail-arn", ARN, *span]
    return _run([*command, "--region", region], {**os.environ, "AWS_ENDPOINT_URL": url})


def _ours(url: str, setup: Setup, cache: Path, window: tuple[str, str]) -> float:
    span = ("--since", window[0], "--until", window[1])
    command = [sys.executable, "-m", "tui", "verify", "--trail", ARN, *span]
    environment = {"AWS_ENDPOINT_URL": url, "TRAILHOUND_CACHE": str(cache)}
    return _run(command, setup.compiled() | environment)


def _run(command: Sequence[str], environment: dict[str, str]) -> float:
    """Return how long a command took that finds nothing wrong; raises AssertionError."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        env=environment | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - started
    if done.returncode or "INVALID" in done.stdout:
        raise AssertionError(f"{command[0]} found something: {done.stdout}{done.stderr}")
    return taken


if __name__ == "__main__":
    show(report)
