"""Verifying from a screen: one run at a time, in the background of all screens.

Owns that there is one run, where it stands and how it ended; what there is to verify is the
auditor's business. A run that was stopped is gone on with by starting it again: what was verified
is kept and not fetched twice.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import NamedTuple, TypeAlias

from tui.domain.answer import Span
from tui.domain.digests import VALID
from tui.domain.integrity import Voucher
from tui.domain.progress import Progress, Step
from tui.domain.verifying import Verified, Wanted
from tui.domain.words import counted
from tui.keymap import Keys
from tui.storage.cache import Cache

Auditor: TypeAlias = Callable[[Cache, Wanted, Progress], Verified]
"""Verifies what there is to verify; raises TrailhoundError."""

NO_AUDITOR = (
    "There is nothing to verify here without AWS: start without --offline, "
    "or verify copies with trailhound verify PATH."
)


class Purpose(NamedTuple):
    """What a run was started for."""

    window: Span
    event: int = 0
    """The number of the one event whose log file somebody wants to know about."""


class AuditRun(Progress):
    """One run; any thread may ask and tell."""

    def __init__(self, purpose: Purpose, told: Callable[[], object]) -> None:
        self.purpose = purpose
        self.step: Step | None = Step("Verifying", 0, None, "files")
        self._tell = told
        self._stopped = Event()

    def report(self, step: Step) -> None:
        """Take note of where it stands."""
        self.step = step
        self._tell()

    def cancelled(self) -> bool:
        """Return whether somebody stopped it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop it at the next safe point."""
        self._stopped.set()


class AuditBoard:
    """What is being verified, if anything, and what came of it last."""

    def __init__(self) -> None:
        self.run: AuditRun | None = None
        self.said = ""
        """How the last run ended, as a sentence."""
        self.ended = 0
        """How many runs have come to an end."""

    def begin(self, purpose: Purpose, told: Callable[[], object]) -> AuditRun:
        """Take note of a run."""
        self.run = AuditRun(purpose, told)
        self.said = ""
        return self.run

    def end(self, sentence: str) -> None:
        """Take note that it is over."""
        self.run = None
        self.said = sentence
        self.ended += 1


def outcome(found: Verified, purpose: Purpose, keys: Keys, voucher: Voucher | None = None) -> str:
    """Return what a run found, in a sentence or two.

    `voucher` is what speaks for or against the one event that was asked for, if anything does.
    """
    problems = f" Not everything could be verified: {found.problems[0]}" if found.problems else ""
    if found.nothing:
        return f"No digest covers that time, so nothing vouches for it.{problems}"
    if purpose.event:
        return f"{_of_event(voucher, found)}{problems}"
    digests = counted(found.digests.valid, "digest")
    files = f"{digests} and {counted(found.logs.valid, 'log file')} are valid"
    wrong = len(found.findings)
    noun = "finding" if wrong == 1 else "findings"
    goes = (
        f"{keys['hour-grid.next']} in the integrity panel ({keys['events.integrity']}) goes there"
    )
    told = f"{wrong:,} {noun}: {goes}." if wrong else "nothing is wrong."
    return f"{files}; {told}{problems}"


def _of_event(voucher: Voucher | None, found: Verified) -> str:
    """Return the chain from an event's log file to the key, or where it breaks."""
    if voucher is None:
        return (
            "No digest names the event's log file yet. That of an hour is delivered after it ends: "
            "verify again in an hour."
        )
    digest = (voucher.digest or "").rpartition("/")[2]
    if voucher.verdict == VALID:
        by = f"the key {(voucher.fingerprint or '')[:8]} of AWS signed"
        return (
            "The event's log file is what AWS delivered: its SHA-256 is the one in the digest "
            f"{digest}, which {'the digest after it vouches for' if voucher.chained else by}."
        )
    told = next((each.detail for each in found.findings if each.object == voucher.log), "")
    return f"{voucher.verdict}: {told or 'nothing vouches for the log file of this event.'}"
