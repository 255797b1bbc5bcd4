"""How long work reports itself and learns to stop; screens and commands implement it."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Step(NamedTuple):
    """Where the work stands. `total` is None while it is not known yet."""

    label: str
    done: int
    total: int | None
    unit: str
    """What is counted: "files", "bytes", "events"; "%" for parts of a whole that nobody counts."""
    detail: str = ""


class Progress(Protocol):
    """Receives steps; may be called often, from any thread."""

    def report(self, step: Step) -> None:
        """Take note of where the work stands."""

    def cancelled(self) -> bool:
        """Return whether the work should stop at the next safe point."""


class Quiet:
    """A progress that nobody watches."""

    def report(self, step: Step) -> None:
        """Ignore the step."""

    def cancelled(self) -> bool:
        """Never stop."""
        return False
