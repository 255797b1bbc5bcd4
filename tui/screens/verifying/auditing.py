"""The verifying half of the events screen: it starts runs, and follows what they find.

Which hours are vouched for is shown by `integrity`; where a run stands, `audits` knows.
"""

from __future__ import annotations

import time
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from tui.domain.answer import Span
from tui.domain.fields import BY_NAME
from tui.domain.integrity import Voucher
from tui.domain.verifying import Verified, Wanted
from tui.errors import Cancelled, TrailhoundError
from tui.screens.apart import apart
from tui.screens.following.marking import Marking
from tui.screens.verifying.audits import NO_AUDITOR, AuditBoard, Auditor, AuditRun, Purpose, outcome
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.filter_bar import FilterBar
from tui.widgets.loading import Loading
from tui.widgets.printable import safe

if TYPE_CHECKING:  # loading it takes longer than the first paint
    from tui.jobs.verifying.audit import LogFile

_WITHOUT_EVENTS = 7 * 86_400_000
"""ms before now that are verified where no event says which time matters."""


class Audited(Message):
    """A run came to its end; without a result it was stopped or failed, as the sentence says."""

    def __init__(self, run: AuditRun, sentence: str, found: Verified | None = None) -> None:
        super().__init__()
        self.run = run
        self.sentence = sentence
        self.found = found


class AuditMoved(Message):
    """A run stands elsewhere."""

    def can_replace(self, message: Message) -> bool:
        """Return whether this one makes a waiting one pointless."""
        return isinstance(message, AuditMoved)


class LogFileFound(Message):
    """The log file of an event was looked up; None where it is in none."""

    def __init__(self, found: LogFile | None) -> None:
        super().__init__()
        self.found = found


class Auditing(Marking):
    """A screen that can verify."""

    auditor: Auditor | None = None
    """What verifies, if anything can be verified."""

    @cached_property
    def audits(self) -> AuditBoard:
        """What is verified, and was."""
        return AuditBoard()

    def show_file(self, uri: str) -> None:
        """Ask for the events whose record is read from a file."""
        from tui.language import narrow  # only now, after the first paint

        self.show_filter(narrow.include("", BY_NAME["file"], uri))

    def show_filter(self, text: str) -> None:
        """Ask for the events of a filter, whatever was asked for before."""
        self.question = self.question.within(None)
        self.query_one(FilterBar).set_text(text)
        self.ask_text(text)
        self.query_one(EventTable).focus()

    def time_shown(self, now: int) -> Span:
        """Return the time of the events that are shown, up to now."""
        answer = self.view.answer if self.view else None
        shown = (answer.query.span or answer.span) if answer else None
        start, end = shown or Span(now - _WITHOUT_EVENTS, now)
        return Span(min(start, now), min(end + 3_600_000, now))

    def start_audit(self, purpose: Purpose) -> None:
        """Begin to verify, unless something is being verified already."""
        if self.auditor is None:
            self.app.notify(NO_AUDITOR, timeout=10)
        elif self.audits.run:
            stop, panel = self.keys["integrity.stop"], self.keys["events.integrity"]
            said = f"Something is being verified already; {stop} in the integrity panel"
            self.app.notify(f"{said} ({panel}) stops it.")
        else:
            run = self.audits.begin(purpose, lambda: self.post_message(AuditMoved()))
            self._audit(self.auditor, run)

    @work(group="audit", exit_on_error=False)
    async def _audit(self, auditor: Auditor, run: AuditRun) -> None:
        wanted = Wanted(run.purpose.window, int(time.time() * 1000))
        try:
            found = await apart(partial(auditor, self.cache, wanted, run))
        except Cancelled:
            said = "Stopped; what was verified is kept. Verify again to go on from there."
            self.post_message(Audited(run, said))
        except TrailhoundError as error:
            self.post_message(Audited(run, str(error)))
        else:
            voucher = await apart(partial(_voucher, self.cache, run.purpose.event))
            self.post_message(Audited(run, outcome(found, run.purpose, self.keys, voucher), found))

    @on(AuditMoved)
    def _audit_moved(self) -> None:
        run = self.audits.run
        if run and not self.progress and not self.asking and not self.board.busy:
            self.query_one(Loading).show(run.step)

    @on(Audited)
    def _audited(self, event: Audited) -> None:
        if event.run is not self.audits.run:
            return
        self.audits.end(event.sentence)
        self.query_one(Loading).show(None)
        self._tell(event)
        self._grown = True
        self.take_growth()

    def _tell(self, event: Audited) -> None:
        """Say what came of it, unless the panel does, of which that would hide the findings."""
        from tui.screens.verifying.integrity import IntegrityScreen

        if isinstance(self.app.screen, IntegrityScreen):
            return
        bad = event.found is None or bool(event.found.findings)
        self.app.notify(
            safe(event.sentence),
            severity="warning" if bad else "information",
            timeout=12,
            markup=False,
        )

    def action_integrity(self) -> None:
        """Show what is vouched for."""
        from tui.screens.verifying.integrity import IntegrityScreen

        self.app.push_screen(IntegrityScreen(self, glyphs=self.glyphs))

    def action_verify(self) -> None:
        """Verify the log file of the event under the cursor."""
        current = self.query_one(EventTable).current
        if current:
            self._find_log_file(current.number)
        else:
            self.notify("There is no event to verify.")

    @work(thread=True, exclusive=True, group="log file", exit_on_error=False)
    def _find_log_file(self, number: int) -> None:
        from tui.jobs.verifying.audit import log_file_of

        self.post_message(LogFileFound(log_file_of(self.cache, number)))

    @on(LogFileFound)
    def _log_file_found(self, event: LogFileFound) -> None:
        if event.found:
            self.start_audit(Purpose(event.found.window, event.found.number))
        else:
            self.notify(
                "No log file of a trail holds this event yet: only those are signed. "
                "Sync the trail's bucket, and look again some minutes later."
            )

    def on_unmount(self) -> None:
        """Stop what is running: nobody waits for it any more."""
        if self.audits.run:
            self.audits.run.stop()


def _voucher(cache: Cache, number: int) -> Voucher | None:
    """Return what is known of an event now, from a thread."""
    from tui.jobs.verifying.audit import voucher_of

    return voucher_of(cache, number) if number else None
