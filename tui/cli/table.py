"""Printing rows for people and spreadsheets: aligned columns, or CSV that no program executes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tui.cli.plain import plain

_SAMPLE = 200
"""Rows whose widths decide the columns', so that printing can begin before the end is known."""
_WIDEST = 60
_LINE_END = "\r\n"
"""Python before 3.13 puts quotes only around the line breaks it is told to write."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV injection")."""

_AFTER = re.compile(f";(?=[{re.escape(''.join(_FORMULA))}])")
"""What separates cells where a comma is a decimal sign, and a formula behind it."""


def as_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield aligned lines; control characters are escaped, long cells cut with an ellipsis."""
    titles = [plain(title).upper() for title in titles]
    stream = ([plain(cell) for cell in row] for row in rows)
    sample = list(islice(stream, _SAMPLE))
    widths = [
        min(_WIDEST, max(len(title), *(len(row[i]) for row in sample), 0))
        for i, title in enumerate(titles)
    ]
    yield aligned(titles, widths)
    for row in sample:
        yield aligned(row, widths)
    for row in stream:
        yield aligned(row, widths)


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield RFC 4180 lines without their line end; cells that look like formulas get a quote."""
    yield _csv_line(titles)
    for row in rows:
        yield _csv_line([_defused(cell) for cell in row])


def _defused(cell: str) -> str:
    cell = f"'{cell}" if cell.startswith(_FORMULA) else cell
    return _AFTER.sub(";'", cell)


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=_LINE_END).writerow(cells)
    return out.getvalue().removesuffix(_LINE_END)


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells in columns of these widths; long ones are cut with an ellipsis."""
    shown = (
        (cell if len(cell) <= width else cell[: width - 1] + "…").ljust(width)
        for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(shown).rstrip()
