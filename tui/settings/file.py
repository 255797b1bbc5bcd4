"""Reading the settings file; what is wrong in it is a sentence with its line.

Without a file nothing is loaded that takes time: most command lines have none.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from tui.errors import SettingsError
from tui.paths import config_folder
from tui.settings.model import ABOUT, NAMES, Settings
from tui.settings.text import text_of

_KINDS = {
    "str": "text in quotes",
    "bool": "true or false",
    "int": "a whole number",
    "array": "a list of texts",
    "object": "a table",
}
"""What msgspec expects, in words."""


def settings_file() -> Path:
    """Return where the settings are, whether they are there or not."""
    return config_folder() / "settings.toml"


def load(path: Path | None = None) -> Settings:
    """Return what is set, or the defaults where there is no file; raises SettingsError."""
    path = path or settings_file()
    try:
        text = text_of(path)
    except ValueError as error:
        raise SettingsError(f"The settings {path} cannot be read: {error}.") from error
    if not text:
        return Settings()
    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from error


def parse(text: str) -> Settings:
    """Return the settings of a file's text; raises ValueError with a sentence."""
    import tomllib

    data = tomllib.loads(text)
    for name in data:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, 1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(NAMES)}."
            raise ValueError(f"{_line(text, name)}there is no setting {name}.{hint}")
    return _typed(text, data)


def _typed(text: str, data: dict[str, object]) -> Settings:
    import msgspec

    try:
        found = msgspec.convert({k.replace("-", "_"): v for k, v in data.items()}, Settings)
    except msgspec.ValidationError as error:
        raise ValueError(_sentence(text, str(error))) from error
    for name in data:
        words, value = ABOUT[name], getattr(found, name.replace("-", "_"))
        low, high = words.least, words.most
        if low is not None and high is not None and not low <= value <= high:
            raise ValueError(f"{_line(text, name)}{name} has to be from {low} to {high:,}.")
    return found


def _sentence(text: str, problem: str) -> str:
    """Turn msgspec's "Expected `str`, got `int` - at `$.theme`" into a sentence."""
    at = re.search(r"`\$\.([a-z_]+)", problem)
    name = at[1].replace("_", "-") if at else ""
    expected = re.match(r"Expected `(\w+)", problem)
    if expected:
        return f"{_line(text, name)}{name} has to be {_KINDS.get(expected[1], expected[1])}."
    return f"{_line(text, name)}{name} is not possible: {ABOUT[name].help}"


def _line(text: str, name: str) -> str:
    """Return `line 3: ` for the line where a setting is named, if it is found."""
    pattern = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(name)}["']?\s*[].=]""")
    numbers = (n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line))
    number = next(numbers, None)
    return f"line {number}: " if number else ""
