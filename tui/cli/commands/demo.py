"""`trailhound demo`: the simulated organization, in a cache that is gone afterwards."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.caching import user_path
from tui.cli.filtering import number_of
from tui.cli.settling import pace_drawing
from tui.cli.summary import load
from tui.cli.zones import zone_of
from tui.domain.evidence import Evidence
from tui.domain.progress import Progress
from tui.domain.verifying import Verified, Wanted
from tui.errors import UsageError
from tui.screens.following.feed_board import FeedRun
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.live import LiveAccounts
from tui.storage.cache import Cache

MOST_A_SECOND = 5_000
"""More than a process can make and follow."""


def run(parsed: argparse.Namespace) -> int:
    """Simulate, read as if it were delivered, explore; raises UsageError, CacheError."""
    zone = zone_of(parsed)
    source = SimulatedAccounts(
        seed=number_of(parsed.seed, "--seed"),
        now=int(time.time() * 1000),
        events=number_of(parsed.events, "--events"),
    )
    kept = user_path(parsed.cache) if parsed.cache else None
    with nullcontext("") if kept else TemporaryDirectory(prefix="trailhound-demo-") as folder:
        cache = Cache(kept or Path(folder) / "cache.db")
        if parsed.no_ui:
            return load(cache, source, parsed.format)
        pace_drawing(parsed.settings, os.environ)
        from tui.app import explore

        live = source.live(source.now, rate_of(parsed.rate))
        return explore(
            cache,
            source,
            zone,
            follower=partial(follow_live, live),
            auditor=Audits(source),
            settings=parsed.settings,
            hints=True,
        )


class Audits:
    """Verifies what the simulated organization delivers; its keys are made when that is asked."""

    def __init__(self, source: SimulatedAccounts) -> None:
        self._source = source
        self._evidence: Evidence | None = None

    def __call__(self, cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
        """Verify; raises TrailhoundError, Cancelled."""
        from tui.jobs.verifying.verify import verify
        from tui.simulation.evidence import SimulatedEvidence

        if self._evidence is None:
            self._evidence = SimulatedEvidence(self._source)
        return verify(cache, self._evidence, wanted, progress)


def follow_live(live: LiveAccounts, cache: Cache, run: FeedRun) -> None:
    """Follow the simulated accounts until the run says stop; raises CacheError."""
    from tui.jobs.syncing.coverage import reaching
    from tui.jobs.tailing.demo_feed import DemoFeed
    from tui.jobs.tailing.tail import tail

    tail(cache, [DemoFeed(live, reaching=partial(reaching, cache, "demo"))], run)


def rate_of(text: str) -> float:
    """Return the events a second that a text means; raises UsageError."""
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 < rate <= MOST_A_SECOND:
        raise UsageError(f"--rate takes a number up to {MOST_A_SECOND:,}, events a second: {text}")
    return rate
