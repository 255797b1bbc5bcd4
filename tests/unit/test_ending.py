"""The interrupt key ends a command, also one that is deaf to it for now."""

from __future__ import annotations

import signal
import subprocess
import sys

from tui.cli.ending import INTERRUPTED, KEPT

DEAF = """
import signal
from threading import Event
from tui.cli.ending import interruptible

with interruptible():
    signal.signal(signal.SIGINT, lambda number, frame: None)
    print("begun", flush=True)
    Event().wait()
"""


def test_a_thread_that_never_learns_of_the_key_is_not_waited_for() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, said) == (INTERRUPTED, KEPT)
