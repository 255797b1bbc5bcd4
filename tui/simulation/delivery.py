"""What is delivered when: the plan of all log files, and their keys.

One file per account, kind, Region and five-minute slot, more where a slot is busy, none where it
is quiet. Keys follow the CloudTrail user guide ("Finding your CloudTrail log files"); the slot in
the name is a label that lies a little after the delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random
from time import gmtime, strftime
from typing import NamedTuple

from tui.simulation.organization import organization
from tui.simulation.tokens import DAY, SLOT, base62, seed_of, seeded
from tui.simulation.workload import Workload, week_slot

TRAIL = "CloudTrail"
MOST_RECORDS = 2_000
"""Records in one file."""
FILES = 10_000
LEAST_RECORDS = 14
"""Quiet places are planned to have about this many records in a file, and fewer files."""


class Delivery(NamedTuple):
    """One file; `slot` is the second its name is labelled with, `part` tells those of one slot."""

    kind: str
    account: str
    """Name of the account."""
    region: str
    slot: int
    part: int
    records: int
    """Ordinary records in it; the story's come on top."""


def number_of(seed: int, delivery: Delivery) -> int:
    """Return the number everything random in this file comes from."""
    return seed_of(seed, *delivery[:5])


def key_of(seed: int, delivery: Delivery) -> str:
    """Return the object key."""
    known = organization()
    account = known.accounts[delivery.account]
    time = gmtime(delivery.slot)
    folder = f"AWSLogs/{known.id}/{account}/{delivery.kind}/{delivery.region}"
    label = strftime("%Y/%m/%d", time), strftime("%Y%m%dT%H%MZ", time)
    name = f"{account}_{delivery.kind}_{delivery.region}_{label[1]}"
    unique = base62(number_of(seed, delivery), 16)
    return f"{folder}/{label[0]}/{name}_{unique}.json.gz"


class Cell(NamedTuple):
    """An account and Region, and how busy it is in each five minutes of the week."""

    account: str
    region: str
    rates: list[int]


def slots_of(now: int, days: float) -> list[int]:
    """Return the slots in seconds, newest first; nothing in them is later than `now` (seconds)."""
    newest = now // SLOT * SLOT
    return [newest - SLOT * back for back in range(max(1, int(days * DAY / SLOT)))]


def _weights(rng: Random, cells: list[Cell], slots: list[int], events: int) -> Iterator[float]:
    weeks = [[cell.rates[week_slot(slot)] for cell in cells] for slot in slots]
    total = sum(sum(rates) for rates in weeks)
    least = max(LEAST_RECORDS, events // FILES)
    for rates in weeks:
        for rate in rates:
            expected = events * rate / total
            burst = 0.2 + 0.17 / (0.01 + rng.random())
            if expected >= least:
                yield expected * burst
            else:
                yield least * burst if rng.random() * least < expected else 0.0


def plan(seed: int, workload: Workload, slots: list[int], events: int) -> Iterator[Delivery]:
    """Yield the deliveries of ordinary records, newest first; they hold `events` in all."""
    known = organization()
    cells = [
        Cell(account, region, workload.rates(account, region))
        for account in known.accounts
        for region in known.regions.names
    ]
    cells = [cell for cell in cells if any(cell.rates)]
    rng = seeded(seed, "plan", slots[0], len(slots), events)
    totals = list(accumulate(_weights(rng, cells, slots, events)))
    whole = totals[-1] or 1.0
    before = 0
    for place, total in enumerate(totals):
        upto = int(events * total / whole)
        if upto > before:
            slot, cell = slots[place // len(cells)], cells[place % len(cells)]
            yield from _parts(cell, slot, upto - before)
        before = upto


def _parts(cell: Cell, slot: int, records: int) -> Iterator[Delivery]:
    part = 0
    while records > 0:
        size = min(records, MOST_RECORDS)
        yield Delivery(TRAIL, cell.account, cell.region, slot, part, size)
        records -= size
        part += 1
