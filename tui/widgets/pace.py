"""How fast work goes and when it will be done, from its own reports; pure but for the clock given.

A report that goes back (a retry, a total that grew) never moves the bar back.
"""

from __future__ import annotations

from tui.domain.progress import Step

_MEMORY = 8.0
"""Seconds over which an old rate loses most of its say."""

_SOON = 2.0
"""Seconds of work before its rate means anything."""


class Pace:
    """The rate of one piece of work; times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._label: str | None = None
        self._begun = 0.0
        self._last = 0.0
        self._done = 0
        self._rate: float | None = None
        self.share = 0.0
        """From 0 to 1, never falling within one label; 0 while the total is not known."""

    def take(self, step: Step, now: float) -> None:
        """Take note of a report; another label is other work and starts anew."""
        if step.label != self._label:
            self._label, self._rate, self.share = step.label, None, 0.0
            self._begun = self._last = now
            self._done = step.done
        passed, made = now - self._last, step.done - self._done
        if passed > 0 and made >= 0:
            rate = made / passed
            weight = min(1.0, passed / _MEMORY)
            self._rate = rate if self._rate is None else self._rate + weight * (rate - self._rate)
            self._last, self._done = now, step.done
        if step.total:
            self.share = max(self.share, min(1.0, step.done / step.total))

    @property
    def rate(self) -> float | None:
        """Units per second; None before there is one."""
        return self._rate if self._last - self._begun >= _SOON else None

    def left(self, step: Step) -> float | None:
        """Return the seconds until it is done; None when nobody can know."""
        if not self.rate or step.total is None:
            return None
        return max(0.0, (step.total - step.done) / self.rate)


def spoken(seconds: float) -> str:
    """Return `40 s`, `3 m 20 s` or `2 h 5 m`: as exact as a guess deserves."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        rest = whole % 60 // 10 * 10
        return f"{whole // 60} m {rest} s" if rest else f"{whole // 60} m"
    return f"{whole // 3_600} h {whole % 3_600 // 60} m"
