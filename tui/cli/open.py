"""`trailhound open`: local log files into the cache, then the explorer."""

from __future__ import annotations

import argparse
import os

from tui.cli.caching import open_cache, user_path
from tui.cli.settling import pace_drawing
from tui.cli.summary import load
from tui.cli.zones import zone_of
from tui.errors import UsageError
from tui.sources.folder import LocalFiles


def run(parsed: argparse.Namespace) -> int:
    """Read the named paths; raises UsageError, InputError, CacheError."""
    if not parsed.text:
        raise UsageError("Name a log file, a folder of them, or a zip archive: open PATH...")
    source = LocalFiles([user_path(text) for text in parsed.text])
    zone = zone_of(parsed)
    cache = open_cache(parsed)
    if parsed.no_ui:
        return load(cache, source, parsed.format)
    pace_drawing(parsed.settings, os.environ)
    from tui.app import explore

    return explore(cache, source, zone, settings=parsed.settings)
