"""What a start must not wait for."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from tui.cli.terminal import terminal

LATE = ("boto3", "botocore", "isal", "msgspec", "numpy", "tomllib", "tui.analysis", "tui.language")
LOADED = (
    "import sys, tui.__main__, tui.cli.main, tui.cli.commands.explorer, tui.app; "
    "print(*sys.modules)"
)


def test_the_explorer_paints_before_it_loads_what_answers_questions() -> None:
    run = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    loaded = run.stdout.split()
    assert "tui.screens.events" in loaded
    assert [name for name in loaded if name.startswith(LATE)] == []


COLOURS = {"truecolor": 1 << 24, "256": 256, "standard": 16, None: 0}


@pytest.mark.parametrize("depth", ["", "truecolor", " 24bit ", "yes"])
@pytest.mark.parametrize(
    "term",
    [
        *("xterm", "xterm-256color", "XTERM-256COLOR", "xterm-kitty", "xterm-direct", "vt220"),
        *("tmux-256color", "screen.xterm-256color", "xterm-256color-italic", "kitty", "256color"),
        *("linux", "dumb", "unknown", "Dumb", "xterm-dumb", "xterm-16color"),
    ],
)
def test_colours_are_sent_as_what_draws_the_explorer_sends_them(term: str, depth: str) -> None:
    environ = {"TERM": term, "COLORTERM": depth}
    drawn = Console(file=io.StringIO(), force_terminal=True, _environ=environ).color_system
    assert terminal(environ, sys.stderr).colours == COLOURS[drawn]
