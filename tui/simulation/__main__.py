"""`python -m tui.simulation FOLDER`: a bucket of simulated log files in a folder."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from tui.simulation.scale import Size, Written, write_bucket

UNTIL = "2026-06-30T12:00:00+00:00"
"""A fixed instant, so that the same command writes the same bytes."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tui.simulation", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=datetime.fromisoformat, default=UNTIL, metavar="ISO")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def main() -> int:
    """Write the files; progress goes to stderr."""
    wanted = _arguments()
    now = int(wanted.until.timestamp() * 1000)
    size = Size(wanted.seed, now, wanted.days, wanted.events)

    def report(done: Written) -> None:
        sys.stderr.write(f"\r{done.files:,} files, {done.bytes / 1e6:,.0f} MB")

    write_bucket(size, wanted.folder, wanted.processes, report)
    sys.stderr.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
