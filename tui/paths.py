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


def config_folder() -> Path:
    """Return the folder of settings, keys and themes: TRAILHOUND_CONFIG, else the platform's."""
    named = os.environ.get("TRAILHOUND_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False)


def state_folder() -> Path:
    """Return the folder of what is remembered: TRAILHOUND_STATE, else the platform's."""
    named = os.environ.get("TRAILHOUND_STATE")
    if named:
        return Path(named)
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False)


def theme_folders() -> list[Path]:
    """Return the folders that hold themes: the user's, in the wheel, else beside the package."""
    here = Path(__file__).parent
    folders = (config_folder() / "themes", here / "_themes", here.parent / "themes")
    return [folder for folder in folders if folder.is_dir()]
