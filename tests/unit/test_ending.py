"""The interrupt key ends a command, also one that is deaf to it for now."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

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

READING = """
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from threading import Event, Thread
from time import sleep
from tui.cli.ending import leave

def read(begun):
    with suppress(Exception), ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = pool.map(sleep, [0, 60, 60])
        next(found)
        begun.set()
        next(found)

if __name__ == "__main__":
    begun = Event()
    Thread(target=read, args=(begun,)).start()
    begun.wait()
    leave(0)
"""


def test_processes_that_still_decode_end_too_and_nobody_complains(tmp_path: Path) -> None:
    program = tmp_path / "reading.py"
    program.write_text(READING)
    done = subprocess.run(  # until all have ended that could write
        [sys.executable, str(program)], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


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
