"""A real program in a real pseudo-terminal, with a terminal emulator at the other end.

Reading, waiting and typing, nothing about Trailhound: what is on the screen is pyte's business,
what was sent is kept as bytes, because pyte does not tell whether the terminal was restored.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Self

import pyte

PATIENCE = 30.0
"""Seconds to wait for what must come; more than any slow machine takes."""


class Terminal:
    """`python -m tui` with some arguments, in a terminal of 80x24; use it in a `with` block."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 80,
        lines: int = 24,
        program: Sequence[str] = ("-m", "tui"),
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.sent = b""
        """Every byte the program has written."""
        self._stream = pyte.ByteStream(self.screen)
        self._pid, self._file = pty.fork()
        if not self._pid:
            command = [sys.executable, *program, *arguments]
            os.execve(sys.executable, command, dict(environment))
        self._set_size(columns, lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def type(self, keys: str) -> None:
        """Send keys as a terminal does."""
        os.write(self._file, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Take another size, as a window does when it is dragged."""
        self.screen.resize(lines, columns)
        self._set_size(columns, lines)
        os.kill(self._pid, signal.SIGWINCH)

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self._pid, number)

    def modes(self) -> int:
        """Return whether the terminal echoes, waits for whole lines and the like (termios(3))."""
        local: int = termios.tcgetattr(self._file)[3]
        return local

    def _set_size(self, columns: int, lines: int) -> None:
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)

    def until(self, holds: Callable[[str], bool]) -> str:
        """Read until the text of the screen is right; return it, or fail with it."""
        end = monotonic() + PATIENCE
        while not holds(self.text):
            assert monotonic() < end, f"it never came:\n{self.text}"
            assert self._read(0.1), f"the program ended:\n{self.text}"
        return self.text

    def shows(self, *words: str) -> str:
        """Wait until all of these words stand on the screen; return it."""
        return self.until(lambda text: all(word in text for word in words))

    def quiet(self) -> str:
        """Wait until nothing has been drawn for a while; return the screen."""
        drawn = -1
        while drawn != len(self.sent):
            drawn = len(self.sent)
            self._read(0.4)
        return self.text

    def exit_code(self) -> int:
        """Wait for the end of the program and return its exit code."""
        end = monotonic() + PATIENCE
        while self._read(0.1):
            assert monotonic() < end, f"it does not end:\n{self.text}"
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self, seconds: float) -> bool:
        """Take over what comes within some time; False when the program has closed its end."""
        if not select.select([self._file], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._file, 1 << 16)
        except OSError:  # Linux: EIO when the other end is closed
            return False
        self.sent += data
        self._stream.feed(data)
        return bool(data)


def assert_restored(terminal: Terminal) -> None:
    """Check that the alternate screen is left, the cursor shown, and the mouse let go."""
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
        assert terminal.sent.rfind(off) > terminal.sent.rfind(on) >= 0
    for mouse in (b"\x1b[?1000", b"\x1b[?1003", b"\x1b[?2004"):
        assert terminal.sent.rfind(mouse + b"l") > terminal.sent.rfind(mouse + b"h")
