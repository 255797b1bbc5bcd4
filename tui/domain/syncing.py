"""How a sync stands, source by source, as values for the screen and the summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.limits import NO_LIMITS, Limits


class Wish(NamedTuple):
    """What a user wants synced; nothing named means everything that can be found."""

    window: Span
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    trails: tuple[str, ...] = ()
    """ARNs."""
    locations: tuple[str, ...] = ()
    """Such as `s3://bucket/prefix`."""
    history: bool = True
    s3: bool = True
    s3_window: Span | None = None
    """For log files, where it is another than for event history."""
    every: float | None = None
    """Seconds after which to look for what is new; None for once and no more."""
    accounts: tuple[str, ...] = ()
    """Numbers; of event history and of what buckets hold."""
    kinds: tuple[str, ...] = ()
    """Folder names of log files, such as CloudTrail-Insight; event history has the first two."""
    limits: Limits = NO_LIMITS
    """How large and how old the cache may become meanwhile."""

    @property
    def log_files(self) -> Span:
        """The range wanted of log files."""
        return self.s3_window or self.window


class AddedSource(NamedTuple):
    """A source that a user added to the sync."""

    text: str
    """As it was typed."""
    wish: Wish | None
    """What it means; None where it means nothing, any more or at all."""
    problem: str = ""
    """Why it means nothing, as a sentence."""


class Reached(NamedTuple):
    """A bucket that could be read, and whose credentials it took."""

    bucket: str
    profile: str | None
    """None for the default credentials."""


class Aside(NamedTuple):
    """What is stored beside files, in the same transaction."""

    reached: Reached | None = None
    uncovered: Sequence[Covered] = ()
    """Ranges that are not covered after all, as a late file of theirs cannot be read."""
    listed: Sequence[str] = ()
    """URIs of prefixes, folders and archives that can be listed again."""


class Phase(StrEnum):
    """What a source is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PAUSED = "paused"
    """It waits until the user lets it go on, or until credentials work again."""
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
    """Events delivered and stored, whether they were new or not."""
    cost: float = 0.0
    """Estimated price of the requests in USD; event history costs nothing."""
    share: float | None = None
    """How much of the wanted time is covered, 0 to 1; None while that is not known."""
    unread: int = 0
    """Log files and folders that were asked for and could not be had."""
    unlisted: int = 0
    """Folders that could not be listed and may lead to log files: nobody knows to which."""
    reason: str = ""
    """Why it is paused, failed or not whole."""


class SyncProgress(Protocol):
    """Receives standings; may be called often, from any thread."""

    def stands(self, standing: Standing) -> None:
        """Take note of one source."""

    def cancelled(self) -> bool:
        """Return whether the sync should stop at the next safe point."""

    def held(self) -> bool:
        """Return whether the sync should wait at the next safe point."""


class Unwatched:
    """A sync that nobody watches."""

    def stands(self, standing: Standing) -> None:
        """Ignore it."""

    def cancelled(self) -> bool:
        """Never stop."""
        return False

    def held(self) -> bool:
        """Never wait."""
        return False
