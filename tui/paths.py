"""Where Trailhound keeps its files, by platform; nothing is created by asking."""

from __future__ import annotations

import os
from pathlib import Path

APP = "trailhound"


def cache_file() -> Path:
    """Return the cache file: TRAILHOUND_CACHE, else in the platform's cache folder."""
    named = os.environ.get("TRAILHOUND_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False) / "cache.db"


def theme_folders() -> list[Path]:
    """Return the folders that hold themes: in the wheel, else beside the package."""
    here = Path(__file__).parent
    return [folder for folder in (here / "_themes", here.parent / "themes") if folder.is_dir()]
