"""Running a program in a terminal of its own, to see when it shows something.

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
from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

COLUMNS, LINES = 160, 45
PATIENCE = 60.0
"""Seconds for a text to appear."""
LEAVE = 10.0
"""Seconds to leave after q."""
_ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Shown(NamedTuple):
    """When the text was there, in seconds from the start, and how the program left."""

    seconds: float
    code: int
    """Exit code; negative when it did not leave by itself."""


def shown(command: Sequence[str], text: str) -> Shown:
    """Run a program until it has shown a text, then press q; raises TimeoutError."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    started = perf_counter()
    program = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, **_TERMINAL},
        start_new_session=True,
    )
    os.close(slave)
    try:
        seconds = _watch(master, text, started)
        os.write(master, b"q")
        _drain(master)
    finally:
        code = _end(program)
        os.close(master)
    return Shown(seconds, code)


def _watch(master: int, text: str, started: float) -> float:
    seen = b""
    while True:
        fresh = _read(master, PATIENCE)
        now = perf_counter() - started
        seen += fresh
        plain = _ESCAPE.sub(b"", seen)
        if text.encode() in plain:
            return now
        if not fresh or now > PATIENCE:
            raise TimeoutError(f"{text!r} did not appear: {plain[-500:]!r}")


def _drain(master: int) -> None:
    """Read on, or the program would wait for its terminal and never leave."""
    until = perf_counter() + LEAVE
    while _read(master, LEAVE) and perf_counter() < until:
        continue


def _read(master: int, patience: float) -> bytes:
    """Return what was written, or nothing when the program is gone or silent for so long."""
    readable, _, _ = select.select([master], [], [], patience)
    try:
        return os.read(master, 1 << 16) if readable else b""
    except OSError:  # Linux says so when the last program of a terminal has ended
        return b""


def _end(program: subprocess.Popen[bytes]) -> int:
    try:
        return program.wait(LEAVE)
    except subprocess.TimeoutExpired:
        program.kill()
        return program.wait()
