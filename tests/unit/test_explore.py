from __future__ import annotations

from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.delivered import START, Delivered, line, log_file
from tests.unit.test_ingest import Cancelling
from tui.analysis.columns import Columns
from tui.domain.answer import Query, Span
from tui.domain.fields import BY_NAME, FIELDS
from tui.domain.filter import Filter
from tui.domain.progress import Step
from tui.errors import Cancelled
from tui.jobs.exploring.explore import Explorer
from tui.jobs.ingesting.ingest import ingest
from tui.language.grammar import parse
from tui.storage.cache import Cache

FACETS = tuple(field.name for field in FIELDS if field.facet)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def tree(text: str) -> Filter:
    return parse(text, START, UTC)


def filled(cache: Cache, *parts: range) -> Explorer:
    explorer = Explorer(cache)
    for part in parts:
        ingest(cache, Delivered({str(part): log_file(*map(line, part))}))
        explorer.refresh()
    return explorer


@settings(max_examples=100)
@given(
    st.lists(st.lists(st.integers(-3, 3) | st.integers(-(10**13), 10**13), max_size=8), max_size=8),
    st.data(),
)
def test_order_is_newest_first_with_the_higher_number_first_of_equals(
    batches: list[list[int]], data: st.DataObject
) -> None:
    columns = Columns({"resource": lambda _name, _after, _last: []}, lambda _after, _last: [])
    for batch in batches:
        numbers = np.arange(len(batch)) + columns.last + 1
        columns.append(numbers, np.array(batch, np.int64), {})
        if data.draw(st.booleans()):
            order = columns.order.tolist()
            times = columns.time.tolist()
            expected = sorted(range(len(times)), key=lambda at: (times[at], at), reverse=True)
            assert order == expected
            assert columns.sorted_time.tolist() == [times[at] for at in expected]


def test_rows_must_run_on() -> None:
    columns = Columns({"resource": lambda _name, _after, _last: []}, lambda _after, _last: [])
    columns.append(np.array([1, 2]), np.array([5, 6]), {})
    with pytest.raises(ValueError, match="row 2"):
        columns.append(np.array([2]), np.array([7]), {})


def test_an_empty_cache_answers_everything(cache: Cache) -> None:
    explorer = filled(cache)
    for text in ("", "caller:a", "resource:any", "-x", "record:x", "time:>=-1d", 'id:="a"'):
        answer = explorer.decided(Query(tree(text), None, FACETS, bins=5)).answer
        assert (answer.total, answer.cached, answer.span, answer.histogram) == (0, 0, None, None)
        assert all(facet.counts == () for facet in answer.facets)


def test_a_view_stays_what_it_was_while_the_cache_grows(cache: Cache) -> None:
    explorer = filled(cache, range(10, 20))
    view = explorer.answer(Query(bins=2))
    filled(cache, range(10), range(20, 30))
    assert explorer.refresh() == 30
    assert [row.time for row in view.rows(0, 99)] == [START + n * 1000 for n in range(19, 9, -1)]
    assert view.answer.total == view.answer.cached == 10
    assert explorer.answer(Query()).answer.total == 30
    assert view.position(10) == 0
    assert view.position(30) is None


def test_undecided_events_are_told_until_their_records_were_opened(cache: Cache) -> None:
    explorer = filled(cache, range(44))
    query = Query(tree("requestParameters.bucketName:bucket-4 OR action:DeleteBucket"))
    answer = explorer.answer(query).answer
    sure = [n for n in range(44) if n % 3 == 0]
    assert (answer.total, answer.undecided) == (len(sure), 44 - len(sure))
    decided = explorer.decided(query).answer
    assert decided.undecided == 0
    assert decided.total == len({*sure, *range(4, 44, 11)})


def test_a_span_limits_what_has_to_be_opened(cache: Cache) -> None:
    explorer = filled(cache, range(40))
    span = Span(START + 10_000, START + 20_000)
    query = Query(tree("record:bucket"), span, bins=3)
    assert len(explorer.undecided(query)) == 10
    view = explorer.decided(query)
    assert [row.time for row in view.rows(0, 20)] == [START + n * 1000 for n in range(19, 9, -1)]
    assert view.answer.histogram
    assert view.answer.histogram.start == span.start
    assert sum(view.answer.histogram.counts) == 10


def test_opening_records_can_be_stopped(cache: Cache) -> None:
    explorer = filled(cache, range(40))
    with pytest.raises(Cancelled):
        explorer.decided(Query(tree("record:bucket")), Cancelling(3))


def test_known_values_are_offered_most_frequent_first(cache: Cache) -> None:
    explorer = filled(cache, range(22))
    values = explorer.values(BY_NAME["action"], "b", 5)
    assert values == [("GetObject", 14), ("DeleteBucket", 8)]
    assert explorer.values(BY_NAME["action"], "BUCKET", 5) == [("DeleteBucket", 8)]
    assert explorer.values(BY_NAME["error"], "", 5) == []


def test_records_that_were_looked_into_are_not_looked_into_again(cache: Cache) -> None:
    explorer = filled(cache, range(10, 20))
    query = Query(tree("requestParameters.none:any OR -requestParameters.none:any"))
    steps: list[int] = []

    class Watching(Cancelling):
        def report(self, step: Step) -> None:
            steps.append(step.total or 0)

    first = explorer.decided(query, Watching(99))
    assert first.answer.total == 10
    ingest(cache, Delivered({"more": log_file(*map(line, range(3)))}))
    explorer.refresh()
    assert explorer.knows(query, first)
    again = explorer.decided(query, Watching(99), first)
    assert again.answer.total == 13
    assert steps == [10, 3]
    assert again.numbers.tolist() == explorer.decided(query).numbers.tolist()
    other = Query(query.filter, Span(0, START))
    assert explorer.knows(other, again) is None
    assert explorer.knows(query, explorer.answer(query)) is None
