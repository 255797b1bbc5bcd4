"""Side by side with `aws cloudtrail validate-logs`, on the same bucket: what it finds we find too.

What it cannot find is found as well, and where nothing was done nothing is found.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers.aws import LoopbackAws
from tests.servers.digested import HOME, HOURS, NOW, REGIONS, SINCE, Vault, delivered, iso
from tests.servers.fixtures import aws, loopback
from tests.servers.tampering import ALSO, WAYS, Hour
from tui.cli.main import run
from tui.domain.integrity import Kind

__all__ = ["aws", "loopback"]
AWS = Path(sys.executable).with_name("aws")
WHOLE = (SINCE, NOW)
OTHER = REGIONS[1]
ALONE = Hour(HOME, 20)
GAP = 40
FEW = 300
"""Log files where only some hours are looked at."""
EVERY = {**WAYS, **ALSO}
_INVALID = re.compile(r"s3://[^/]+/(\S+)\tINVALID: (.*)")
_GAP = "No log files were delivered by CloudTrail between"

pytestmark = pytest.mark.slow


class Theirs(NamedTuple):
    """What validate-logs said of one region."""

    code: int
    invalid: dict[str, str]
    gaps: int
    said: str


class Ours(NamedTuple):
    code: int
    found: list[tuple[str, str]]
    """Kinds and keys."""
    counts: dict[str, dict[str, int]]


Verify = Callable[..., Ours]


@pytest.fixture
def arn(aws: LoopbackAws) -> str:
    aws.quick = True
    return Vault(aws, delivered()).trail()


def validating(
    arn: str, regions: Iterable[str], window: tuple[int, int]
) -> list[subprocess.Popen[str]]:
    """Begin to run validate-logs in each region."""
    span = ("--start-time", iso(window[0]), "--end-time", iso(window[1]))
    command = [str(AWS), "cloudtrail", "validate-logs", "--trail-arn", arn, *span, "--region"]
    return [
        subprocess.Popen(
            [*command, region],
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for region in regions
    ]


def ended(process: subprocess.Popen[str]) -> Theirs:
    said, problems = process.communicate(timeout=120)
    invalid = {found[1]: found[2] for found in _INVALID.finditer(problems)}
    return Theirs(process.returncode, invalid, problems.count(_GAP), said)


@pytest.fixture
def verify(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Verify:
    monkeypatch.setenv("TRAILHOUND_CACHE", str(tmp_path / "cache.db"))

    def verified(arn: str, window: tuple[int, int], *options: str) -> Ours:
        span = ("--since", iso(window[0]), "--until", iso(window[1]))
        code = run(["verify", "--trail", arn, *span, "--format", "json", *options])
        document = json.loads(capsys.readouterr().out)
        assert document["problems"] == []
        found = [(each["kind"], each["object"].split("/", 3)[3]) for each in document["findings"]]
        return Ours(code, found, document)

    return verified


def around(hour: Hour) -> tuple[int, int]:
    """Return a window of a few hours around one."""
    start = SINCE + hour.number * 3600
    return start - 2 * 3600, start + 3 * 3600


def test_both_find_nothing_in_an_untouched_trail(arn: str, verify: Verify) -> None:
    running = validating(arn, REGIONS, WHOLE)
    ours = verify(arn, WHOLE)
    theirs = [ended(each) for each in running]
    assert (ours.code, ours.found) == (0, [])
    assert ours.counts["digests"]["valid"] == 2 * HOURS
    assert ours.counts["logs"]["valid"] >= 1_000
    for each in theirs:
        assert (each.code, each.invalid, each.gaps) == (0, {}, 0)
        assert f"{HOURS}/{HOURS} digest files valid" in each.said


@pytest.mark.parametrize("name", EVERY)
def test_each_way_to_tamper_is_found_by_itself(aws: LoopbackAws, verify: Verify, name: str) -> None:
    aws.quick = True
    vault = Vault(aws, delivered(FEW))
    arn = vault.trail()
    way = EVERY[name]
    keys = way.do(vault, ALONE)
    (running,) = validating(arn, [HOME], around(ALONE))
    ours = verify(arn, around(ALONE))
    theirs = ended(running)
    assert ours.code == 1
    assert {kind for kind, _ in ours.found} == way.kinds
    objects = {key for _, key in ours.found}
    assert set(keys) <= objects
    assert set(theirs.invalid) <= objects
    assert (bool(theirs.invalid), theirs.code == 1) == (way.seen, way.seen)


def test_all_ways_together_with_a_gap_and_overdue_digests(aws: LoopbackAws, verify: Verify) -> None:
    aws.quick = True
    vault = Vault(aws, delivered(gap=GAP))
    arn = vault.trail()
    planted = []
    for number, way in enumerate(WAYS.values()):
        hour = Hour(REGIONS[number % 2], 3 + 4 * (number // 2))
        planted += [(way, key) for key in way.do(vault, hour)]
    late = vault.made.digests[OTHER][-2:]
    for key in late:
        vault.delete(key)
    running = validating(arn, REGIONS, WHOLE)
    ours = verify(arn, WHOLE)
    theirs = [ended(each) for each in running]
    assert ours.code == 1
    objects = {key for _, key in ours.found}
    for each in theirs:
        assert each.code == 1
        assert set(each.invalid) <= objects
        assert each.gaps == 1
    for way, key in planted:
        assert {kind for kind, found in ours.found if found == key} & way.kinds, key
    kinds = [kind for kind, _ in ours.found]
    assert kinds.count(Kind.CHAIN_GAP) == len(REGIONS)
    assert (Kind.DIGEST_OVERDUE, late[0]) in ours.found
    assert ours.counts["digests"]["overdue"] == len(late)
    assert set(kinds) == set(Kind) - {Kind.EVENT_UNCONFIRMED}
    unseen = {key for way, key in planted if not way.seen}
    assert not unseen & {key for each in theirs for key in each.invalid}
