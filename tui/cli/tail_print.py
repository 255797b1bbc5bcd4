"""Printing events the moment they are stored, a line each, and knowing when it is enough."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tui.cli.ending import Ending, reader_left
from tui.cli.fields import Printed, columns_of
from tui.cli.plain import plain
from tui.cli.table import aligned
from tui.cli.tail_talk import Talk, say
from tui.domain.tailing import FeedPhase, FeedState, Landed
from tui.jobs.exploring.records import as_line
from tui.jobs.tailing.unprinted import Pipe, Unprinted

_COLUMNS = {
    "time": 20,
    "caller": 24,
    "service": 14,
    "action": 28,
    "resource": 32,
    "region": 14,
    "result": 6,
    "error": 24,
}
"""Fields of the table and their widths: lines that are not there yet cannot decide them."""


def jsonl(_: Pipe, event: Unprinted) -> str:
    """Return the delivered record on one line."""
    return as_line(event.record).decode("utf-8", "replace")


def table(pipe: Pipe, event: Unprinted) -> str:
    """Return an event as a line of fixed columns; control characters are escaped."""
    row = Printed(pipe.row(event.number), event.record)
    cells = (column.cell(column.value(row)) for column in columns_of(",".join(_COLUMNS)))
    return aligned([plain(cell) for cell in cells], list(_COLUMNS.values()))


FORMS: dict[str, Callable[[Pipe, Unprinted], str]] = {"jsonl": jsonl, "table": table}

_IN_VAIN = (FeedPhase.FAILED, FeedPhase.PAUSED)
"""Phases of a feed that waits for what may never come: credentials, or another try."""


class Printer:
    """A progress that prints; it ends after `count` lines (0: never), or once `until` is over."""

    def __init__(
        self, pipe: Pipe, form: str, talk: Talk, ending: Ending, until: int | None, count: int
    ) -> None:
        self.lines = 0
        self._pipe = pipe
        self._form = FORMS[form]
        self._talk = talk
        self._ending = ending
        self._until = until
        self._count = count
        self._skipped = 0
        if form == "table":
            self._write(aligned([name.upper() for name in _COLUMNS], list(_COLUMNS.values())))

    def stands(self, state: FeedState) -> None:
        """Take note of a feed."""
        self._talk.stands(state)

    def landed(self, landed: Landed) -> None:
        """Take note of what could not be read."""
        self._skipped += landed.skipped

    def beat(self) -> None:
        """Print what came, and say how things stand; raises BrokenPipeError."""
        if reader_left():
            raise BrokenPipeError
        self._print()
        self._talk.say(_now())

    def stopped(self) -> bool:
        """Return whether there were signals, enough lines, no time left, or no feed that works."""
        states = self._talk.states()
        return (
            self._enough()
            or (self._until is not None and _all_asked(states, self._until))
            or (bool(states) and all(map(_never_answered, states)))
        )

    def held(self) -> bool:
        """Never; what does not read holds a pipe."""
        return False

    def conclude(self) -> None:
        """Print what was stored last, and say what a reader could mistake the output for."""
        self._print()
        self._talk.say_all(_now())
        said = f"{self.lines:,} line{'s' if self.lines != 1 else ''} printed"
        if self._pipe.others:
            said += f"; {self._pipe.others:,} events of other times were stored and not printed"
        if self._skipped:
            said += f"; {self._skipped:,} things that came could not be read"
        say(said)

    def _print(self) -> None:
        if self._enough():
            return
        for event in self._pipe.events():
            self._write(self._form(self._pipe, event))
            self._pipe.printed(event.number)
            self.lines += 1
            if self._enough():
                return

    def _enough(self) -> bool:
        return self._ending.signal is not None or 0 < self._count <= self.lines

    def _write(self, line: str) -> None:
        sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


def _now() -> int:
    return int(time.time() * 1000)


def _all_asked(states: list[FeedState], until: int) -> bool:
    """Return whether every feed that works handed over all there was by then."""
    if not states or any(each.phase is FeedPhase.STARTING for each in states):
        return False
    asked = [each.asked or 0 for each in states if each.phase not in _IN_VAIN]
    return all(each >= until for each in asked) and (bool(asked) or _now() >= until)


def _never_answered(state: FeedState) -> bool:
    return state.phase is FeedPhase.FAILED and state.heard is None
