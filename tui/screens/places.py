"""From which sizes on the events screen shows more, and where its table stands at each.

The heights are those of `events.tcss`, told once more for who draws before Textual is there to ask;
a test holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple

WIDE, VAST = 100, 170
"""Cells from which on facets and events stand side by side, and from which facets have more."""
HIGH, TALL, GRAND = 18, 30, 44
"""Lines from which on there are bars over the events, and from which parts take a line more."""
_ABOVE = 2
"""Lines over the bars: whose events these are, and the filter."""
_BELOW = 2
"""Lines below everything: the time that is shown, and the keys."""
_HEIGHTS = ((GRAND, 4, 5), (TALL, 3, 5), (HIGH, 3, 4), (0, 0, 2))
"""From this many lines on, so many of bars and so many of the sentence about an event."""
_FACETS = ((VAST, 32), (WIDE, 28), (0, 0))
"""From this many cells on, so many of facets."""


class Place(NamedTuple):
    """A rectangle of the screen, in cells."""

    left: int
    top: int
    width: int
    height: int


def of_events(columns: int, lines: int) -> Place:
    """Return where the table of events stands before anything else was asked for."""
    left = next(cells for least, cells in _FACETS if columns >= least)
    bars, sentence = next(parts for least, *parts in _HEIGHTS if lines >= least)
    top = _ABOVE + bars
    return Place(left, top, columns - left, max(0, lines - top - sentence - _BELOW))
