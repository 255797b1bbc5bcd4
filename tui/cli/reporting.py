"""Progress of a command on stderr: one line that rewrites itself on a terminal, else silence."""

from __future__ import annotations

import sys
from time import monotonic

from tui.domain.progress import Step

_EVERY = 0.1
_PATIENCE = 1.0
"""Seconds before anything is shown: short work needs no progress."""


class Stderr:
    """A progress for commands; the interrupt key stops them by KeyboardInterrupt."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._shown = 0.0
        self._live = sys.stderr.isatty()
        self._width = 0

    def report(self, step: Step) -> None:
        """Rewrite the line, a few times a second at most."""
        now = monotonic()
        if not self._live or now - self._started < _PATIENCE or now - self._shown < _EVERY:
            return
        self._shown = now
        line = f"{step.label}: {self._part(step, now)}{step.detail}"
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def cancelled(self) -> bool:
        """Never; see the class."""
        return False

    def close(self) -> None:
        """Remove the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")

    def _part(self, step: Step, now: float) -> str:
        if not step.total:
            return f"{step.done:,} {step.unit}, "
        share = min(1.0, step.done / step.total)
        left = (now - self._started) * (1 - share) / share if share else 0.0
        return f"{share:.0%}, {left:.0f} s left, "
