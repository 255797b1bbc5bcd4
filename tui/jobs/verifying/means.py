"""What the checks of digests and of log files work with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

from tui.domain.evidence import Evidence
from tui.domain.verifying import Wanted
from tui.jobs.verifying.ledger import Ledger


class Means(NamedTuple):
    """Shared by the checks of one verification; usable from any thread."""

    evidence: Evidence
    ledger: Ledger
    wanted: Wanted
    pool: Executor
    """Where files are fetched and judged, each by itself."""
    step: Callable[[int], None]
    """Called with how many more files are done; raises Cancelled."""
