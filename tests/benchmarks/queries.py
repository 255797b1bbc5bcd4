"""Facets, histogram and rows of a full cache, beside DuckDB with the same values.

Both must give the same answers: every count, every bin, every row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from tests.benchmarks import duck, explorer
from tests.benchmarks.command import Setup, show
from tests.benchmarks.measure import Measured, MissingError, Timing, alone
from tests.benchmarks.questions import BINS, FACETS, PAGE, TOP, Answers, Question, questions
from tests.benchmarks.table import NOT_RUN, Headline, Report, Table

_TIMES = ("ours, first call", "ours, then", "DuckDB, first call", "DuckDB, then", "DuckDB / ours")
Timings: TypeAlias = Mapping[str, Timing[object]]


def report(setup: Setup) -> Report:
    """Ask both sides everything; raises AssertionError where they differ."""
    asked = questions(setup.cache())
    ours = alone(2, explorer.answers, setup.cache(), asked, setup.repeats.queries)
    duckdb = _duckdb(setup, asked)
    if not isinstance(duckdb, str):
        _compare(ours.value, duckdb.value)
    return Report(
        (
            _asked(asked, ours.value, _answers(duckdb)),
            _windows(ours.value, _answers(duckdb)),
            _loading({"trailhound": ours, "DuckDB, 2 threads": duckdb}),
        ),
        tuple(_headlines(ours.value, _answers(duckdb))),
    )


def _duckdb(setup: Setup, asked: tuple[Question, ...]) -> Measured[Answers] | str:
    database = setup.folder / "queries.duckdb"
    try:
        alone(2, duck.copy, setup.cache(), database)
        return alone(2, duck.answers, database, asked, setup.repeats.queries)
    except MissingError as error:
        return str(error)


def _answers(run: Measured[Answers] | str) -> Answers | None:
    return None if isinstance(run, str) else run.value


def _compare(ours: Answers, duckdb: Answers) -> None:
    for name, timing in ours.asked.items():
        if timing.value != duckdb.asked[name].value:
            raise AssertionError(f"{name}: {timing.value}\nis not {duckdb.asked[name].value}")
    for name, window in ours.windows.items():
        if window.value != duckdb.windows[name].value:
            raise AssertionError(f"rows {name}: {window.value}\nnot {duckdb.windows[name].value}")


def _asked(asked: tuple[Question, ...], ours: Answers, duckdb: Answers | None) -> Table:
    same = "Both gave the same counts, bins and rows." if duckdb else "Nothing was compared."
    return Table(
        f"Queries: {len(FACETS)} facets (top {TOP}), histogram ({BINS} bins), first {PAGE} rows",
        ("filter", "events found", *_TIMES),
        [
            (
                f"{each.name} `{each.filter}`" if each.filter else each.name,
                f"{ours.asked[each.name].value.total:,}",
                *_cells(each.name, ours.asked, duckdb.asked if duckdb else {}),
            )
            for each in asked
        ],
        (
            f"{same} DuckDB's table was made from our values, sorted by time.",
            "After the first call, the median of the others.",
        ),
    )


def _windows(ours: Answers, duckdb: Answers | None) -> Table:
    return Table(
        f"Rows: {PAGE} of all events, newest first, at a depth",
        ("depth", *_TIMES),
        [
            (name, *_cells(name, ours.windows, duckdb.windows if duckdb else {}))
            for name in ours.windows
        ],
        ("Ours from a view that was answered before, DuckDB's with ORDER BY, LIMIT and OFFSET.",),
    )


def _loading(runs: Mapping[str, Measured[Answers] | str]) -> Table:
    rows = []
    for name, run in runs.items():
        if isinstance(run, str):
            rows.append((f"{name} ({run})", *[NOT_RUN] * 5))
            continue
        sizes = (run.value.resident_loaded, run.value.resident_asked, run.peak)
        times = (_ms(run.value.imported), _ms(run.value.loaded))
        rows.append((name, *times, *(f"{size / 1e6:,.0f} MB" for size in sizes)))
    return Table(
        "Loading",
        ("from", "imports", "loading", "memory then", "after all queries", "peak"),
        rows,
    )


def _cells(name: str, ours: Timings, duckdb: Timings) -> tuple[str, ...]:
    mine, other = ours[name], duckdb.get(name)
    if other is None:
        return (_ms(mine.first), _ms(mine.later), *[NOT_RUN] * 3)
    ratio = f"{other.later / mine.later:.1f} ×"
    return (_ms(mine.first), _ms(mine.later), _ms(other.first), _ms(other.later), ratio)


def _headlines(ours: Answers, duckdb: Answers | None) -> list[Headline]:
    return [
        Headline(f"{what}, {name}", *_beside(mine[name], theirs.get(name)))
        for what, mine, theirs in (
            ("facets, histogram, page", ours.asked, duckdb.asked if duckdb else {}),
            ("50 rows", ours.windows, duckdb.windows if duckdb else {}),
        )
        for name in mine
    ]


def _beside(mine: Timing[object], other: Timing[object] | None) -> tuple[str, str]:
    if other is None:
        return _ms(mine.later), NOT_RUN
    return _ms(mine.later), f"DuckDB {_ms(other.later)} ({other.later / mine.later:.1f} ×)"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


if __name__ == "__main__":
    show(report)
