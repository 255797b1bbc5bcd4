"""The processes that decode: they end when whoever started them does."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

KILLED = """
import os, signal
from tui.domain.objects import LogObject
from tui.jobs.ingesting.decoding import ALONE_BELOW, decoded

if __name__ == "__main__":
    chunks = ([(LogObject(f"file:///{number}", "local", 2), b"{}")] for number in range(99))
    next(decoded(chunks, size=ALONE_BELOW))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_no_process_is_left_of_a_program_that_was_killed() -> None:
    """They inherit what it writes to: reading that ends when the last of them has ended."""
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        program.communicate(timeout=30)
    assert program.returncode == -signal.SIGKILL
