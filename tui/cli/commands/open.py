"""`trailhound open`: local log files into the cache, then the explorer."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

from tui.cli.caching import open_cache, user_path
from tui.cli.settling import pace_drawing
from tui.cli.summary import load
from tui.cli.zones import zone_of
from tui.domain.progress import Progress
from tui.domain.verifying import Verified, Wanted
from tui.errors import UsageError
from tui.sources.folder import LocalFiles
from tui.storage.cache import Cache


def run(parsed: argparse.Namespace) -> int:
    """Read the named paths; raises UsageError, InputError, CacheError."""
    if not parsed.text:
        raise UsageError("Name a log file, a folder of them, or a zip archive: open PATH...")
    paths = tuple(user_path(text) for text in parsed.text)
    source = LocalFiles(list(paths))
    zone = zone_of(parsed)
    cache = open_cache(parsed)
    if parsed.no_ui:
        return load(cache, source, parsed.format)
    pace_drawing(parsed.settings, os.environ)
    from tui.app import explore

    return explore(
        cache, source, zone, auditor=partial(audit_copies, paths), settings=parsed.settings
    )


def audit_copies(
    paths: tuple[Path, ...], cache: Cache, wanted: Wanted, progress: Progress
) -> Verified:
    """Verify copies without AWS; raises TrailhoundError."""
    from tui.jobs.verifying.audit import audit
    from tui.jobs.verifying.plan import Targets, plan

    return audit(cache, plan(cache, Targets(paths=paths)).targets, wanted, progress)
