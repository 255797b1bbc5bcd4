"""Where every source of the background sync stands, and the hand on it: pause, stop, retry.

Filled by the threads of the sync, looked at by screens; knows neither.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from threading import Event, Lock
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.coverage import Scope
from tui.domain.syncing import AddedSource, Phase, Standing, Wish
from tui.screens.syncing.added import AddedSources
from tui.screens.syncing.lines import Line, Source
from tui.screens.syncing.wishes import Run, Wishes
from tui.sources.aws.pacing import Pacers
from tui.widgets.pace import Pace

if TYPE_CHECKING:  # loading boto3 takes longer than the first paint
    from tui.jobs.syncing.plan import Plan
    from tui.jobs.syncing.sync import Stream

_OFTEN = 0.25
"""Seconds between two messages about sources that only went on."""
TO_RETRY = (Phase.FAILED, Phase.STOPPED)
"""Phases of a source that can be tried again."""


class Stage(StrEnum):
    """What the sync as a whole is doing."""

    OFF = "off"
    PLANNING = "planning"
    RUNNING = "running"
    OFFLINE = "offline"
    """No source could be asked: no credentials, or no network."""
    ENDED = "ended"


class Overview(NamedTuple):
    """The whole sync in a few numbers."""

    stage: Stage = Stage.OFF
    total: int = 0
    done: int = 0
    failed: int = 0
    stopped: int = 0
    share: float | None = None
    """How much of the wanted time is covered, over all sources that did not fail."""
    events: int = 0
    held: bool = False
    again: bool = False
    """Whether all that is running only looks for what is new."""
    left: float | None = None
    """Seconds until it is looked again."""


class SyncBoard:
    """The progress port of a sync, from any thread; `wish` is None where nothing is synced."""

    def __init__(
        self,
        wish: Wish | None = None,
        told: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wishes = Wishes(wish, clock)
        self.pacers = Pacers()
        """Of all that ask AWS here."""
        self._added = AddedSources()
        self._scopes: dict[Wish, frozenset[Scope]] = {}
        """What each wish was planned to be."""
        self._problems: dict[Wish, tuple[str, ...]] = {}
        self._notes: dict[Wish, tuple[str, ...]] = {}
        self._tell = told
        self._clock = clock
        self._told = float("-inf")
        self._lock = Lock()
        self._lines: dict[int, Line] = {}
        self._planning = 0
        self._runs = 0
        self._quiet = 0
        """How many of both only look for what is new."""
        self._ever = False
        self._stopped = Event()
        self._held = Event()

    # What the sync tells and asks.

    def stands(self, standing: Standing) -> None:
        """Take note of one source, and tell whoever looks, a few times a second at most."""
        now = self._clock()
        with self._lock:
            if line := self._lines.get(id(standing)):
                line.take(now)
            due = now - self._told >= _OFTEN
            if due:
                self._told = now
        if due:
            self._tell()

    def cancelled(self) -> bool:
        """Return whether the user stopped it."""
        return self._stopped.is_set()

    def held(self) -> bool:
        """Return whether the user paused it."""
        return self._held.is_set()

    def begin(self, run: Run) -> None:
        """Take note that what there is to sync is being found out."""
        with self._lock:
            self._planning += 1
            self._quiet += run.again
            self._ever = True
            self._stopped.clear()
        self._tell()

    def planned(self, plan: Plan, run: Run) -> list[Stream]:
        """Return the streams to run: none that is running, and of those at their end what is asked.

        A first run and a retry leave alone what came to its end; a repeated one asks it again.
        """
        with self._lock:
            self._planning -= 1
            self._runs += 1
            if run.base not in self.wishes:
                return []
            scopes = frozenset(stream.standing.scope for stream in plan.streams)
            told = self._added.planned(run.base, scopes, plan.problems)
            self._scopes[run.base] = scopes
            self._problems[run.base] = () if told else tuple(plan.problems)
            self._notes[run.base] = tuple(plan.notes)
            lines = {line.standing.scope: line for line in self._lines.values()}
            fresh = [stream for stream in plan.streams if self._is_to_run(stream, run, lines)]
            for stream in fresh:
                before = lines.get(stream.standing.scope)
                counts = before.sum() if before else Standing(stream.standing.scope)
                if before:
                    del self._lines[id(before.standing)]
                self._lines[id(stream.standing)] = Line(stream.standing, Pace(), Pace(), counts)
        self._tell()
        return fresh

    def _is_to_run(self, stream: Stream, run: Run, lines: Mapping[Scope, Line]) -> bool:
        scope = stream.standing.scope
        if run.only is not None and scope != run.only:
            return False
        line = lines.get(scope)
        asked = (*TO_RETRY, Phase.DONE) if run.again else TO_RETRY
        return line is None or line.standing.phase in asked

    def ended(self, run: Run, *, planned: bool) -> None:
        """Take note that a run is over, whether it got as far as a plan or not."""
        with self._lock:
            self._runs -= planned
            self._planning -= not planned
            self._quiet -= run.again
        if not self.busy and not self.cancelled():
            self.wishes.wait()
        self._tell()

    # What the user does.

    def add(self, sources: Iterable[AddedSource], *, again: bool = False) -> list[Run]:
        """Take up sources that were added; return the runs of those nobody looks after.

        With `again`, also of those that are looked after and led to nothing so far.
        """
        with self._lock:
            wishes = [wish for source in sources if (wish := self._added.take(source))]
        self._tell()
        fresh = [wish for wish in dict.fromkeys(wishes) if self.wishes.add(wish) or again]
        return [Run(wish, wish) for wish in fresh]

    def knows(self, source: AddedSource) -> bool:
        """Return whether that is synced already."""
        return source.wish in self.wishes or source.text in self._added

    def drop(self, text: str) -> frozenset[Scope]:
        """Stop syncing what was added as `text`; return what nobody asks for any more."""
        with self._lock:
            wish = self._added.drop(text)
            if wish is None:
                return frozenset()
            self.wishes.remove(wish)
            gone = self._scopes.pop(wish, frozenset()).difference(*self._scopes.values())
            for said in (self._problems, self._notes):
                said.pop(wish, None)
            kept = {n: line for n, line in self._lines.items() if line.standing.scope not in gone}
            self._lines = kept
        self._tell()
        return gone

    def stop(self) -> None:
        """Stop at the next safe point, and look for nothing new until something is begun."""
        self._stopped.set()
        self.wishes.stop()

    def hold(self) -> bool:
        """Pause everything, or let it go on; return whether it is paused now."""
        if self._held.is_set():
            self._held.clear()
        else:
            self._held.set()
        return self._held.is_set()

    # What screens show.

    @property
    def wish(self) -> Wish | None:
        """What was wished at the start; None where nothing is synced."""
        return self.wishes.first

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be planned, as sentences."""
        return tuple(each for some in self._problems.values() for each in some)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing and is no problem: what trails leave out, what limits took away."""
        return tuple(each for some in self._notes.values() for each in some)

    def note(self, run: Run, said: Sequence[str]) -> None:
        """Take note of what a run has to say."""
        with self._lock:
            if run.base in self.wishes:
                self._notes[run.base] = (*self._notes.get(run.base, ()), *said)

    def is_due(self) -> bool:
        """Whether it is time to look for what is new."""
        return self.wishes.is_due() and not self.busy and not self.held()

    @property
    def busy(self) -> bool:
        """Whether something is being planned or synced."""
        return bool(self._planning or self._runs)

    @property
    def to_retry(self) -> bool:
        """Whether something did not come to its end and could be tried again now."""
        if self.wish is None or self._planning:
            return False
        return bool(self.problems) or any(s.standing.phase in TO_RETRY for s in self.sources())

    def sources(self) -> list[Source]:
        """Return every source as it stands now."""
        with self._lock:
            found = [
                line.source(self._added.text_of(line.standing.scope))
                for line in self._lines.values()
            ]
            return found + [Source(each, None, None, text) for text, each in self._added.alone()]

    def overview(self) -> Overview:
        """Return the numbers over all sources."""
        standings = [source.standing for source in self.sources()]
        phases = [each.phase for each in standings]
        shares = [
            1.0 if each.phase is Phase.DONE else each.share
            for each in standings
            if each.phase not in TO_RETRY
        ]
        known = any(share is not None for share in shares)
        return Overview(
            self._stage(len(self._lines)),
            len(standings),
            phases.count(Phase.DONE),
            phases.count(Phase.FAILED),
            phases.count(Phase.STOPPED),
            sum(share or 0.0 for share in shares) / len(shares) if known else None,
            sum(each.events for each in standings),
            self.held(),
            self.busy and self._quiet == self._planning + self._runs,
            self.wishes.left,
        )

    def _stage(self, sources: int) -> Stage:
        if self.wish is None or not self._ever:
            return Stage.OFF
        if self._runs and sources:
            return Stage.RUNNING
        if self.busy:
            return Stage.PLANNING
        return Stage.ENDED if sources else Stage.OFFLINE
