"""What reading the simulated log files to their end covers, and the hours of one place it leaves.

Owns the gap: some hours in which one quiet place delivered nothing, and which are not listed, so
that nobody can tell whether there was anything. What happened is `workload`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, Covered, Scope
from tui.domain.spans import missing
from tui.simulation.delivery import TRAIL, Delivery
from tui.simulation.organization import organization
from tui.simulation.workload import LONGEST_WAIT

UNLISTED = ("staging", "us-west-2")
"""The place that was not listed for some hours."""
_GAP = 4 * 3_600
"""Seconds of them."""
_SOURCE = "demo"


def covered(deliveries: Iterable[Delivery], now: int) -> Iterator[Covered]:
    """Yield what all these files cover of each place that has any; `now` in ms since 1970 UTC.

    It begins before the earliest event, as nothing ever happened before, and leaves out the newest
    minutes, of which something may still come.
    """
    slots: dict[tuple[str, str], set[int]] = {}
    for delivery in deliveries:
        slots.setdefault((delivery.account, delivery.region), set()).add(delivery.slot)
    earliest = min((min(each) for each in slots.values()), default=0)
    whole = Span((earliest - LONGEST_WAIT) * 1000, now - HISTORY_SETTLES)
    for place in sorted(slots):
        holes = _quiet(slots[place]) if place == UNLISTED else []
        for span in missing(whole, holes):
            yield Covered(scope_of(*place), span)


def scope_of(account: str, region: str) -> Scope:
    """Return the scope of a place, the account by its name."""
    return Scope(_SOURCE, organization().accounts[account], region, TRAIL)


def _quiet(slots: Iterable[int]) -> list[Span]:
    """Return the middle of the longest time without a delivery, if that is long enough."""
    stretches = [(later - slot, slot) for slot, later in pairwise(sorted(slots))]
    length, start = max(stretches, default=(0, 0))
    if length <= _GAP:
        return []
    begin = start + (length - _GAP) // 2
    return [Span(begin * 1000, (begin + _GAP) * 1000)]
