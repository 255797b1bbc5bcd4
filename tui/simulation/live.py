"""The simulated accounts as they go on living: what happens from a moment on, as it is delivered.

Owns when a record arrives: most within seconds, a few so late that their time was taken for
complete, as from any real source. Now and then one is a step of the attack, told once more.
Deliveries depend on the seed and the start alone, however the time is cut.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import NamedTuple

from tui.simulation.attack import Attack, Told
from tui.simulation.organization import organization
from tui.simulation.tokens import seeded, stamp
from tui.simulation.workload import Workload, week_slot

RATE = 2.0
"""Events a second, on average, unless somebody wants more or fewer."""
SOON, SPREAD = 0.2, 2.0
"""Seconds from most events to their delivery: at least, and how much more."""
ONE_IN_LATE = 40
LATE, LATEST = 960, 1_500
"""Seconds from the others to theirs: more than the 15 minutes that are waited for late ones."""
ATTACK_EVERY = 12
"""Seconds between two steps of the attack, on average."""
ATTACK_FROM = 36 * 60
"""Second of the story at which it is told on: the thief is in and goes to work."""

_NAME = re.compile(r'"eventName":"(\w+)"')


class Arrival(NamedTuple):
    """One record, with when it happened and when it is delivered, in ms since 1970 UTC."""

    delivered: int
    time: int
    record: bytes


class LiveAccounts:
    """What happens after `start` (ms since 1970 UTC) in the organization of a workload."""

    def __init__(self, seed: int, workload: Workload, start: int, rate: float = RATE) -> None:
        """`rate` is in events a second, on average."""
        self._seed = seed
        self._workload = workload
        self._rate = rate
        self._start = start // 1000
        self._next = self._start + 1 - LATEST
        self._waiting: list[tuple[int, int, Arrival]] = []
        self._made = 0
        self._story = self._told(start // 1000)
        self._cells = [
            (account, region)
            for account in organization().accounts
            for region in organization().regions.names
        ]
        self._rates = [workload.rates(*cell) for cell in self._cells]

    @property
    def start(self) -> int:
        """From when on all is delivered here, ms since 1970 UTC."""
        return self._start * 1000

    def until(self, now: int) -> list[Arrival]:
        """Return what is delivered up to `now` (ms) and was not returned yet, in that order."""
        while self._next * 1000 <= now:
            self._late(self._next)
            if self._next > self._start:
                self._live(self._next)
            self._next += 1
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            found.append(heapq.heappop(self._waiting)[-1])
        return found

    def _live(self, second: int) -> None:
        """Let one second pass."""
        rng = seeded(self._seed, "live", second)
        for _ in range(int(2 * self._rate * rng.random() + rng.random())):
            self._send(second, self._any(second, rng), SOON + SPREAD * rng.random())
        if rng.random() * ATTACK_EVERY < 1:
            told = next(self._story, None)
            if told:
                record = told.record.replace(stamp(told.time), stamp(second))
                self._send(second, record, SOON + SPREAD * rng.random())

    def _late(self, second: int) -> None:
        """Let what is delivered late happen in one second, if it is delivered after the start."""
        rng = seeded(self._seed, "late", second)
        delay = LATE + (LATEST - LATE) * rng.random()
        if rng.random() * ONE_IN_LATE < self._rate and second + delay > self._start:
            self._send(second, self._any(second, rng), delay)

    def _any(self, second: int, rng: Random) -> str:
        slot = week_slot(second)
        totals = list(accumulate(rate[slot] for rate in self._rates))
        place = bisect(totals, int(rng.random() * totals[-1]))
        return self._workload.one(*self._cells[place], second, rng)

    def _send(self, second: int, record: str, delay: float) -> None:
        arrival = Arrival(int(1000 * (second + delay)), 1000 * second, record.encode())
        self._made += 1
        heapq.heappush(self._waiting, (arrival.delivered, self._made, arrival))

    def _told(self, start: int) -> Iterator[Told]:
        """Yield the story from the break-in on, each kind of call once."""
        seen: set[str] = set()
        for told in Attack(self._seed, start, self._workload).records():
            name = _NAME.search(told.record)
            if told.time >= start + ATTACK_FROM and name and name[1] not in seen:
                seen.add(name[1])
                yield told
