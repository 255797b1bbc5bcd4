"""Waiting until the user rests: what a held key or fast typing would only show to replace it.

Over a slow line every answer in between costs more than the key itself.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

MOVING = 0.06
"""Seconds of rest after which the cursor is taken to stay: longer than a held key's repeat."""
TYPING = 0.15
"""The same, for typing."""


class Resting:
    """Carries out the last of several actions once no other has come for so many seconds."""

    def __init__(self, owner: MessagePump, seconds: float) -> None:
        self._owner = owner
        self._seconds = seconds
        self._timer: Timer | None = None
        self._action: Callable[[], object] | None = None

    def then(self, action: Callable[[], object]) -> None:
        """Carry this out when the rest has lasted, in place of what was waiting."""
        self.cancel()
        self._action = action
        self._timer = self._owner.set_timer(self._seconds, self.finish)

    def finish(self) -> None:
        """Carry out now what is waiting, if anything is."""
        action = self._action
        self.cancel()
        if action:
            action()

    def cancel(self) -> None:
        """Carry out nothing."""
        self._action = None
        if self._timer:
            self._timer.stop()
            self._timer = None
