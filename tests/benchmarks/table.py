"""Tables of results, as Markdown that is also readable in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

NOT_RUN = "–"


class Table(NamedTuple):
    """Rows of cells under titles; the notes below say how to read them."""

    name: str
    titles: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: tuple[str, ...] = ()


class Headline(NamedTuple):
    """One line of the summary."""

    work: str
    ours: str
    beside: str


class Report(NamedTuple):
    """What one benchmark found."""

    tables: tuple[Table, ...]
    headlines: tuple[Headline, ...] = ()


def markdown(table: Table) -> str:
    """Return the table with columns padded; all but the first are right-aligned."""
    lines = [table.titles, *table.rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(table.titles))]
    rule = [("-" * width) + ("" if at == 0 else ":") for at, width in enumerate(widths)]
    rule[1:] = [mark[1:] for mark in rule[1:]]
    padded = [_line(line, widths) for line in lines]
    padded.insert(1, f"| {' | '.join(rule)} |")
    return "\n".join((f"### {table.name}", "", *padded, *_listed(table.notes), ""))


def summary(headlines: Sequence[Headline]) -> str:
    """Return the headlines as one table."""
    return markdown(Table("Summary", ("work", "trailhound", "beside"), headlines))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return f"| {' | '.join((first, *rest))} |"


def _listed(notes: Sequence[str]) -> list[str]:
    return ["", *(f"- {note}" for note in notes)] if notes else []
