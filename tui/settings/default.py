"""The settings file as it is before anybody changes it: every setting, explained, commented out."""

from __future__ import annotations

import json
from textwrap import wrap

from tui.settings.model import ABOUT, NAMES, Settings

_WIDTH = 96
_HEAD = """\
# Settings of trailhound. What is commented out is the default; options of a command come first.
"""
_KEYS = """\
[keys]
# {help}
# "events.filter" = "ctrl+f"
# "list.page-down" = ["pagedown", "ctrl+n"]
"""


def as_file() -> str:
    """Return the text of the file."""
    plain = (name for name in NAMES if name != "keys")
    keys = _KEYS.format(help=ABOUT["keys"].help)
    return "\n".join((_HEAD, *(_entry(name) for name in plain), keys))


def value(name: str) -> str:
    """Return a setting's default as TOML writes it."""
    default = getattr(Settings(), name.replace("-", "_"))
    return json.dumps(list(default) if isinstance(default, tuple) else default)


def _entry(name: str) -> str:
    words = "".join(f"# {line}\n" for line in wrap(ABOUT[name].help, _WIDTH))
    return f"{words}# {name} = {value(name)}\n"
