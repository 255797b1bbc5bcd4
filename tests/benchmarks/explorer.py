"""Our answers to the questions, from the columns in memory; runs in a process of its own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from tests.benchmarks.measure import resident, timed
from tests.benchmarks.questions import (
    BINS,
    FACETS,
    PAGE,
    TOP,
    Answers,
    Found,
    Question,
    depths,
)

if TYPE_CHECKING:  # what it takes to import is measured
    from tui.domain.answer import Row
    from tui.jobs.exploring.explore import Explorer, View

    Shown: TypeAlias = tuple[View, list[Row]]


def answers(cache: Path, asked: tuple[Question, ...], times: int) -> Answers:
    """Load a cache and answer everything so many times."""
    started = perf_counter()
    from tui.jobs.exploring.explore import Explorer
    from tui.storage.cache import Cache

    imported = perf_counter()
    explorer = Explorer(Cache(cache))
    total = explorer.refresh()
    ready = perf_counter()
    resident_loaded = resident()
    shown = {each.name: timed(times, partial(_ask, explorer, each.filter)) for each in asked}
    view, _ = _ask(explorer, "")
    windows = {
        name: timed(times, partial(view.rows, first, PAGE)) for name, first in depths(total).items()
    }
    return Answers(
        imported - started,
        ready - imported,
        resident_loaded,
        resident(),
        {name: each.of(_found(*each.value)) for name, each in shown.items()},
        {name: each.of(_numbers(each.value)) for name, each in windows.items()},
    )


def _ask(explorer: Explorer, text: str) -> Shown:
    from tui.domain.answer import Query
    from tui.language.grammar import parse

    view = explorer.answer(Query(parse(text, 0), facets=FACETS, top=TOP, bins=BINS))
    return view, view.rows(0, PAGE)


def _found(view: View, rows: list[Row]) -> Found:
    answer = view.answer
    facets = (
        (facet.field, tuple((count.value, count.count) for count in facet.counts))
        for facet in answer.facets
    )
    histogram = answer.histogram
    counts, troubled = (histogram.counts, histogram.troubled) if histogram else ((), ())
    return Found(answer.total, tuple(facets), counts, troubled, _numbers(rows))


def _numbers(rows: list[Row]) -> tuple[int, ...]:
    return tuple(row.number for row in rows)
