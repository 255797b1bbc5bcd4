"""Filters that a user keeps under a name, and what is to happen to the events they match.

Values only: where they are kept is `settings.filters`, what a text means is `language`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TONES = ("accent", "ok", "denied", "failed", "low", "medium", "high", "critical")
"""Colours of a theme that an event can be highlighted in."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 40


class Highlight(NamedTuple):
    """Why an event stands out in a list."""

    name: str
    """Of the saved filter that it matches."""
    tone: str


class SavedFilter(NamedTuple):
    """A filter with a name; `@name` stands for its text in any other."""

    name: str
    text: str
    alert: bool = False
    """Whether an event that it matches interrupts the user while he follows."""
    highlight: str = ""
    """One of `TONES`; empty where the events it matches look like others."""
    line: int = 0
    """Where its text stands in the file, from 1; 0 where it does not come from one."""


class Saved(NamedTuple):
    """All saved filters, in the order of their file, and what of the file was left out."""

    filters: tuple[SavedFilter, ...] = ()
    problems: tuple[str, ...] = ()
    """Sentences, each about something that was left out."""

    @property
    def texts(self) -> dict[str, str]:
        """The filter texts by name."""
        return {each.name: each.text for each in self.filters}

    def named(self, name: str) -> SavedFilter | None:
        """Return one by its name."""
        return next((each for each in self.filters if each.name == name), None)


SEVERE = SavedFilter("severe", "severity:>=high", alert=True)
BUILT_IN = (SEVERE,)
"""There without a file; a file can change what they do."""


def is_name(name: str) -> bool:
    """Return whether a filter can be saved under this name: lower-case words with dashes."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None
