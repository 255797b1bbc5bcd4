"""The colours of the interface, by role, read from `themes/*.toml`.

Owns what a theme is and which files are one. A bad file is a value with a reason, never an error:
nobody should lose the explorer to a typo in a colour. Turning roles into styles is
`widgets.palette`; this module knows no terminal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Colors:
    """One `#rrggbb` per role; the defaults are the theme called trailhound."""

    background: str = "#101418"
    """Behind everything."""
    surface: str = "#161c22"
    """Behind the parts that frame the events: facets, input, status."""
    panel: str = "#222b33"
    """A step above the surface: bars behind facet values, pop-ups, rules."""
    text: str = "#d3dae0"
    muted: str = "#788791"
    """What is read second: times, regions, labels."""
    faint: str = "#3a464f"
    """What is not read but seen: rules, rows still on their way."""
    accent: str = "#56b6c2"
    """The one colour that says: here you are, this you chose."""
    selection: str = "#22414b"
    """Behind the line of the cursor where the keys go."""
    resting: str = "#1e2936"
    """Behind the line of the cursor elsewhere."""
    ok: str = "#7fb685"
    denied: str = "#e6b55c"
    failed: str = "#c8926b"
    low: str = "#788791"
    medium: str = "#e5c675"
    high: str = "#f0883e"
    critical: str = "#ff5f5f"


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of colours."""

    name: str = "trailhound"
    dark: bool = True
    """Whether light text stands on a dark ground."""
    colors: Colors = Colors()


ROLES = tuple(field.name for field in fields(Colors))
"""The names a theme file may give a colour to."""


class Rejected(NamedTuple):
    """A theme file that cannot be used, and why, as a sentence."""

    path: Path
    reason: str


class Themes(NamedTuple):
    """The themes found, by name, the built-in one always among them, and the files left out."""

    found: dict[str, Theme]
    rejected: tuple[Rejected, ...]


def load(folders: Iterable[Path]) -> Themes:
    """Read every `*.toml` of the folders; of two with one name the first wins."""
    found: dict[str, Theme] = {}
    rejected: list[Rejected] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            theme = parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            rejected.append(Rejected(path, str(error)))
            continue
        found.setdefault(theme.name, theme)
    builtin = Theme()
    found.setdefault(builtin.name, builtin)
    return Themes(found, tuple(rejected))


def parse(text: str) -> Theme:
    """Return the theme of a file's text; roles it does not name keep the built-in colour.

    Raises ValueError with a sentence that names what is wrong.
    """
    data: dict[str, object] = tomllib.loads(text)
    unknown = sorted(data.keys() - {"name", "dark", "colors"})
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not part of a theme; name, dark and colors are.")
    name, dark, colors = data.get("name"), data.get("dark", True), data.get("colors", {})
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ValueError("name has to be a word of small letters, digits and hyphens.")
    if dark is not True and dark is not False:
        raise ValueError("dark has to be true or false.")
    if isinstance(colors, dict):
        return Theme(name, dark, Colors(**dict(map(_role, colors.keys(), colors.values()))))
    raise ValueError("colors has to be a table of roles and colours.")


def _role(role: str, color: object) -> tuple[str, str]:
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a role; roles are {', '.join(ROLES)}.")
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise ValueError(f"{role} has to be a colour like #56b6c2.")
    return role, color
