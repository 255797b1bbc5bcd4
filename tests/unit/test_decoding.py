"""The processes that decode: they end when whoever started them does, and are missed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count, islice
from multiprocessing import active_children
from time import sleep

import pytest

from tui.domain.objects import LogObject
from tui.errors import InputError
from tui.jobs.ingesting.decoding import ALONE_BELOW, decoded

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


def test_a_process_that_is_ended_from_outside_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    chunks = ([(LogObject(f"file:///{number}", "local", 2), b"{}")] for number in count())
    batches = decoded(chunks, size=ALONE_BELOW)
    next(batches)
    for process in active_children():
        process.kill()
    with pytest.raises(InputError, match="memory"):
        list(batches)


def test_batches_come_in_order_and_few_are_taken_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decodes them, and however slowly they are stored: what waits is memory."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    taken = count()
    chunks = ([(LogObject(f"file:///{number}", "local", 2), b"{}")] for number in taken)
    seen = []
    for batch in islice(decoded(chunks, size=ALONE_BELOW), 40):
        seen += [file.item.uri for file in batch.files]
        ahead = int(repr(taken)[len("count(") : -1]) - len(seen)
        assert ahead <= 4
        sleep(0.01)
    assert seen == [f"file:///{number}" for number in range(40)]
