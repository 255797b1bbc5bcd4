"""The line of coverage under the bars of the histogram, and its gaps in words.

Each state has a sign of its own; the colour only repeats it, and what is well covered stays calm.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from tui.domain.answer import Span
from tui.domain.coverage import State
from tui.domain.strip import Gap, Strip
from tui.widgets import tones
from tui.widgets.coverage_grid import TONES
from tui.widgets.glyphs import Glyphs
from tui.widgets.wording import moment

_DAY = 86_400_000
_LONG = 3 * _DAY
"""ms from which on a gap is told in days."""
_CALM = {**TONES, State.SYNCED: "faint"}
_ORDER = tuple(State)


def parts(states: Iterable[State], glyphs: Glyphs) -> list[tones.Part]:
    """Return one cell for each state."""
    return [(glyphs.strip[_ORDER.index(state)], _CALM[state]) for state in states]


def worst(strip: Strip, zone: tzinfo) -> str:
    """Return `eu-west-1 gap 02:00–04:10 and 2 more`; nothing when no place has a gap."""
    if not strip.gaps:
        return ""
    gap = strip.gaps[0]
    more = f" and {len(strip.gaps) - 1:,} more" if len(strip.gaps) > 1 else ""
    return f"{_where(gap, strip)} {gap.state} {_when(gap.span, strip, zone)}{more}"


def _when(span: Span, strip: Strip, zone: tzinfo) -> str:
    """Return the range with days where they are needed, and times where they are."""
    first, last = (moment(each, zone, "%m-%d") for each in span)
    if span.end - span.start > _LONG:
        return f"{first}–{last}"
    start, end = (moment(each, zone, "%H:%M") for each in span)
    if strip.step * len(strip.states) <= _DAY:
        return f"{start}–{end}"
    return f"{first} {start}–{end}" if first == last else f"{first} {start}–{last} {end}"


def _where(gap: Gap, strip: Strip) -> str:
    if len(gap.places) > 1:
        every = "all " if len(gap.places) == strip.places else ""
        return f"{every}{len(gap.places):,} regions"
    account, region = gap.places[0]
    return region if strip.accounts == 1 else f"{account} {region}"
