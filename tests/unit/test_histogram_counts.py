"""A histogram counts the same whether events are placed one by one or all at once."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.pilot.explored import NOW, simulated
from tui.domain.answer import Query, Span
from tui.domain.event import Result
from tui.jobs.exploring.explore import Explorer
from tui.jobs.ingesting.ingest import ingest
from tui.language.grammar import parse
from tui.storage.cache import Cache

DAY = 86_400_000


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    cache = Cache(tmp_path_factory.mktemp("histogram") / "cache.db")
    ingest(cache, simulated(1_500))
    made = Explorer(cache)
    made.refresh()
    return made


SPANS = (None, Span(NOW - 3 * DAY, NOW - DAY), Span(NOW - 60 * DAY, NOW + DAY), Span(5, 9))
MANY, FEW = ("-service:ec2", "error:none"), ("service:iam", "severity:>=high", "action:Delete*")


@pytest.mark.parametrize("text", [*MANY, *FEW])
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("bins", [1, 7, 150])
def test_each_bin_counts_its_events_and_those_that_failed(
    explorer: Explorer, text: str, span: Span | None, bins: int
) -> None:
    view = explorer.answer(Query(parse(text, NOW, UTC), span, bins=bins))
    everything = explorer.answer(Query(parse(text, NOW, UTC))).answer
    assert (everything.total * 8 < everything.cached) == (text in FEW)
    histogram = view.answer.histogram
    assert histogram is not None
    rows = view.rows(0, view.answer.total)
    for at, (count, bad) in enumerate(zip(histogram.counts, histogram.troubled, strict=True)):
        start = histogram.start + at * histogram.step
        inside = [row for row in rows if start <= row.time < start + histogram.step]
        assert count == len(inside)
        assert bad == sum(row.outcome.result != Result.OK for row in inside)
    assert sum(histogram.counts) == len(rows)
