"""`trailhound settings`: the settings file as it is before anybody changes it, and where it is."""

from __future__ import annotations

import argparse
import sys
import time

from tui.cli.zones import zone_named
from tui.errors import SettingsError
from tui.keymap import keymap
from tui.language.rules import problems
from tui.paths import theme_folders
from tui.settings.default import as_file
from tui.settings.file import load, settings_file
from tui.settings.filters import filters_path
from tui.settings.filters import load as load_filters
from tui.settings.model import Settings
from tui.theming import chosen


def run(parsed: argparse.Namespace) -> int:
    """Print the default file, or the path; with --check read the user's. Raises SettingsError."""
    if parsed.check:
        _check(load())
        _check_filters()
        said = f"{settings_file()}\n{filters_path()}\n"
    else:
        said = f"{settings_file()}\n" if parsed.path else as_file()
    sys.stdout.write(said)
    return 0


def _check(settings: Settings) -> None:
    """Look into what only its users understand; raises UsageError."""
    keymap(settings.keys)
    chosen(settings.theme, "", theme_folders())
    zone_named(settings.time_zone)


def _check_filters() -> None:
    """Look into the saved filters as well; raises SettingsError with all that is wrong."""
    path = filters_path()
    if found := problems(load_filters(path), int(time.time() * 1000)):
        raise SettingsError("\n".join(f"{path}: {sentence}" for sentence in found))
