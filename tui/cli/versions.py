"""The versions of Trailhound and of what it stands on, told without loading any of that."""

from __future__ import annotations

import platform
from importlib.metadata import version

from tui import __version__

LIBRARIES = ("boto3", "botocore", "textual", "sqlite-utils")


def versions() -> dict[str, str]:
    """Return name and version of each, ourselves first."""
    from tui.storage.health import SQLITE  # the library that is linked, not a package

    return {
        "trailhound": __version__,
        "python": f"{platform.python_version()} on {platform.platform(terse=True)}",
        **{name: version(name) for name in LIBRARIES},
        "sqlite": SQLITE,
    }


def as_text() -> str:
    """Return a line for each, the first one `trailhound 0.1.0`."""
    return "\n".join(f"{name} {number}" for name, number in versions().items())
