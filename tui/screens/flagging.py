"""The flagging half of the events screen: which events a user wants kept, whatever limits say.

What a flag keeps from being taken away is `storage`'s business.
"""

from __future__ import annotations

from textual import on, work
from textual.message import Message

from tui.screens.verifying.auditing import Auditing
from tui.widgets.event_table import EventTable

KEPT = "Flagged: neither the size limit nor retention takes this event's file from the cache."
NOT_KEPT = "Not flagged any more: limits may take this event's file from the cache again."


class Flagged(Message):
    """An event was flagged, or its flag was taken off."""

    def __init__(self, flagged: bool) -> None:  # noqa: FBT001
        super().__init__()
        self.flagged = flagged


class Flagging(Auditing):
    """A screen on which events can be flagged."""

    def action_flag(self) -> None:
        """Flag the event under the cursor, or take its flag off."""
        current = self.query_one(EventTable).current
        if current:
            self._turn_flag(current.number)
        else:
            self.notify("There is no event to flag.")

    @work(thread=True, group="flag", exit_on_error=False)
    def _turn_flag(self, number: int) -> None:
        from tui.jobs.ingesting.flagging import turn

        self.post_message(Flagged(turn(self.cache, number)))

    @on(Flagged)
    def _flagged(self, event: Flagged) -> None:
        self.notify(KEPT if event.flagged else NOT_KEPT)
        self.cadence.hurry()
        self.cache_grew()
