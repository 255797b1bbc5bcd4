"""The colours of the interface, by role, read from `themes/*.toml`.

Owns what a theme is, which files are one, and how well its text can be read. A bad file is a value
with a reason, never an error: nobody should lose the explorer to a typo in a colour. Turning roles
into styles is `widgets.palette`; this module knows no terminal. The format is told in
`docs/themes.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tui.errors import UsageError

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HUES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
TERMINAL_COLORS = ("default", *_HUES, *(f"bright-{hue}" for hue in _HUES))
"""What a theme of the terminal's own colours calls them."""


class Colors(NamedTuple):
    """One `#rrggbb` per role; the defaults are the theme called trailhound."""

    background: str = "#101418"
    """Behind everything."""
    surface: str = "#161c22"
    """Behind the parts that frame the events: facets, input, status."""
    panel: str = "#222b33"
    """A step above the surface: bars behind facet values, pop-ups, rules."""
    text: str = "#d3dae0"
    muted: str = "#8f9ea8"
    """What is read second: times, regions, labels."""
    faint: str = "#3a464f"
    """What is not read but seen: rules, rows still on their way."""
    accent: str = "#56b6c2"
    """The one colour that says: here you are, this you chose."""
    selection: str = "#1c3741"
    """Behind the line of the cursor where the keys go."""
    resting: str = "#1e2936"
    """Behind the line of the cursor elsewhere."""
    ok: str = "#7fb685"
    denied: str = "#e6b55c"
    failed: str = "#c8926b"
    low: str = "#8f9ea8"
    medium: str = "#e5c675"
    high: str = "#f0883e"
    critical: str = "#fe6c69"


class Theme(NamedTuple):
    """A named set of colours."""

    name: str = "trailhound"
    dark: bool = True
    """Whether light text stands on a dark ground."""
    terminal: bool = False
    """Whether colours are names of the terminal's own; nothing is known of how they look."""
    colors: Colors = Colors()

    @property
    def contrast(self) -> float | None:
        """The lowest contrast of any text role on any ground; None where nobody can know it."""
        if self.terminal:
            return None
        grounds = [getattr(self.colors, role) for role in GROUNDS]
        return min(contrast(getattr(self.colors, role), on) for role in TEXTS for on in grounds)


ROLES = Colors._fields
"""The names a theme file may give a colour to."""
GROUNDS = ("background", "surface", "panel", "selection", "resting")
"""Roles that text is drawn on."""
TEXTS = tuple(role for role in ROLES if role not in (*GROUNDS, "faint"))
"""Roles that are read."""
READABLE = 4.5
"""Contrast of text at least (WCAG 2.2, success criterion 1.4.3)."""


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


def named(name: str, folders: Iterable[Path]) -> Theme | None:
    """Return one theme, without reading the others when its file is called like it."""
    folders = list(folders)
    for folder in folders:
        try:
            theme = parse((folder / f"{name}.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if theme.name == name:
            return theme
    return load(folders).found.get(name)


def chosen(name: str, kept: str, folders: Iterable[Path]) -> Theme:
    """Return the theme asked for by name, else the one kept if it is still there.

    Raises UsageError for a name that no theme has, or whose file cannot be used.
    """
    folders = list(folders)
    if not name:
        return (named(kept, folders) if kept else None) or Theme()
    theme = named(name, folders)
    if theme:
        return theme
    themes = load(folders)
    reasons = [f" {each.path}: {each.reason}" for each in themes.rejected if each.path.stem == name]
    near = get_close_matches(name, themes.found, 1)
    hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(themes.found)}."
    raise UsageError(f"There is no theme {name!r}.{''.join(reasons) or hint}")


def parse(text: str) -> Theme:
    """Return the theme of a file's text; roles it does not name keep the built-in colour.

    Raises ValueError with a sentence that names what is wrong.
    """
    import tomllib  # the built-in theme needs none, and starting is measured

    data: dict[str, object] = tomllib.loads(text)
    unknown = sorted(data.keys() - {"name", "dark", "terminal", "colors"})
    if unknown:
        parts = "name, dark, terminal and colors are"
        raise ValueError(f"{unknown[0]!r} is not part of a theme; {parts}.")
    name, colors = data.get("name"), data.get("colors", {})
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ValueError("name has to be a word of small letters, digits and hyphens.")
    dark = _switch("dark", data.get("dark", True))
    terminal = _switch("terminal", data.get("terminal", False))
    if isinstance(colors, dict):
        pairs = (_role(role, color, terminal=terminal) for role, color in colors.items())
        given = dict.fromkeys(ROLES, "default") | dict(pairs) if terminal else dict(pairs)
        return Theme(name, dark, terminal, Colors(**given))
    raise ValueError("colors has to be a table of roles and colours.")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1_000)
def _luminance(color: str) -> float:
    """Return the relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2)."""
    shares = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _switch(name: str, value: object) -> bool:
    if value is True or value is False:
        return value
    raise ValueError(f"{name} has to be true or false.")


def _role(role: str, color: object, *, terminal: bool) -> tuple[str, str]:
    if role not in ROLES:
        near = get_close_matches(role, ROLES, 1, 0.7)
        hint = f"did you mean {near[0]}?" if near else f"roles are {', '.join(ROLES)}."
        raise ValueError(f"{role!r} is not a role; {hint}")
    if terminal and color not in TERMINAL_COLORS:
        names = ", ".join(TERMINAL_COLORS)
        raise ValueError(f"{role} has to be one of the terminal's colours: {names}.")
    if not isinstance(color, str) or not (terminal or _COLOR.fullmatch(color)):
        raise ValueError(f"{role} has to be a colour like #56b6c2.")
    return role, color
