"""The signs of the interface, for terminals that can draw them and for those that cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.encoding import speaks_utf8


class Glyphs(NamedTuple):
    """One set of signs; every one is as wide as its length."""

    severity: tuple[str, str, str, str, str]
    """By `Severity`: the sign says it all, the colour repeats it."""
    bars: str
    """From nothing to a full cell, in equal steps."""
    thumb: str
    cursor: str
    included: str
    excluded: str
    opened: str
    folded: str
    waiting: str
    within: str
    """Between a caller and the role it runs under."""
    trouble: str
    prompt: str
    full: str
    empty: str
    caret: str
    late: str
    """An event that came after its time was called complete."""
    notable: str
    """An event that alerts, while following."""
    highlight: str
    """An event that a saved filter highlights."""
    covered: str
    """By `State` of coverage, in its order."""
    strip: str
    """The same, for a thin line."""
    marks: str
    """Of events: verified, not yet, no digest, failed."""
    flag: str
    """An event that a user flagged."""
    hours: str
    """By `HourState` of integrity, in its order."""


UNICODE = Glyphs(
    severity=("", "▵", "▲", "▲▲", "▲▲▲"),
    bars=" ▁▂▃▄▅▆▇█",
    thumb="▐",
    cursor="▌",
    included="✓",
    excluded="✗",
    opened="▾",
    folded="▸",
    waiting="·",
    within="›",
    trouble="▴",
    prompt="❯",
    full="━",
    empty="─",
    caret="▲",
    late="◂",
    notable="◆",
    highlight="●",
    covered="█▓·▒✗─",
    strip="━╍·~✗─",
    marks="✓·–✗",
    flag="⚑",
    hours="━╍✗○!·",
)

ASCII = Glyphs(
    severity=("", "-", "!", "!!", "!!!"),
    bars=" .:-=+*#@",
    thumb="#",
    cursor=">",
    included="+",
    excluded="x",
    opened="v",
    folded=">",
    waiting=".",
    within=">",
    trouble="!",
    prompt=">",
    full="=",
    empty="-",
    caret="^",
    late="<",
    notable="*",
    highlight="@",
    covered="#+.~x-",
    strip="=+.~x-",
    marks="+.-X",
    flag="*",
    hours="=+Xo!.",
)


def for_terminal(environ: Mapping[str, str], wanted: str = "auto") -> Glyphs:
    """Return the signs that are wanted, or with `auto` those the locale's encoding can carry."""
    if wanted != "auto":
        return ASCII if wanted == "ascii" else UNICODE
    return UNICODE if speaks_utf8(environ) else ASCII
