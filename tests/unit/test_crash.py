from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.crash import Reported

ROOT = Path(__file__).parents[2]


def crash() -> None:
    try:
        dict[str, str]()["AKIASECRET"]
    except KeyError as error:
        raise ValueError("AKIASECRET") from error


def test_the_report_has_every_error_of_the_chain_and_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAILHOUND_STATE", str(tmp_path))
    with pytest.raises(SystemExit) as ended, Reported():
        crash()
    assert ended.value.code == 2
    (path,) = (tmp_path / "crashes").iterdir()
    text = path.read_text()
    assert text.index("builtins.KeyError") < text.index("which led to") < text.index("ValueError")
    assert "in crash: raise ValueError" in text
    assert str(tmp_path) not in text
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(path) in said
    assert "SECRET" not in said


def test_groups_are_told_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAILHOUND_STATE", str(tmp_path))
    with pytest.raises(SystemExit), Reported():
        raise ExceptionGroup("secret", [ValueError("secret"), OSError("secret")])
    text = next((tmp_path / "crashes").iterdir()).read_text()
    assert "builtins.ValueError" in text
    assert "builtins.OSError" in text


def test_where_nothing_can_be_written_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRAILHOUND_STATE", str(tmp_path / "file"))
    with pytest.raises(SystemExit), Reported():
        raise ValueError
    assert "No report could be written" in capsys.readouterr().err


def test_in_development_mode_the_error_shows_as_it_is() -> None:
    code = "from tui.cli.crash import Reported\nwith Reported(): {}['the message']"
    command = [sys.executable, "-X", "dev", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "KeyError: 'the message'" in done.stderr


@pytest.mark.parametrize("expected", [SystemExit(3), KeyboardInterrupt()])
def test_an_end_that_is_meant_is_no_crash(expected: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(expected)), Reported():
        raise expected
    assert list(tmp_path.iterdir()) == []
