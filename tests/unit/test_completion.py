from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.arguments import COMMANDS, SHELLS, Command
from tui.cli.commands import completion
from tui.cli.main import run
from tui.cli.parsing import parse
from tui.errors import UsageError

ROOT = Path(__file__).parents[2]
LOADED = """
import sys
from tui.cli.main import run
try:
    run(["--version"])
finally:
    slow = {"textual", "boto3", "botocore", "numpy", "rich"} & sys.modules.keys()
    assert not slow, slow
"""
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


@pytest.fixture
def bash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Give the completion script for bash."""
    assert run(["completion", "bash"]) == 0
    path = tmp_path / "completion.bash"
    path.write_text(capsys.readouterr().out)
    return path


def completed(script: Path, line: str) -> list[str]:
    """Return what bash itself offers at the end of a line."""
    words = [*shlex.split(line), *([""] if line.endswith(" ") else [])]
    commands = f"""
    compopt() {{ :; }}  # only the shell's own editing knows it
    source {shlex.quote(str(script))}
    COMP_WORDS=({" ".join(map(shlex.quote, words))})
    COMP_CWORD={len(words) - 1}
    _trailhound
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    found = subprocess.run(
        ["bash", "--norc", "-c", commands],
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split("\n")[:-1]


def test_bash_completes_commands_options_values_and_files(bash: Path) -> None:
    assert completed(bash, "trailhound ev") == ["events"]
    assert {each.name for each in COMMANDS if each.name} < set(completed(bash, "trailhound "))
    assert completed(bash, "trailhound events --fo") == ["--format"]
    assert completed(bash, "trailhound events --format j") == ["jsonl", "json"]
    assert completed(bash, "trailhound --theme gru") == ["gruvbox-light", "gruvbox"]
    assert completed(bash, "trailhound completion z") == ["zsh"]
    assert completed(bash, "trailhound events --since ") == [""]
    (bash.parent / "a folder").mkdir()
    assert completed(bash, "trailhound open a") == ["a folder"]
    assert completed(bash, "trailhound open --n") == ["--no-ui", "--no-mouse"]
    assert "a folder" in completed(bash, "trailhound sync --cache ")


@every_command
def test_bash_knows_every_option(bash: Path, command: Command) -> None:
    offered = completed(bash, f"trailhound {command.name} --".replace("  ", " "))
    assert {option.name for option in command.options} | {"--help"} == set(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_its_shell_can_read(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    for command in COMMANDS:
        for option in command.options:
            assert option.name.removeprefix("--") in script
    found = shutil.which(shell)
    if found:
        (tmp_path / "script").write_text(script)
        checked = subprocess.run([found, "-n", str(tmp_path / "script")], check=False)
        assert checked.returncode == 0


@pytest.mark.parametrize("words", [[], ["tcsh"], ["bash", "zsh"]])
def test_only_a_shell_that_is_known_gets_a_script(words: list[str]) -> None:
    with pytest.raises(UsageError, match="Name one shell: bash, zsh, fish"):
        completion.run(parse(["completion", *words]))


@every_command
def test_every_command_has_examples_that_can_be_typed(command: Command) -> None:
    assert command.examples
    for example in command.examples:
        inner = (
            example.removeprefix('eval "$(').removesuffix(')"') if "eval" in example else example
        )
        words = shlex.split(inner.split(" | ")[0].split(" > ")[0])
        if "<" in words:
            words = words[: words.index("<")]
        assert words[0] == "trailhound"
        assert parse(words[1:]).command == command.name


@every_command
def test_the_help_of_a_command_has_its_options_examples_and_exit_codes(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse([command.name, "--help"] if command.name else ["--help"])
    said = capsys.readouterr().out
    for option in command.options:
        assert option.name in said
    assert f"examples:\n  {command.examples[0]}" in said
    assert "exit codes:\n  0 done" in said


def test_the_version_names_what_it_stands_on_without_loading_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names[:3] == ["trailhound", "python", "boto3"]
    assert names[3:] == ["botocore", "textual", "sqlite-utils", "sqlite"]
    assert all(any(char.isdigit() for char in line) for line in done.stdout.splitlines())
