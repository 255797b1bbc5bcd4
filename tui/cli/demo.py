"""`trailhound demo`: the simulated organization, in a cache that is gone afterwards."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.caching import user_path
from tui.cli.filtering import number_of
from tui.cli.settling import pace_drawing
from tui.cli.summary import load
from tui.cli.zones import zone_of
from tui.simulation.accounts import SimulatedAccounts
from tui.storage.cache import Cache


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

        return explore(cache, source, zone, settings=parsed.settings)
