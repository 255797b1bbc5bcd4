"""Opening the cache a command line names; a damaged one is set aside, and that is said."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tui import paths
from tui.errors import CacheDamaged, UsageError
from tui.storage.cache import Cache


def user_path(text: str) -> Path:
    """Return the path a user typed; `~` is a home where there is such a user.

    Raises UsageError for an empty one: it would be the folder one is in.
    """
    if not text:
        raise UsageError("A path is empty. Name a file or a folder; the one you are in is .")
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises for others


def cache_path(parsed: argparse.Namespace) -> Path:
    """Return the cache file a command line means."""
    return user_path(parsed.cache) if parsed.cache else paths.cache_file()


def open_cache(parsed: argparse.Namespace) -> Cache:
    """Open the cache; one found damaged is rebuilt first, and that is said. Raises CacheError."""
    path = cache_path(parsed)
    try:
        return Cache(path)
    except CacheDamaged as damage:
        say_rebuilt(damage)
        return Cache(path)


def say_rebuilt(damage: CacheDamaged) -> None:
    """Rebuild a damaged cache and say what became of it; raises CacheError."""
    from tui.jobs.ingesting.rebuild import rebuild

    sys.stderr.write(f"trailhound: {damage}\n")
    sys.stderr.write(f"trailhound: {rebuild(damage.path).sentence()}\n")
