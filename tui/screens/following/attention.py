"""When to interrupt the user, and in which words; pure but for the clock given.

What happens often is told together: a bell that never stops is one that nobody hears.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.domain.answer import Row
from tui.widgets.printable import safe

REST = 10.0
"""Seconds between two interruptions at least."""
_MOST = 120
_KEEP_TITLE, _OWN_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""xterm, window manipulation: remember the window's title, and put it back."""
_WITHOUT = ("linux", "dumb")
"""Terminals that would show an operating system command as text."""


class Alarm:
    """Seconds of any steady clock."""

    def __init__(self) -> None:
        self._rung = float("-inf")
        self._waiting = 0
        self._latest: Row | None = None
        self._why = ""

    def take(self, count: int, rows: Sequence[Row], names: Sequence[str] = ()) -> None:
        """Take note of so many events worth telling.

        `rows` are the last of them, `names` the saved filters that the very last one matches.
        """
        self._waiting += count
        if rows:
            self._latest, self._why = rows[-1], " ".join(f"@{name}" for name in names)

    def due(self, now: float) -> str:
        """Return what is to be told now, or nothing."""
        if not self._waiting or self._latest is None or now - self._rung < REST:
            return ""
        count, row = self._waiting, self._latest
        self._rung, self._waiting = now, 0
        many = f"{count:,} events, the last" if count > 1 else ""
        front = " ".join(filter(None, (many, self._why)))
        why = f": {row.signal.reason}" if row.signal.reason else ""
        called = f"{row.actor.caller}, {row.call.service} {row.call.action}{why}"
        return safe(f"{front}: {called}" if front else called, _MOST)


def told(sentence: str, term: str) -> str:
    """Return what makes a terminal of this TERM tell it: its title, and a notification (OSC 9)."""
    if term in _WITHOUT:
        return ""
    plain = "".join(char for char in sentence if char.isprintable())
    return f"{_KEEP_TITLE}\x1b]2;! {plain}\x07\x1b]9;trailhound: {plain}\x07"


def untold(term: str) -> str:
    """Return what gives the terminal its title back."""
    return "" if term in _WITHOUT else _OWN_TITLE
