"""How a sync stands, source by source, as values for the screen and the summary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tui.domain.coverage import Scope


class Phase(StrEnum):
    """What a source is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PAUSED = "paused"
    """Credentials expired; it goes on when they work again."""
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(slots=True)
class Standing:
    """One source of a sync; counts are of this run."""

    scope: Scope
    phase: Phase = Phase.WAITING
    requests: int = 0
    bytes: int = 0
    events: int = 0
    """Events delivered, whether they were new or not."""
    share: float | None = None
    """How much of the wanted time is covered, 0 to 1; None while that is not known."""
    reason: str = ""
    """Why it is paused or failed."""


class SyncProgress(Protocol):
    """Receives standings; may be called often, from any thread."""

    def stands(self, standing: Standing) -> None:
        """Take note of one source."""

    def cancelled(self) -> bool:
        """Return whether the sync should stop at the next safe point."""


class Unwatched:
    """A sync that nobody watches."""

    def stands(self, standing: Standing) -> None:
        """Ignore it."""

    def cancelled(self) -> bool:
        """Never stop."""
        return False
