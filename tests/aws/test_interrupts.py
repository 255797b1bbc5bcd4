"""The interrupt key ends a command soon, though AWS does not answer, and nothing stored is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import BUCKET, NOW, Vault, delivered, iso
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tui.cli.main import run

__all__ = ["aws", "loopback"]
HOURS, FILES = 6, 48
STUCK_S = 20.0
SOON_S = 10.0
"""What a busy machine may take for the two seconds of grace, and much less than STUCK_S."""
WINDOW = ("--since", iso(NOW - HOURS * 3600), "--until", iso(NOW))
PLACE = ("--s3", f"s3://{BUCKET}")
LOG_FILE = r"/CloudTrail/.*\.gz"


@pytest.fixture
def vault(aws: LoopbackAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("TRAILHOUND_CACHE", str(tmp_path / "cache.db"))
    return Vault(aws, delivered(FILES, HOURS))


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (("sync", "--no-history", *PLACE, *WINDOW), Rule(Fault.SLOW, path=LOG_FILE)),
        (("sync", "--no-s3", "--region", "us-east-1"), Rule(Fault.SLOW, target="LookupEvents")),
        (("verify", *PLACE, *WINDOW), Rule(Fault.SLOW, path=LOG_FILE)),
        (("verify", *PLACE, *WINDOW), Rule(Fault.SLOW, path="list-type")),
        (("tail", *PLACE, *WINDOW[:2]), Rule(Fault.SLOW, path=LOG_FILE)),
        (("doctor", "--region", "us-east-1"), Rule(Fault.SLOW, service="cloudtrail")),
    ],
)
def test_a_command_that_waits_for_an_answer_ends_soon(
    aws: LoopbackAws, command: tuple[str, ...], fault: Rule
) -> None:
    rule = aws.faults.add(replace(fault, seconds=STUCK_S))
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not rule.met:
            assert process.poll() is None
            time.sleep(0.05)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=2 * STUCK_S)
        assert time.monotonic() - begun < SOON_S
    assert process.returncode == 130
    assert "Traceback" not in said
    assert command[0] == "tail" or said.endswith("Interrupted; what was stored is kept.\n")
    aws.faults.rules.clear()
    if command[0] == "verify":
        assert run(command) == 0
