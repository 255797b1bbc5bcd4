"""The simulated organization as a source of log files, and as it goes on living.

A file's bytes are made when it is read, from the seed and its own name alone: reading in any
order, in any process, gives the same. The decompressed bytes are the same everywhere; the
compressed ones for one build of isal on one kind of processor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from isal import igzip

from tui.domain.coverage import Covered
from tui.domain.objects import LogObject
from tui.simulation.attack import LENGTH, Attack, renewals
from tui.simulation.covering import covered
from tui.simulation.delivery import (
    TRAIL,
    Delivery,
    key_of,
    number_of,
    plan,
    slots_of,
)
from tui.simulation.kinds import Extra, extras
from tui.simulation.live import RATE, LiveAccounts
from tui.simulation.organization import organization
from tui.simulation.tokens import DAY, SLOT, seeded
from tui.simulation.workload import Workload

ORDINARY_EVENTS, ORDINARY_DAYS = 50_000, 7
STORY_BEFORE_NOW = 26 * 3_600
DELIVERY_DELAY = 420
"""Seconds until a record of the story is delivered."""
COMPRESSION = 1
BYTES_PER_FILE, BYTES_PER_RECORD = 700, 205
"""Compressed, about; for the sizes of files that have not been made yet."""
VERSION = "1"
"""Of every file: none of them ever changes."""
ONE_IN_REPEATS = 61
"""One in so many files delivers records again that the file before it had."""


class SimulatedAccounts:
    """`events` ordinary events over `days` until `now` (ms since 1970 UTC), and the story.

    A CoveringSource. Sizes are estimates; everything else about a file is exact.
    """

    def __init__(self, seed: int, now: int, days: float = 7, events: int = 50_000) -> None:
        self.passed_over = 0
        self._seed = seed
        self.now = now
        """When the simulation began to live, ms since 1970 UTC."""
        self._days = days
        self._events = events
        scale = events / ORDINARY_EVENTS
        span = int(days * DAY * 0.7)
        self._story = now // 1000 - min(STORY_BEFORE_NOW, max(LENGTH + 2 * SLOT, span))
        pace = scale * ORDINARY_DAYS / days
        self._workload = Workload(seed, pace, scale, renewals(self._story))
        self._files: dict[str, Delivery] = {}
        self._before: dict[str, Delivery] = {}
        self._extras: dict[tuple[str, str, str, int], list[str]] = {}

    def __reduce__(self) -> tuple[type[SimulatedAccounts], tuple[int, int, float, int]]:
        return SimulatedAccounts, (self._seed, self.now, self._days, self._events)

    @property
    def seed(self) -> int:
        """Which organization it is."""
        return self._seed

    @property
    def story(self) -> int:
        """When the attack begins, in seconds since 1970."""
        return self._story

    def objects(self) -> Iterator[LogObject]:
        """Yield every file, newest first by the slot in its name."""
        self._plan()
        for uri, delivery in self._files.items():
            extra = self._extras.get(_slot_of(delivery), []) if delivery.part == 0 else []
            size = BYTES_PER_FILE + BYTES_PER_RECORD * (delivery.records + len(extra))
            yield LogObject(uri, "demo", size, delivery.slot * 1000, VERSION)

    def read(self, item: LogObject) -> bytes:
        """Return the gzip bytes of a file; FileNotFoundError when there is no such file."""
        return igzip.compress(self.text(item.uri), COMPRESSION, mtime=0)

    def text(self, uri: str) -> bytes:
        """Return the JSON text of a file; FileNotFoundError when there is no such file."""
        self._plan()
        delivery = self._files.get(uri)
        if delivery is None:
            raise FileNotFoundError(uri)
        rng = seeded(number_of(self._seed, delivery))
        records = self._ordinary(delivery, rng)
        if delivery.part == 0:
            records += self._extras.get(_slot_of(delivery), [])
        if uri in self._before:
            before = self._before[uri]
            records += self._ordinary(before, seeded(number_of(self._seed, before)))[:2]
        rng.shuffle(records)
        return f'{{"Records":[{",".join(records)}]}}'.encode()

    def covered(self) -> Sequence[Covered]:
        """Return what all files together cover."""
        self._plan()
        return list(covered(self._files.values(), self.now))

    def live(self, start: int, rate: float = RATE) -> LiveAccounts:
        """Return what goes on happening after `start` (ms since 1970 UTC), at events a second."""
        return LiveAccounts(self._seed, self._workload, start, rate)

    def _ordinary(self, delivery: Delivery, rng: Random) -> list[str]:
        if not delivery.records:
            return []
        return self._workload.records(
            delivery.account, delivery.region, delivery.slot, delivery.records, rng
        )

    def _plan(self) -> None:
        if self._files:
            return
        slots = slots_of(self.now // 1000, self._days)
        self._place_extras(slots)
        planned = list(plan(self._seed, self._workload, slots, self._events))
        have = {_slot_of(delivery) for delivery in planned}
        planned += [Delivery(*slot, 0, 0) for slot in self._extras if slot not in have]
        planned.sort(key=lambda delivery: (-delivery.slot, delivery[:3], delivery.part))
        bucket = organization().bucket
        latest: dict[tuple[str, str, str], str] = {}
        for delivery in planned:
            uri = f"s3://{bucket}/{key_of(self._seed, delivery)}"
            self._files[uri] = delivery
            newer = latest.get(delivery[:3])
            if newer and delivery.records and number_of(self._seed, delivery) % ONE_IN_REPEATS == 0:
                self._before[newer] = delivery
            if delivery.records:
                latest[delivery[:3]] = uri

    def _place_extras(self, slots: list[int]) -> None:
        told = Attack(self._seed, self._story, self._workload).records()
        found = [Extra(TRAIL, *record) for record in told]
        found += extras(self._seed, self._story, (slots[-1], slots[0]), self._workload)
        for extra in found:
            slot = -(-(extra.time + DELIVERY_DELAY) // SLOT) * SLOT
            if slots[-1] <= slot <= slots[0]:
                place = (extra.kind, extra.account, extra.region, slot)
                self._extras.setdefault(place, []).append(extra.record)


def _slot_of(delivery: Delivery) -> tuple[str, str, str, int]:
    return delivery[:4]
