from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tui.actions import SCOPES
from tui.cli.arguments import COMMANDS
from tui.domain.fields import FIELDS
from tui.settings.model import NAMES

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def test_the_pages_say_what_the_code_says() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}Write them: python scripts/docs.py"


def test_nothing_is_left_out() -> None:
    keys, commands = page("keys"), page("commands")
    assert all(f"`{scope.name}.{each.id}`" in keys for scope in SCOPES for each in scope.actions)
    for command in COMMANDS:
        assert f"## trailhound {command.name}".rstrip() in commands
        assert all(f"`{option.name}" in commands for option in command.options)
    assert all(f"| `{field.name}` |" in page("filter") for field in FIELDS)
    assert all(f"| `{name}` |" in page("settings") for name in NAMES)


def test_the_themes_are_all_listed() -> None:
    listed = page("themes")
    assert all(f"`{path.stem}`" in listed for path in (ROOT / "themes").glob("*.toml"))
