"""Opening the cache a command line names; a damaged one is set aside, and that is said."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui import paths
from tui.storage.cache import Cache


def cache_path(parsed: argparse.Namespace) -> Path:
    """Return the cache file a command line means."""
    return Path(parsed.cache).expanduser() if parsed.cache else paths.cache_file()


def open_cache(parsed: argparse.Namespace) -> Cache:
    """Open the cache; raises CacheError."""
    return Cache(cache_path(parsed))
