"""`trailhound verify` as tests run it: its exit code, its JSON and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.cli.main import run


@dataclass
class Said:
    code: int
    document: dict[str, object]
    problems: str

    @property
    def all(self) -> list[dict[str, object]]:
        """The findings with all that is said of them."""
        found = self.document["findings"]
        assert isinstance(found, list)
        return found

    @property
    def findings(self) -> list[tuple[str, str]]:
        return [(str(each["kind"]), str(each["object"])) for each in self.all]

    def count(self, what: str, name: str) -> int:
        counts = self.document[what]
        assert isinstance(counts, dict)
        return int(counts[name])


Verify = Callable[..., Said]


@pytest.fixture
def verify(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Verify:
    monkeypatch.setenv("TRAILHOUND_CACHE", str(tmp_path / "cache.db"))

    def verified(*options: str) -> Said:
        code = run(["verify", "--format", "json", *options])
        said = capsys.readouterr()
        return Said(code, json.loads(said.out or "{}"), said.err)

    return verified
