"""The alternate screen of the terminal, entered before Textual is there to do it.

Until Textual takes over, whatever ends the program gives the terminal back. Keys pressed meanwhile
wait for Textual, and are not echoed into the picture.
"""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TextIO, TypeAlias

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | signal.Handlers | None
ENTER = "\x1b[?1049h"
"""xterm: save the cursor, switch to the alternate screen, clear it."""
_LEAVE = "\x1b[?7h\x1b[?1049l\x1b[?25h"
_HIDE_CURSOR = "\x1b[?25l"
_NO_WRAP = "\x1b[?7l"
"""A line is never wider than the terminal, unless that was just made smaller."""
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)
"""Signals that end the program or stop it; the interrupt key raises KeyboardInterrupt instead."""
_TYPED = termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF
_ECHOED = termios.ECHO | termios.ICANON | termios.IEXTEN
"""Modes (termios(3)) in which keys would be shown, changed or held back as lines."""
_INPUT, _LOCAL = 0, 3
"""Where in the attributes those are."""


class Stage:
    """The terminal from the first frame until Textual takes over; without a frame it is let be."""

    def __init__(self, stream: TextIO, keys: TextIO) -> None:
        self._stream = stream
        self._keys = keys
        self._open = False
        self._attributes: list[int | list[bytes | int]] | None = None
        """Those of the terminal before, if it has any."""
        self._handlers: dict[int, _Handler] = {}

    def show(self, frame: str) -> None:
        """Draw on an empty screen; raises OSError."""
        self._handlers = {each: signal.signal(each, self._ended) for each in _ENDING}
        self._take_keys_as_they_are()
        self._open = True
        self._write(f"{ENTER}{_HIDE_CURSOR}{_NO_WRAP}{frame}")

    def hand_over(self) -> bool:
        """Leave the terminal as it is to whoever asks first; return whether a frame is there."""
        shown, self._open = self._open, False
        if shown:
            self._set(self._attributes)
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
        return shown

    def close(self) -> None:
        """Give the terminal back, unless nothing was drawn or somebody took it over."""
        if self.hand_over():
            self._write(_LEAVE)

    def _ended(self, number: int, _: FrameType | None) -> None:
        self.close()
        os.kill(os.getpid(), number)

    def _take_keys_as_they_are(self) -> None:
        with suppress(termios.error):  # then keys are seen where they are typed, until Textual is
            self._attributes = termios.tcgetattr(self._keys)
            attributes = termios.tcgetattr(self._keys)
            attributes[_INPUT] &= ~_TYPED
            attributes[_LOCAL] &= ~_ECHOED
            self._set(attributes)

    def _set(self, attributes: list[int | list[bytes | int]] | None) -> None:
        if attributes:
            with suppress(termios.error):
                termios.tcsetattr(self._keys, termios.TCSANOW, attributes)

    def _write(self, text: str) -> None:
        data = text.encode()  # not through the stream: a signal may come while that is writing
        while data:
            data = data[os.write(self._stream.fileno(), data) :]
