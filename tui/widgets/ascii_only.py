"""What a terminal without Unicode gets: every sign replaced, one cell by one cell.

The widgets' own signs have ASCII counterparts in `glyphs`; this is for all the rest: ellipses,
dashes, what Textual draws, and what events say.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

STAND_INS = str.maketrans(
    {
        "…": "~", "·": "-", "–": "-", "—": "-", "─": "-", "━": "=", "│": "|", "›": ">",
        "▔": " ", "▁": " ", "▂": "_", "▊": "|", "▎": "|", "▌": "|", "▐": "|",
        "↑": "^", "↓": "v", "←": "<", "→": ">", "⏎": "^",
    }
)  # fmt: skip


def ascii_only(text: str) -> str:
    """Return the text in ASCII and of the same width; what has no stand-in is question marks."""
    if text.isascii():
        return text
    text = text.translate(STAND_INS)
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)


class AsciiOnly(LineFilter):
    """Lets only ASCII through to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments with their text in ASCII."""
        return [Segment(ascii_only(text), style, control) for text, style, control in segments]
