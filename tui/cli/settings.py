"""`trailhound settings`: the settings file as it is before anybody changes it, and where it is."""

from __future__ import annotations

import argparse
import sys

from tui.settings.default import as_file
from tui.settings.file import load, settings_file


def run(parsed: argparse.Namespace) -> int:
    """Print the default file, or the path; with --check read the user's. Raises SettingsError."""
    if parsed.check:
        load()
    said = f"{settings_file()}\n" if parsed.path or parsed.check else as_file()
    sys.stdout.write(said)
    return 0
