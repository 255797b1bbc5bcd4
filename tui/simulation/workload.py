"""The ordinary days: which persona works in a place at a time, and the calls it makes.

People and machines work in errands: a run of calls by one session within seconds. The first
record of a session is the STS call that began it, where that call falls into the same delivery.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate, islice
from random import Random
from typing import NamedTuple

from tui.simulation.catalogue import Call, Fault, call, matching, services
from tui.simulation.identities import Birth, Session, at_the_door, begun, session, sts_values
from tui.simulation.organization import HOME, SLOTS_PER_WEEK, Persona, personas
from tui.simulation.resources import Resources
from tui.simulation.scene import Place, Press, Scene
from tui.simulation.tokens import DAY, SLOT, seed_of

SHARE_UNIT = 1_000_000_000_000
"""Large, because rates are whole numbers: sums of floats differ between Pythons."""
NEAREST, SPREAD = 120, 780
"""Seconds from an event to its delivery: at least, and how much more (user guide: minutes)."""
LATE = 0.0004
"""Part of the errands that are delivered hours late."""
LATE_BY, LATE_SPREAD = 3_600, 90_000
"""Seconds these take longer: at least, and how much more."""
LONGEST_WAIT = NEAREST + SPREAD + LATE_BY + LATE_SPREAD
"""Seconds that no event takes longer than to its delivery."""
SESSIONS_KEPT = 6_000
BOUND = ("instance", "function", "role")
PEOPLE = ("sso", "oidc")
"""Kinds that begin their sessions at the global endpoint."""


def week_slot(seconds: int) -> int:
    """Return which five minutes of the week this is, from Monday 00:00 UTC."""
    return (seconds + 3 * DAY) // SLOT % SLOTS_PER_WEEK


class Menu(NamedTuple):
    """What a persona calls in a Region, with running totals of the weights."""

    calls: list[Call]
    totals: list[float]


class Cast(NamedTuple):
    """The personas that work in one place at one time, with running totals of their rates."""

    personas: list[Persona]
    totals: list[int]


def _menu(persona: Persona, region: str) -> Menu:
    calls: list[Call] = []
    weights: list[float] = []
    for pattern, weight in persona.menu.items():
        found = matching(pattern, region)
        *_, total = accumulate((each.action.weight for each in found), initial=0.0)
        single = ":" in pattern and len(found) == 1
        for each in found:
            part = 1.0 if single else each.action.weight / total
            calls.append(each)
            weights.append(weight * part)
    return Menu(calls, list(accumulate(weights)))


def _home(persona: Persona, place: Place) -> str:
    """Return the Region a session is bound to; people and users are the same everywhere."""
    return place.region if persona.kind in BOUND else ""


class Workload:
    """What the organization does, given a seed and its size.

    `pace` is how many times busier than 50,000 events in a week it is: more callers; `scale` the
    same for the number of events in all: more resources. `renewals` says at which second a
    persona gets a new long-term key.
    """

    def __init__(
        self, seed: int, pace: float, scale: float, renewals: dict[str, int] | None = None
    ) -> None:
        self._renewals = renewals or {}
        self._seed = seed
        self._pace = max(1.0, pace)
        self._scale = max(1.0, scale)
        self._press = Press()
        self._places: dict[tuple[str, str], Place] = {}
        self._parts: dict[tuple[str, str], list[tuple[Persona, int]]] = {}
        self._shifts: dict[tuple[str, str], list[int]] = {}
        self._menus: dict[tuple[str, str], Menu] = {}
        self._casts: dict[tuple[str, str, int], Cast] = {}
        self._sessions: dict[tuple[str, str, str, int, int, bool], Session] = {}
        self._pulses = {name: persona.pulse() for name, persona in personas().items()}

    def place(self, account: str, region: str) -> Place:
        """Return an account and Region with its resources."""
        known = (account, region)
        if known not in self._places:
            resources = Resources(self._seed, account, region, self._scale)
            endpoint = f"vpce-0{seed_of(self._seed, 'endpoint', *known):032x}"[:22]
            self._places[known] = Place(account, region, resources, endpoint)
        return self._places[known]

    def coefficients(self, account: str, region: str) -> list[tuple[Persona, int]]:
        """Return each persona that works there and how much of all events its pulse makes."""
        known = (account, region)
        if known not in self._parts:
            self._parts[known] = self._coefficients(account, region)
        return self._parts[known]

    def _coefficients(self, account: str, region: str) -> list[tuple[Persona, int]]:
        found = []
        for name, persona in personas().items():
            *_, regions = accumulate(persona.regions.values())
            part = persona.regions.get(region, 0.0) / regions
            part *= persona.accounts.count(account) / len(persona.accounts)
            if part > 0 and self._menu(persona, region).calls:
                whole = sum(self._pulses[name])
                found.append((persona, max(1, int(SHARE_UNIT * persona.share * part / whole))))
        return found

    def rates(self, account: str, region: str) -> list[int]:
        """Return how busy the place is in each five minutes of the week, in one unit for all."""
        rates = [0] * SLOTS_PER_WEEK
        for persona, coefficient in self.coefficients(account, region):
            pulse = self._pulses[persona.name]
            rates = [rate + coefficient * p for rate, p in zip(rates, pulse, strict=True)]
        return rates

    def _menu(self, persona: Persona, region: str) -> Menu:
        known = (persona.name, region)
        if known not in self._menus:
            self._menus[known] = _menu(persona, region)
        return self._menus[known]

    def _cast(self, place: Place, slot: int) -> Cast:
        known = (place.account, place.region, slot)
        if known not in self._casts:
            rows = self.coefficients(place.account, place.region)
            # An errand of a persona with long runs makes more records: (2 + run) / 3 on average.
            pulses = [
                3 * part * self._pulses[persona.name][slot] // (2 + persona.run)
                for persona, part in rows
            ]
            self._casts[known] = Cast([persona for persona, _ in rows], list(accumulate(pulses)))
        return self._casts[known]

    def _members(self, persona: Persona) -> int:
        return int(persona.members * self._pace) if persona.scaled else persona.members

    def _phases(self, persona: Persona, home: str) -> list[int]:
        """Return by how much each member's sessions begin before whole multiples of their life."""
        known = (persona.name, home)
        if known not in self._shifts:
            shift = len(home) * 977
            members = range(self._members(persona))
            self._shifts[known] = [(m * 483_059 + shift) % persona.life for m in members]
        return self._shifts[known]

    def session(self, persona: Persona, place: Place, member: int, at: int) -> Session:
        """Return the credentials this member uses at this second."""
        home = _home(persona, place)
        phase = self._phases(persona, home)[member]
        block = (at + phase) // persona.life
        renewed = at >= self._renewals.get(persona.name, at + 1)
        known = (persona.name, place.account, home, member, block, renewed)
        found = self._sessions.get(known)
        if found is None:
            if len(self._sessions) >= SESSIONS_KEPT:
                self._sessions.clear()
            born = block * persona.life - phase
            found = session(
                Birth(self._seed, persona, place.account, home, member, block, born, renewed)
            )
            self._sessions[known] = found
        return found

    def records(self, account: str, region: str, slot: int, count: int, rng: Random) -> list[str]:
        """Return `count` records of what was delivered there at second `slot`."""
        place = self.place(account, region)
        cast = self._cast(place, week_slot(slot))
        found = list(islice(self._births(place, slot, rng), count))
        while len(found) < count:
            wait = NEAREST + int(SPREAD * rng.random())
            if rng.random() < LATE:
                wait += LATE_BY + int(LATE_SPREAD * rng.random())
            latest = slot - NEAREST
            found += self._errand(place, cast, (slot - wait, latest), count - len(found), rng)
        return found

    def one(self, account: str, region: str, at: int, rng: Random) -> str:
        """Return one record of a call completed at this second."""
        place = self.place(account, region)
        cast = self._cast(place, week_slot(at))
        return next(iter(self._errand(place, cast, (at, at), 1, rng)))

    def _births(self, place: Place, slot: int, rng: Random) -> Iterator[str]:
        """Yield the STS calls of the sessions that began five to ten minutes before."""
        start = slot - 2 * SLOT
        for persona, _ in self.coefficients(place.account, place.region):
            abroad = persona.kind in PEOPLE and place.region != HOME
            if abroad or persona.via or not self._pulses[persona.name][week_slot(start)]:
                continue
            edge = start + SLOT
            phases = self._phases(persona, _home(persona, place))
            for member, phase in enumerate(phases):
                if (edge + phase) % persona.life < SLOT:
                    who = self.session(persona, place, member, edge)
                    if who.begun_by:
                        yield self._birth(place, who, rng)

    def _birth(self, place: Place, who: Session, rng: Random) -> str:
        scene = Scene(rng, place, begun(who), 1)
        scene.time = who.born
        scene.fixed = sts_values(who)
        return self._press.record(scene, call(f"sts:{who.begun_by}"))

    def _errand(
        self, place: Place, cast: Cast, span: tuple[int, int], limit: int, rng: Random
    ) -> Iterator[str]:
        at, latest = span
        total = cast.totals[-1]
        persona = cast.personas[
            min(bisect(cast.totals, rng.random() * total), len(cast.totals) - 1)
        ]
        u = rng.random()
        member = int(self._members(persona) * u * u)
        who = self.session(persona, place, member, at)
        scene = Scene(rng, place, who, int(60_000 * self._scale))
        scene.time = at
        menu = self._menu(persona, place.region)
        u = rng.random()
        last = len(menu.calls) - 1
        for _ in range(min(limit, 1 + int(persona.run * u * u))):
            chosen = menu.calls[min(bisect(menu.totals, rng.random() * menu.totals[-1]), last)]
            scene.session = at_the_door(who) if chosen.action.kind == "n" else who
            yield self._press.record(scene, chosen, self._fault(persona, chosen, rng))
            scene.time = min(scene.time + int(3 * rng.random()), latest)

    def _fault(self, persona: Persona, chosen: Call, rng: Random) -> Fault | None:
        if rng.random() >= persona.faults:
            return None
        faults = services()[chosen.service].faults
        totals = list(accumulate(fault.weight for fault in faults))
        return faults[bisect(totals, rng.random() * totals[-1])] if faults else None
