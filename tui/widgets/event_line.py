"""One line of the event table as text and tones, with nothing of what draws it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TypeAlias

from tui.domain.answer import Row
from tui.widgets.columns import GAP, Column, Setting
from tui.widgets.printable import fit, safe

Arranged: TypeAlias = Sequence[tuple[Column, int]]
"""Columns and their widths in cells, as of `columns.layout`."""
_GAP = " " * GAP


def titles(arranged: Arranged, zone: tzinfo) -> str:
    """Return the titles of the columns; that of the time names its zone."""
    return _GAP.join(fit(_title(column, zone), cells) for column, cells in arranged)


def parts(row: Row, arranged: Arranged, setting: Setting, sign: str = "") -> list[tuple[str, str]]:
    """Return the cells of a row, each with its tone and, but for the last, the gap behind it.

    In the first gap stand a sign and that of a highlight, whose tone the row's text takes.
    """
    stands_out = row.highlights[0].tone if row.highlights else ""
    found = [
        (fit(safe(column.cell(row, setting), 4 * cells), cells) + _GAP, column.tone(row))
        for column, cells in arranged
    ]
    if stands_out:
        found = [(text, stands_out if tone == "text" else tone) for text, tone in found]
    last, tone = found[-1]
    found[-1] = (last[:-GAP], tone)
    if (sign or stands_out) and len(found) > 1:  # else there is no gap
        text, tone = found[0]
        signs = [(sign or " ", "accent")]
        signs += [(setting.glyphs.highlight if stands_out else " ", stands_out or "accent")]
        found[:1] = [(text[:-GAP], tone), *signs]
    return found


def under_cursor(tone: str) -> str:
    """Return the tone for the line of the cursor: nothing there is read second."""
    return "text" if tone == "muted" else tone


def _title(column: Column, zone: tzinfo) -> str:
    if column.title == "TIME" and column.least > len("HH:MM:SS"):
        return f"{column.title} {zone}"
    return column.title
