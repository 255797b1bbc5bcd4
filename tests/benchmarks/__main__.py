"""`python -m tests.benchmarks`: everything, and a summary in Markdown."""

from __future__ import annotations

import os
import platform

from tests.benchmarks import data, follow, hand, ingest, pipe, queries, stall, start, sync, verify
from tests.benchmarks.command import Setup, show
from tests.benchmarks.table import Report, summary

PARTS = (
    ingest.report,
    queries.report,
    start.report,
    hand.report,
    sync.report,
    follow.report,
    stall.report,
    pipe.report,
    verify.report,
)


def report(setup: Setup) -> Report:
    """Run every benchmark over the same log files."""
    reports = [data.report(setup.made), *(part(setup) for part in PARTS)]
    tables = tuple(table for each in reports for table in each.tables)
    return Report(tables, tuple(line for each in reports for line in each.headlines))


if __name__ == "__main__":
    busy = os.getloadavg()[0]
    processors = len(os.sched_getaffinity(0))
    print(summary(show(report).headlines))
    print(
        f"Medians on {processors} processors, Python {platform.python_version()}; "
        f"the load of the machine was {busy:.1f} before."
    )
