"""From the settings to a command line: what was not said there is taken from the file.

A word on the command line comes first, then the environment that AWS's tools know, then the file.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import MutableMapping
from dataclasses import replace

from tui.cli.terminal import over_ssh
from tui.settings.file import load
from tui.settings.model import Settings

_FILLED = (
    ("tz", "time_zone", ()),
    ("cache", "cache", ("TRAILHOUND_CACHE",)),
    ("profile", "profiles", ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")),
    ("region", "regions", ()),
    ("max_size", "max_size", ()),
    ("keep", "keep", ()),
)
"""Option, setting, and the variables that come between them."""
_OWN_CACHE = "demo"
"""The command whose cache is another one, gone afterwards."""
_SLOW_REDRAWS = 10
"""Times a second that are enough to read by, and few enough for a slow line."""


def settle(parsed: argparse.Namespace) -> None:
    """Fill in what was not said, and hand over the rest as `settings`; raises SettingsError."""
    settings = load()
    for option, name, variables in _FILLED:
        said = getattr(parsed, option, True)
        own = option == "cache" and parsed.command == _OWN_CACHE
        if not said and not own and not any(os.environ.get(each) for each in variables):
            value = getattr(settings, name)
            setattr(parsed, option, list(value) if isinstance(value, tuple) else value)
    parsed.settings = replace(
        settings,
        theme=getattr(parsed, "theme", None) or settings.theme,
        mouse=settings.mouse and not getattr(parsed, "no_mouse", False),
    )


def pace_drawing(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Have Textual draw as often as is set, and less over a slow line; before it is loaded."""
    auto = settings.slow_link == "auto" and over_ssh(environ)
    slow = auto or settings.slow_link == "always"
    redraws = min(settings.redraws, _SLOW_REDRAWS) if slow else settings.redraws
    environ.setdefault("TEXTUAL_FPS", str(redraws))
    if slow:
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")
