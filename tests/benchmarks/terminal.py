"""Running a program in a terminal of its own, to see when it shows something and what that costs.

Owns the pseudo-terminal and the program in it. What is shown is found in the bytes, with escape
sequences taken out: a text counts when all of it was written in one line of one paint.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self

COLUMNS, LINES = 160, 45
PATIENCE = 60.0
"""Seconds for a text to appear."""
LEAVE = 10.0
"""Seconds to leave after q."""
QUIET = 0.25
"""Seconds without a byte after which an answer to a key is taken to be complete."""
PAUSE = 0.03
"""Seconds without a byte after which the first paint after a key is taken to be over."""
RESTLESS = 2.0
"""Seconds after which what is still being written is no answer to a key any more."""
SETTLED = 1.5
"""The same, for all that a start brings with it."""
_ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_USER_TIME, _SYSTEM_TIME = 11, 12
"""Fields of /proc/PID/stat, counted behind the program's name (proc(5))."""


class Shown(NamedTuple):
    """When the text was there, in seconds from the start, and how the program left."""

    seconds: float
    code: int
    """Exit code; negative when it did not leave by itself."""


class Written(NamedTuple):
    """What a program wrote after a key."""

    bytes: int
    seconds: float
    """From the key to the last byte; 0 if there was none."""


class Reply(NamedTuple):
    """What a program wrote after a key until it rested."""

    first: Written
    """Up to the first pause: the answer to the key."""
    all: Written
    """With what follows once the key is known to be the last one."""


class Terminal:
    """A program in a terminal of its own; leaving the context ends it."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = COLUMNS,
        lines: int = LINES,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._started = perf_counter()
        self._program = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environ, **_TERMINAL},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end()
        os.close(self._master)

    def until(self, text: str) -> float:
        """Return the seconds from the start to when a text was shown; raises TimeoutError."""
        seen = b""
        while True:
            fresh = self._read(PATIENCE)
            now = perf_counter() - self._started
            seen += fresh
            plain = _ESCAPE.sub(b"", seen)
            if text.encode() in plain:
                return now
            if not fresh or now > PATIENCE:
                raise TimeoutError(f"{text!r} did not appear: {plain[-500:]!r}")

    def press(self, key: str, quiet: float = QUIET) -> Reply:
        """Press a key and wait until nothing more is written."""
        began = last = perf_counter()
        os.write(self._master, key.encode())
        size = 0
        first: Written | None = None
        while last - began < RESTLESS and (fresh := self._read(quiet)):
            if size and not first and perf_counter() - last > PAUSE:
                first = Written(size, last - began)
            size += len(fresh)
            last = perf_counter()
        every = Written(size, last - began)
        return Reply(first or every, every)

    def type(self, keys: Sequence[str], every: float) -> int:
        """Press keys at this pace, in seconds; return the bytes written meanwhile."""
        size = 0
        for key in keys:
            os.write(self._master, key.encode())
            size += self.written(every)
        return size

    def settle(self) -> None:
        """Wait until the start is over; some programs never rest."""
        until = perf_counter() + PATIENCE / 4
        while self._read(SETTLED) and perf_counter() < until:
            continue

    def written(self, seconds: float) -> int:
        """Return the bytes written within so many seconds."""
        until = perf_counter() + seconds
        size = 0
        while (left := until - perf_counter()) > 0:
            size += len(self._read(left))
        return size

    def processor_seconds(self) -> float:
        """Return the processor time that the program and its threads have used (Linux)."""
        stat = Path(f"/proc/{self._program.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(stat[_USER_TIME]) + int(stat[_SYSTEM_TIME])
        return ticks / os.sysconf("SC_CLK_TCK")

    def leave(self, key: str = "q") -> int:
        """Press a key to leave and return the exit code; negative if that did not do it."""
        os.write(self._master, key.encode())
        until = perf_counter() + LEAVE
        # read on, or the program would wait for its terminal and never leave
        while self._read(LEAVE) and perf_counter() < until:
            continue
        return self._end(LEAVE)

    def _read(self, patience: float) -> bytes:
        """Return what was written; nothing when the program is gone or silent for so long."""
        readable, _, _ = select.select([self._master], [], [], patience)
        try:
            return os.read(self._master, 1 << 16) if readable else b""
        except OSError:  # Linux says so when the last program of a terminal has ended
            return b""

    def _end(self, patience: float = 0.0) -> int:
        try:
            return self._program.wait(patience)
        except subprocess.TimeoutExpired:
            self._program.kill()
            return self._program.wait()


def shown(command: Sequence[str], text: str, environ: Mapping[str, str] = os.environ) -> Shown:
    """Run a program until it has shown a text, then press q; raises TimeoutError."""
    with Terminal(command, environ=environ) as terminal:
        seconds = terminal.until(text)
        return Shown(seconds, terminal.leave())
