"""What a start must not wait for."""

from __future__ import annotations

import subprocess
import sys

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
