"""The alternate screen of the terminal, entered before Textual is there to do it.

Until Textual takes over, whatever ends the program gives the terminal back. Keys pressed meanwhile
wait for Textual, and are not echoed into the picture.
"""

from __future__ import annotations

import os
import signal
import termios
from contextlib import suppress
from types import FrameType
from typing import TextIO

ENTER = "\x1b[?1049h"
"""xterm: save the cursor, switch to the alternate screen, clear it."""
_LEAVE = "\x1b[?1049l\x1b[?25h"
_HIDE_CURSOR = "\x1b[?25l"
_LOCAL_MODES = 3
"""Where in its attributes a terminal keeps whether it echoes (termios(3))."""


class Stage:
    """The terminal from the first frame until Textual takes over; without a frame it is let be."""

    def __init__(self, stream: TextIO, keys: TextIO) -> None:
        self._stream = stream
        self._keys = keys
        self._open = False

    def show(self, frame: str) -> None:
        """Draw on an empty screen; raises OSError."""
        signal.signal(signal.SIGTERM, self._ended)
        self._echo(on=False)
        self._open = True
        self._write(f"{ENTER}{_HIDE_CURSOR}{frame}")

    def hand_over(self) -> bool:
        """Leave the terminal as it is to whoever asks first; return whether a frame is there."""
        shown, self._open = self._open, False
        if shown:
            self._echo(on=True)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return shown

    def close(self) -> None:
        """Give the terminal back, unless it was taken over."""
        if self.hand_over():
            self._write(_LEAVE)

    def _ended(self, number: int, _: FrameType | None) -> None:
        self.close()
        os.kill(os.getpid(), number)

    def _echo(self, *, on: bool) -> None:
        with suppress(termios.error):  # then keys are seen where they are typed, until Textual is
            attributes = termios.tcgetattr(self._keys)
            modes = attributes[_LOCAL_MODES]
            attributes[_LOCAL_MODES] = modes | termios.ECHO if on else modes & ~termios.ECHO
            termios.tcsetattr(self._keys, termios.TCSANOW, attributes)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
