"""Where every followed feed stands and what has landed.

Filled by the threads of `jobs.tailing.tail`, looked at by screens; it knows neither. What landed is
kept as row numbers only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import NamedTuple

from tui.domain.tailing import Feed, FeedPhase, FeedState, Landed
from tui.sources.aws.pacing import Pacers

_BROKEN = (FeedPhase.FAILED, FeedPhase.PAUSED)


class Moment(NamedTuple):
    """A moment while following; what landed later has higher row numbers."""

    at: int
    """ms since 1970 UTC."""
    number: int
    """The last row that had landed."""


class FeedBoard:
    """What every run of following has found out; any thread may tell it and ask."""

    def __init__(
        self,
        told: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`told` is called when something landed or a feed changed its phase."""
        self._tell = told
        self._clock = clock
        self._lock = Lock()
        self._states: dict[Feed, FeedState] = {}
        self._landed: list[range] = []
        self._late: list[int] = []
        self.problems: tuple[str, ...] = ()
        """What cannot be followed, as sentences."""
        self.offers: tuple[str, ...] = ()
        """Sources that would be better than those which are followed, as sentences."""

    # What a run tells.

    def planned(self, problems: Sequence[str], offers: Sequence[str]) -> None:
        """Take note of what cannot be followed, and of what could be followed instead."""
        self.problems, self.offers = tuple(problems), tuple(offers)
        self._tell()

    def stands(self, state: FeedState) -> None:
        """Take note of one feed."""
        with self._lock:
            before = self._states.get(state.feed)
            self._states[state.feed] = state
        if before is None or before.phase is not state.phase:
            self._tell()

    def landed(self, landed: Landed) -> None:
        """Take note of a committed batch."""
        if not landed.numbers:
            return
        with self._lock:
            numbers = landed.numbers
            if self._landed and self._landed[-1].stop == numbers.start:
                numbers = range(self._landed.pop().start, numbers.stop)
            self._landed.append(numbers)
            self._late += landed.late
        self._tell()

    # What the screen does and shows.

    def begin(self, pacers: Pacers | None = None) -> FeedRun:
        """Take note that following begins; return the progress port of it."""
        with self._lock:
            self._states.clear()
        self.problems = self.offers = ()
        return FeedRun(self, pacers or Pacers())

    def states(self) -> list[FeedState]:
        """Return every feed as it stands now; those with a problem first."""
        with self._lock:
            found = list(self._states.values())
        return sorted(found, key=lambda state: (state.phase not in _BROKEN, state.feed))

    def now(self) -> Moment:
        """Return this moment."""
        with self._lock:
            number = self._landed[-1].stop - 1 if self._landed else 0
        return Moment(int(self._clock() * 1000), number)

    def late(self) -> list[int]:
        """Return the row numbers, in the order of landing, of what came late."""
        with self._lock:
            return list(self._late)

    def since(self, number: int) -> Sequence[range]:
        """Return the row numbers that landed above one."""
        with self._lock:
            later = [each for each in self._landed if each.stop > number + 1]
        return [range(max(each.start, number + 1), each.stop) for each in later]


class FeedRun:
    """The progress port of one run of `jobs.tailing.tail`."""

    def __init__(self, board: FeedBoard, pacers: Pacers) -> None:
        self._board = board
        self.pacers = pacers
        """Of all that ask for event history meanwhile."""
        self._stopped = Event()
        self.ended = Event()
        """Set when its threads have let go of the feeds."""

    def planned(self, problems: Sequence[str], offers: Sequence[str]) -> None:
        """Take note of what cannot be followed, and of what could be followed instead."""
        self._board.planned(problems, offers)

    def stands(self, state: FeedState) -> None:
        """Take note of one feed."""
        if not self._stopped.is_set():
            self._board.stands(state)

    def landed(self, landed: Landed) -> None:
        """Take note of a committed batch."""
        self._board.landed(landed)

    def beat(self) -> None:
        """Let it go on: who looks has a clock of his own."""

    def stop(self) -> None:
        """Ask it to stop at its next safe point."""
        self._stopped.set()

    def stopped(self) -> bool:
        """Return whether the user stopped following."""
        return self._stopped.is_set()

    def held(self) -> bool:
        """Never wait: what is held is the view, not what lands."""
        return False
