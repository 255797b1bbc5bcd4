"""From log files to a cache that can be asked: beside the limit, and beside peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeAlias

from tests.benchmarks import floor, limit, ours, peers
from tests.benchmarks.command import Setup, show
from tests.benchmarks.measure import Measured, MissingError, alone
from tests.benchmarks.table import NOT_RUN, Headline, Report, Table

SAMPLE = 20_000
"""Records for sqlite-utils, which would take minutes for all."""
LIMIT = "limit, 1 process"
FLOOR = "coded rows and bytes in SQLite, 1 process"
ONE, TWO = "trailhound, 1 core", "trailhound, 2 cores"
DUCKDB, JQ, SQLITE_UTILS = "DuckDB read_json, 2 threads", "zcat and jq -c", "sqlite-utils insert"
_CACHES = {ONE: "ours-1.db", TWO: "ours-2.db"}


class Took(NamedTuple):
    """What a run took for so many records, and the bytes it left, if any."""

    records: int
    seconds: float
    cpu: float
    peak: int
    stored: int = 0

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


Contestant: TypeAlias = Callable[[Setup], Took]


def _limit(setup: Setup) -> Took:
    run = alone(1, limit.decode_all, setup.made.folder)
    return _took(run, run.value)


def _floor(setup: Setup) -> Took:
    database = setup.folder / "floor.db"
    run = alone(1, floor.store_all, setup.made.folder, database)
    return _took(run, run.value, _remove(database))


def _ours(cores: int, name: str, setup: Setup) -> Took:
    cache = setup.folder / _CACHES[name]
    _remove(cache)
    run = alone(cores, ours.ingest, setup.made.folder, cache)
    return _took(run, run.value.events + run.value.again, ours.size(cache))


def _duckdb(setup: Setup) -> Took:
    database = setup.folder / "peer.duckdb"
    run = alone(2, peers.duckdb, setup.made.folder, database)
    return _took(run, run.value, _remove(database))


def _jq(setup: Setup) -> Took:
    run = alone(2, peers.jq, setup.made.folder)
    return _took(run, setup.made.contents.records)


def _sqlite_utils(setup: Setup) -> Took:
    run = alone(2, peers.sqlite_utils, setup.made.folder, setup.folder / "peer.db", SAMPLE)
    _remove(setup.folder / "peer.db")
    return _took(run, run.value)


RACE: dict[str, Contestant] = {
    LIMIT: _limit,
    FLOOR: _floor,
    ONE: partial(_ours, 1, ONE),
    TWO: partial(_ours, 2, TWO),
}
"""Run in turns, so that a busy machine slows all of them."""
PEERS: dict[str, Contestant] = {DUCKDB: _duckdb, JQ: _jq, SQLITE_UTILS: _sqlite_utils}
"""Run once: they take long, and are far away."""


def report(setup: Setup) -> Report:
    """Run everybody over the same files; raises AssertionError for a wrong result."""
    for path in setup.made.paths():  # so that everybody finds them in memory
        path.read_bytes()
    runs: dict[str, list[Took | str]] = {name: [] for name in (*RACE, *PEERS)}
    for _ in range(setup.repeats.ingest):
        for name, contestant in RACE.items():
            runs[name].append(_tried(contestant, setup))
    for name, contestant in PEERS.items():
        runs[name].append(_tried(contestant, setup))
    found = {name: _together(taken) for name, taken in runs.items()}
    _check(setup, found)
    contents = setup.made.contents
    table = Table(
        f"Ingest: {contents.records:,} records in {contents.files:,} files",
        ("work", "records/s", "of the limit", "seconds", "CPU s", "peak memory", "size / .json.gz"),
        [_row(name, found, contents.delivered) for name in runs],
        (
            f"Both caches hold exactly the {contents.distinct:,} distinct events.",
            "The limit decompresses, decodes the fields ingest needs, and keeps nothing.",
            "Coded rows: the same, each event a row of numbers of its values; nothing is derived.",
            "Trailhound's size includes every log file as delivered.",
            "DuckDB keeps the same fields and nothing else, and repeated deliveries twice.",
            f"jq prints to nowhere. sqlite-utils: the rate is that of {SAMPLE:,} records.",
            "CPU s is processor time over all processes; beside seconds it shows a busy machine.",
            "Peak memory is summed over all processes, shared pages counted in each.",
        ),
    )
    return Report((table,), tuple(_headlines(found)))


def _took(run: Measured[object], records: int, stored: int = 0) -> Took:
    return Took(records, run.seconds, run.cpu, run.peak, stored)


def _tried(contestant: Contestant, setup: Setup) -> Took | str:
    try:
        return contestant(setup)
    except MissingError as error:
        return str(error)


def _together(runs: list[Took | str]) -> Took | str:
    """Return a run that stands for all: its times the median, its memory the most."""
    took = [run for run in runs if isinstance(run, Took)]
    if not took:
        return runs[0]
    return took[-1]._replace(
        seconds=median(run.seconds for run in took),
        cpu=median(run.cpu for run in took),
        peak=max(run.peak for run in took),
    )


def _check(setup: Setup, found: Mapping[str, Took | str]) -> None:
    """Hold the limit and ours to what the files hold."""
    contents = setup.made.contents
    for name in (*RACE, DUCKDB):
        took = found[name]
        if isinstance(took, Took) and took.records != contents.records:
            raise AssertionError(f"{name}: {took.records:,} of {contents.records:,} records")
    for name, file in _CACHES.items():
        stored = isinstance(found[name], Took)
        if stored and ours.events_digest(setup.folder / file) != contents.ids:
            raise AssertionError(f"{name}: the cache does not hold the events of the files")
        _remove(setup.folder / file)


def _row(name: str, found: Mapping[str, Took | str], delivered: int) -> tuple[str, ...]:
    took, most = found[name], found[LIMIT]
    if isinstance(took, str) or isinstance(most, str):
        return (f"{name} ({took})", *[NOT_RUN] * 6)
    return (
        name,
        f"{took.rate:,.0f}",
        f"{took.rate / most.rate:.0%}",
        f"{took.seconds:,.2f}",
        f"{took.cpu:,.2f}",
        f"{took.peak / 1e6:,.0f} MB",
        f"{took.stored / delivered:.2f}" if took.stored else NOT_RUN,
    )


def _headlines(found: Mapping[str, Took | str]) -> list[Headline]:
    best = found[TWO] if isinstance(found[TWO], Took) else found[ONE]
    if isinstance(best, str):
        return []
    beside = [
        f"{name}: {took.rate:,.0f} ({best.rate / took.rate:.1f} ×)"
        for name, took in found.items()
        if name in PEERS and isinstance(took, Took)
    ]
    return [Headline("log files to cache, records/s", f"{best.rate:,.0f}", "; ".join(beside))]


def _remove(path: Path) -> int:
    """Delete a database and its journals; return how many bytes they were."""
    size = 0
    for part in path.parent.glob(f"{path.name}*"):
        size += part.stat().st_size
        part.unlink()
    return size


if __name__ == "__main__":
    show(report)
