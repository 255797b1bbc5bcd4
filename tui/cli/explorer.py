"""`trailhound`: the explorer over what is cached."""

from __future__ import annotations

import argparse

from tui.cli.caching import open_cache
from tui.cli.filtering import zone_of
from tui.jobs.preview import Preview


def run(parsed: argparse.Namespace) -> int:
    """Explore the cache; raises UsageError, CacheError."""
    zone = zone_of(parsed)
    cache = open_cache(parsed)
    preview = Preview(cache)
    from tui.app import explore

    return explore(cache, None, zone, preview)
