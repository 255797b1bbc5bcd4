"""Reading the file of saved filters; what is wrong in it is left out, and a sentence with its line.

Whether a filter's text can be read is not known here: `language.rules` says that. Changing the file
is `filters_file`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from tui.domain.saved import BUILT_IN, TONES, Saved, SavedFilter, is_name
from tui.paths import config_folder
from tui.settings.text import text_of


class Key(NamedTuple):
    """One key of a saved filter's table."""

    name: str
    help: str
    example: str
    """A value, as TOML writes it."""


KEYS = (
    Key(
        "filter", "what it matches, as it is typed on the screen", '"error:AccessDenied verb:read"'
    ),
    Key("alert", "whether a match interrupts while following: bell, title, OSC 9", "true"),
    Key("highlight", f"the colour of its events in the table: {', '.join(TONES)}", '"high"'),
)
"""All there are."""
_NAMES = tuple(key.name for key in KEYS)


def filters_path() -> Path:
    """Return where saved filters are kept, whether they are there or not."""
    return config_folder() / "filters.toml"


def load(path: Path) -> Saved:
    """Return what is saved, what is built in included.

    A file that cannot be read is among the problems: nobody should lose the explorer to it.
    Without a file nothing is loaded that takes time.
    """
    try:
        text = text_of(path)
        return parse(text) if text else Saved(BUILT_IN)
    except ValueError as error:
        return Saved(BUILT_IN, (f"the file cannot be read: {error}.",))


def parse(text: str) -> Saved:
    """Return the filters of a file's text; raises ValueError where it is no TOML at all."""
    import tomllib

    data: dict[str, object] = tomllib.loads(text)
    found: dict[str, SavedFilter] = {each.name: each for each in BUILT_IN}
    problems: list[str] = []
    for name, table in data.items():
        try:
            found[name] = _filter(text, name, table, found.get(name))
        except ValueError as error:
            problems.append(str(error))
    order = [*data, *(each for each in found if each not in data)]
    return Saved(tuple(found[name] for name in order if name in found), tuple(problems))


def _filter(text: str, name: str, table: object, known: SavedFilter | None) -> SavedFilter:
    """Return one filter; of what is built in, a table says only what is to be otherwise."""
    if not is_name(name):
        raise ValueError(
            f"{_line(text, name)}{name!r} cannot be a name: small letters, digits, dashes between."
        )
    table = _table(text, name, table)
    wanted, alert = table.get("filter", known.text if known else ""), table.get("alert")
    if not isinstance(wanted, str) or not wanted.strip():
        raise ValueError(f"{_line(text, name, 'filter')}{name} needs its filter, text in quotes.")
    if alert is not None and not isinstance(alert, bool):
        raise ValueError(f"{_line(text, name, 'alert')}alert of {name} has to be true or false.")
    return SavedFilter(
        name,
        wanted,
        alert if alert is not None else known is not None and known.alert,
        _tone(text, name, table.get("highlight", known.highlight if known else "")),
        _line_number(text, name, "filter"),
    )


def _table(text: str, name: str, table: object) -> Mapping[str, object]:
    """Return the table if it is one and has no other keys; raises ValueError."""
    if isinstance(table, Mapping):
        for key in table:
            if key not in _NAMES:
                near = get_close_matches(key, _NAMES, 1)
                hint = f"Did you mean {near[0]}?" if near else f"It may have {', '.join(_NAMES)}."
                raise ValueError(f"{_line(text, name, key)}{name} has no {key}. {hint}")
        return table
    raise ValueError(f"{_line(text, name)}{name} has to be a table: [{name}].")


def _tone(text: str, name: str, tone: object) -> str:
    if isinstance(tone, str) and tone in ("", *TONES):
        return tone
    near = get_close_matches(tone, TONES, 1) if isinstance(tone, str) else []
    hint = f"Did you mean {near[0]}?" if near else ""
    sentence = f"highlight of {name} has to be one of {', '.join(TONES)}. {hint}".rstrip()
    raise ValueError(f"{_line(text, name, 'highlight')}{sentence}")


def _line(text: str, name: str, key: str = "") -> str:
    number = _line_number(text, name, key)
    return f"line {number}: " if number else ""


def _line_number(text: str, name: str, key: str = "") -> int:
    """Return the line of a key, else that of its table, from 1; 0 where neither is found."""
    begun = 0
    for number, (inside, line) in enumerate(_inside(text, name), 1):
        if inside and not begun:
            begun = number
        if inside and key and re.match(rf"""(.*[.{{,])?\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    return begun


def _inside(text: str, name: str) -> Iterator[tuple[bool, str]]:
    """Yield each line, and whether it belongs to the table of that name."""
    written = rf"""\s*["']?{re.escape(name)}["']?\s*"""
    header, inline = re.compile(rf"\s*\[+{written}[].]"), re.compile(rf"{written}[.=]")
    inside, nowhere = False, True
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside, nowhere = bool(header.match(line)), False
        yield inside or (nowhere and bool(inline.match(line))), line
