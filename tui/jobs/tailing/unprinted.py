"""What of the cache a pipe has not been given yet, in the order in which it came.

Row numbers only grow, and how far a filter was printed is kept in the cache: what was stored but
not printed when a program was killed is printed by the next one, whoever stored it. A kill may have
lines printed twice, at most those of one portion; it loses none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from tui.domain.answer import Row, Span
from tui.domain.fields import BY_NAME
from tui.domain.filter import And, Compare, Everything, Filter, Term
from tui.jobs.exploring.decide import record_matches
from tui.jobs.exploring.find import find
from tui.jobs.exploring.records import Records
from tui.jobs.tailing.tail import AGAIN_WITHIN
from tui.storage import following, reader
from tui.storage.cache import Connection, transaction

_STILL = 60.0
"""Seconds after which it is stored anew how far that is."""
_PORTION = 500
"""Rows looked at before it is stored how far the pipe was served."""


class Unprinted(NamedTuple):
    """An event to print."""

    number: int
    record: bytes
    """As delivered."""


class Pipe:
    """The events that a filter holds for, as they are stored; from one thread at a time.

    `name` stands for the filter in the cache: a later run of the same name goes on where this one
    stood, if that is less than AGAIN_WITHIN before `now`. Else nothing that is cached by now is
    printed. Events that did not happen `within` a range never are. Times are ms since 1970 UTC.
    """

    def __init__(
        self, connection: Connection, tree: Filter, name: str, within: Span, now: int
    ) -> None:
        self.others = 0
        """Events stored meanwhile that lie before or after the range."""
        self._connection = connection
        self._tree = tree
        self._name = name
        self._within = within
        self._records = Records(connection)
        self._printed = reader.last_number(connection)
        known = following.printed(connection, name)
        if known is not None and known[1] > now - AGAIN_WITHIN:
            self._printed = min(known[0], self._printed)
        self._kept = (-1, 0.0)
        self.keep()  # what is stored from now on is to be printed, whatever happens

    def events(self) -> Iterator[Unprinted]:
        """Yield what is stored and not printed; raises RecordMissing.

        An event counts as printed when the next one is asked for, or by `printed`.
        """
        while True:
            stored = following.stored_after(self._connection, self._printed, self._within, _PORTION)
            for number, record in self._records.each(stored.numbers):
                if self._is_wanted(record):
                    yield Unprinted(number, record)
                self.printed(number)
            self.others += stored.others
            self.printed(stored.last)
            self.keep()
            if not stored.numbers and not stored.others:
                return

    def known(self, within: Span) -> int:
        """Return how many events of a range the filter holds for and are not to be printed."""
        field = BY_NAME["time"]
        bounds = (Term(field, Compare(">=", within.start)), Term(field, Compare("<", within.end)))
        tree = And((self._tree, *bounds))
        return sum(number <= self._printed for number in find(self._connection, tree))

    def printed(self, number: int) -> None:
        """Note that everything up to a row was printed."""
        self._printed = number

    def keep(self) -> None:
        """Store how far the pipe was served, and now and then that it still is."""
        number, at = self._kept
        if number == self._printed and time.monotonic() - at < _STILL:
            return
        with transaction(self._connection):
            following.note_printed(self._connection, self._name, self._printed)
        self._kept = (self._printed, time.monotonic())

    def row(self, number: int) -> Row:
        """Return an event as a row."""
        (row,) = reader.rows(self._connection, [number])
        return row

    def _is_wanted(self, record: bytes) -> bool:
        return isinstance(self._tree, Everything) or record_matches(self._tree, record)
