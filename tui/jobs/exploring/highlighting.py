"""Which rows of a window stand out, and why: only what is about to be shown is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from tui.domain.answer import Row
from tui.domain.saved import Highlight, Saved
from tui.language import rules


def highlighted(rows: Sequence[Row], saved: Saved, now: int, zone: tzinfo = UTC) -> Sequence[Row]:
    """Return the rows with every highlight of a saved filter that they match.

    `now` is in ms since 1970 UTC, and what the times of filters count from.
    """
    wanted = rules.highlights(saved, now, zone)
    if not wanted:
        return rows
    found = (tuple(rules.matched(wanted, row)) for row in rows)
    return [
        row._replace(highlights=tuple(Highlight(each.name, each.highlight) for each in matching))
        if matching
        else row
        for row, matching in zip(rows, found, strict=True)
    ]
