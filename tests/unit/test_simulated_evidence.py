"""The simulated organization's integrity check finds what was done to it, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Kind
from tui.domain.verifying import Verified, Wanted
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.verifying.verify import verify
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.evidence import SimulatedEvidence
from tui.simulation.organization import organization
from tui.storage import marks
from tui.storage.cache import Cache

NOW = 1_782_388_800_000
LITTLE_HAPPENED = 1_795_449_600_000
"""At this time, where validation is off for a while, no log file is delivered before."""
ALL = Wanted(Span(0, NOW), NOW)


@pytest.fixture(scope="module")
def accounts() -> SimulatedAccounts:
    return SimulatedAccounts(7, NOW, events=6_000)


@pytest.fixture(scope="module")
def cache(accounts: SimulatedAccounts, tmp_path_factory: pytest.TempPathFactory) -> Cache:
    cache = Cache(tmp_path_factory.mktemp("demo") / "cache.db")
    ingest(cache, accounts)
    return cache


@pytest.fixture(scope="module")
def evidence(accounts: SimulatedAccounts) -> SimulatedEvidence:
    return SimulatedEvidence(accounts)


@pytest.fixture(scope="module")
def verified(evidence: SimulatedEvidence, cache: Cache) -> Verified:
    return verify(cache, evidence, ALL)


def test_what_was_done_is_found_and_nothing_else(verified: Verified) -> None:
    assert verified.problems == []
    assert Counter(each.kind for each in verified.findings) == {
        Kind.LOG_MODIFIED: 1,
        Kind.LOG_MISSING: 1,
        Kind.LOG_UNLISTED: 1,
        Kind.CHAIN_GAP: 1,
    }
    prod = organization().accounts["prod"]
    logs = [each for each in verified.findings if each.kind is not Kind.CHAIN_GAP]
    assert {each.account for each in logs} == {prod}


@pytest.mark.parametrize(("hour", "events"), [(0, 3_000), (6, 3_000), (-7, 2_000)])
def test_that_is_so_where_hardly_anything_happened(hour: int, events: int, tmp_path: Path) -> None:
    now = LITTLE_HAPPENED + hour * HOUR
    accounts = SimulatedAccounts(7, now, events=events)
    cache = Cache(tmp_path / "cache.db")
    ingest(cache, accounts)
    found = verify(cache, SimulatedEvidence(accounts), Wanted(Span(0, now), now)).findings
    assert Counter(each.kind for each in found) == {
        Kind.LOG_MODIFIED: 1,
        Kind.LOG_MISSING: 1,
        Kind.LOG_UNLISTED: 1,
        Kind.CHAIN_GAP: 1,
    }


def test_nearly_every_cached_file_is_vouched_for(cache: Cache, verified: Verified) -> None:
    assert verified.logs.valid > 300
    with cache.connection() as connection:
        counts = Counter(mark for _, mark in marks.of_files(connection))
        files = connection.execute("SELECT count(*) FROM file").fetchone()[0]
    assert counts["failed"] == 2, "one was altered, one is in no digest"
    assert counts["yes"] > 0.95 * files - 2


def test_a_second_look_reads_only_what_was_wrong(
    evidence: SimulatedEvidence, cache: Cache, verified: Verified
) -> None:
    again = verify(cache, evidence, ALL)
    assert again.findings == verified.findings
    assert again.fetched == 1
