"""What the checks of digests and of log files work with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

from tui.domain.evidence import Evidence, TrailName
from tui.domain.integrity import Stream
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
    root: str = ""
    """Where the holding lies that is checked."""

    def asks_for(self, stream: Stream) -> bool:
        """Return whether a stream of the holding is to be answered for here."""
        trails = self.wanted.trails
        named = not trails or TrailName(stream.trail, stream.home_region) in trails
        return named and not self.is_done(stream)

    def is_done(self, stream: Stream) -> bool:
        """Return whether an earlier target of the run answers for a stream."""
        return (self.root, stream) in self.wanted.before.streams
