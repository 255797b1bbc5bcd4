"""What following costs on a slow line."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.terminal import Terminal

pytestmark = pytest.mark.slow

SECONDS = 8.0
MOST_A_SECOND = 60_000 / 30
"""Bytes; at 80x24 and 5 events a second."""


def test_following_is_gentle_on_a_slow_line(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    with Terminal(("demo", "--events", "3000", "--rate", "5"), environment) as terminal:
        terminal.shows("covered")
        terminal.type("f")
        terminal.shows("following, 15 m behind", "/min", "complete to")
        before, begun = len(terminal.sent), monotonic()
        first = terminal.screen.display[7]
        terminal.until(lambda _: monotonic() - begun >= SECONDS)
        assert terminal.screen.display[7] != first  # something did arrive
        assert len(terminal.sent) - before <= SECONDS * MOST_A_SECOND
        terminal.type("q")
        assert terminal.exit_code() == 0
