"""Event text made fit for a terminal: every string shown passes through here.

Anyone who can make a call can put text into an event, so what reaches the screen has no control
characters, nothing that reorders, hides or joins its neighbours, and a known width in cells.
Nothing is dropped: what cannot be shown as itself is shown as its picture or its code point.
"""

from __future__ import annotations

import re
from unicodedata import category

from rich.cells import cell_len, set_cell_size

LONGEST = 2_000
"""Characters of one value that are ever shown on one line; the rest is an ellipsis."""

_STACK = 2
"""Combining marks kept on one letter; more of them would paint over other lines."""

_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_MARKS = frozenset({"Mn", "Me", "Mc"})

_CONFUSING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters that look like nothing
    "\u1160-\u11ff\ud7b0-\ud7fb"  # jamo that join the letter before
    "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variation selectors change the width
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"  # flags and skin tones join in some terminals
)
"""Characters that are invisible or whose width depends on the terminal and on their neighbours."""


def safe(text: str, longest: int = LONGEST) -> str:
    """Return the text with everything visible and nothing active, at most `longest` + 1 long.

    Escapes count as one character each. Line breaks become pictures too: one value, one line.
    Less room than none, as a window of a few columns leaves it, is none.
    """
    longest = max(0, longest)
    if len(text) > longest:
        return f"{safe(text[:longest], longest)}…"
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    stacked = 0
    for char in text:
        mark = category(char) in _MARKS
        stacked = stacked + 1 if mark else 0
        alone = not shown
        shown.append(_code_point(char) if mark and (alone or stacked > _STACK) else _visible(char))
    return "".join(shown)


def fit(text: str, width: int, *, right: bool = False, keep_end: bool = False) -> str:
    """Return safe text cut or filled to exactly `width` cells, with an ellipsis where cut.

    `right` fills on the left; `keep_end` cuts in the middle, for names that differ at their ends.
    """
    if width <= 0:
        return ""
    cells = len(text) if text.isascii() else cell_len(text)
    if cells > width:
        end = _end(text, (width - 1) // 3) if keep_end else ""
        return set_cell_size(text, width - 1 - cell_len(end)) + "…" + end
    fill = " " * (width - cells)
    return fill + text if right else text + fill


def _end(text: str, width: int) -> str:
    """Return as much of the end as fits `width` cells, beginning with a whole character."""
    start = len(text)
    while start and cell_len(text[start - 1 :]) <= width:
        start -= 1
    while start < len(text) and category(text[start]) in _MARKS:
        start += 1
    return text[start:]


def _visible(char: str) -> str:
    if char == " " or (char.isascii() and char.isprintable()):
        return char
    number = ord(char)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "␡"
    if category(char) in _UNSHOWABLE or _CONFUSING.match(char):
        return _code_point(char)
    return char


def _code_point(char: str) -> str:
    return f"<U+{ord(char):04X}>"
