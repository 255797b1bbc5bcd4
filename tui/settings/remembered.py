"""What the explorer remembers from one run to the next without being told in a file.

A theme that was kept, hints that were read: nothing that is missed if it is lost, so a file that
cannot be read is the same as none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from tui.paths import state_folder


class Remembered(NamedTuple):
    """What is remembered."""

    theme: str = ""
    """The theme kept last."""
    toured: bool = False
    """Whether the hints of the first run were read or sent away."""


class Memory:
    """The file of what is remembered; without a path it forgets at the end."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.known = _read(path) if path else Remembered()

    def keep(self, *, theme: str | None = None, toured: bool | None = None) -> bool:
        """Remember what is given; return whether that will last beyond this run."""
        if theme is not None:
            self.known = self.known._replace(theme=theme)
        if toured is not None:
            self.known = self.known._replace(toured=toured)
        if self._path is None:
            return False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(self.known._asdict()), encoding="utf-8")
            fresh.replace(self._path)
        except OSError:
            return False
        return True


def memory() -> Memory:
    """Return the user's memory."""
    return Memory(state_folder() / "remembered.json")


def _read(path: Path) -> Remembered:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Remembered()
    if not isinstance(data, dict):
        return Remembered()
    theme, toured = data.get("theme"), data.get("toured")
    return Remembered(theme if isinstance(theme, str) else "", toured is True)
