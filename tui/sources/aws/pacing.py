"""How fast AWS is asked: close to its limit of requests, never above it, and slower when told so.

The limit of an account and Region is shared with the console and every other program, so being
below it is no promise of not being throttled. Knows neither clients nor errors.

Source: "Quotas in AWS CloudTrail": 2 LookupEvents requests a second per account and Region.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

_SLACK = 1.07
"""How much longer than AWS's the window is in which requests are counted: they travel for
different times. 93 % of the limit remain."""
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 20.0
"""Seconds; a pause doubles with each setback in a row."""
_DOUBLINGS = 5
"""After so many the longest pause is reached."""
_SLICE = 0.25
"""Seconds after which a waiting thread looks whether it should stop."""
_TICK = 0.001
"""Seconds below which sleeping is of no use."""


def _never() -> bool:
    return False


class Pacer:
    """Lets threads through at `rate` requests in `per` seconds, shared by all that use it.

    `clock` returns seconds and never goes back, `sleep` takes seconds.
    """

    def __init__(
        self,
        rate: float = 2.0,
        per: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        most = max(1, int(rate))
        self._window = most * per / rate * _SLACK
        self._sent: deque[float] = deque(maxlen=most)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._lock = Lock()
        self._resumes = float("-inf")
        self._setbacks = 0
        self.rate = rate / per / _SLACK
        """Requests a second at best."""
        self.requests = 0
        """Let through so far."""
        self.throttles = 0
        """Throttled so far."""

    def wait(self, cancelled: Callable[[], bool] = _never) -> bool:
        """Wait for the next request's turn; return False if it was cancelled meanwhile."""
        while not cancelled():
            left = self._take()
            if left <= 0:
                return True
            self._sleep(min(max(left, _TICK), _SLICE))
        return False

    def throttled(self) -> None:
        """Pause everyone: AWS throttled a request."""
        with self._lock:
            self.throttles += 1
        self.failed()

    def failed(self) -> None:
        """Pause everyone, longer each time in a row, for a time that nobody else chooses too."""
        with self._lock:
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._setbacks, _DOUBLINGS))
            self._setbacks += 1
            self._resumes = self._clock() + pause * (0.5 + self._chance() / 2)

    def succeeded(self) -> None:
        """Forget the setbacks: AWS answered."""
        with self._lock:
            self._setbacks = 0

    def _take(self) -> float:
        """Take a turn if there is one; return the seconds until there may be."""
        with self._lock:
            now = self._clock()
            turn = self._resumes
            if len(self._sent) == self._sent.maxlen:
                turn = max(turn, self._sent[0] + self._window)
            if now < turn:
                return turn - now
            self._sent.append(now)
            self.requests += 1
            return 0.0


class Pacers:
    """One pacer for each account and Region, as AWS limits all requests there together."""

    def __init__(self, make: Callable[[], Pacer] = Pacer) -> None:
        self._make = make
        self._made: dict[tuple[str, str], Pacer] = {}
        self._lock = Lock()

    def at(self, account: str, region: str) -> Pacer:
        """Return the pacer of an account and Region, always the same one; from any thread."""
        with self._lock:
            if (account, region) not in self._made:
                self._made[account, region] = self._make()
            return self._made[account, region]
