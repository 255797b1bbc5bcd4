"""The command line that all benchmarks share, and what it sets up for them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks import ours
from tests.benchmarks.data import Dataset, dataset
from tests.benchmarks.table import Report, markdown

EVENTS = 1_000_000


class Repeats(NamedTuple):
    """How often each thing is done."""

    ingest: int = 3
    queries: int = 9
    paints: int = 7
    commands: int = 15
    keys: int = 20


ONCE = Repeats(1, 2, 1, 1, 1)
"""Queries twice, because their first call is reported apart."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Log files, how often to repeat, and a folder that is deleted afterwards."""

    made: Dataset
    folder: Path
    repeats: Repeats

    def compiled(self) -> dict[str, str]:
        """Return an environment whose first start compiles all modules, as installing does."""
        environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {**environ, "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}

    def cache(self) -> Path:
        """Return a cache that holds all of the log files."""
        path = self.folder / "full.db"
        if not path.exists():
            ours.ingest(self.made.folder, path)
        return path


def show(run: Callable[[Setup], Report]) -> Report:
    """Read the command line, run a benchmark and print its tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N")
    parser.add_argument("--once", action="store_true", help="no repetitions")
    wanted = parser.parse_args()
    repeats = ONCE if wanted.once else Repeats()
    with TemporaryDirectory(prefix="trailhound-") as folder:
        report = run(Setup(dataset(wanted.events), Path(folder), repeats))
    for table in report.tables:
        print(markdown(table), flush=True)
    return report
