from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.progress import Step
from tui.widgets.loading import amount
from tui.widgets.pace import Pace, spoken


def step(done: int, total: int | None = 1_000, label: str = "reading") -> Step:
    return Step(label, done, total, "files")


def test_steady_work_is_timed_right() -> None:
    pace = Pace()
    for second in range(11):
        pace.take(step(second * 50), float(second))
    assert pace.rate == pytest.approx(50)
    assert pace.left(step(500)) == pytest.approx(10)
    assert pace.share == 0.5


def test_nothing_is_promised_before_there_is_something_to_go_by() -> None:
    pace = Pace()
    pace.take(step(0), 0.0)
    pace.take(step(100), 0.5)
    assert pace.rate is None
    assert pace.left(step(100)) is None


def test_without_a_total_there_is_a_rate_but_no_end() -> None:
    pace = Pace()
    for second in range(5):
        pace.take(step(second * 10, None), float(second))
    assert pace.rate == pytest.approx(10)
    assert pace.left(step(40, None)) is None
    assert pace.share == 0.0


@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 2_000), st.integers(0, 10**10))))
def test_the_bar_never_goes_back_and_never_overflows(
    reports: list[tuple[int, int, int]],
) -> None:
    pace, now, before = Pace(), 0.0, 0.0
    for done, total, nanoseconds in reports:
        now += nanoseconds / 1e9
        pace.take(step(done, total), now)
        assert before <= pace.share <= 1.0
        assert pace.rate is None or pace.rate >= 0
        before = pace.share


def test_other_work_starts_anew() -> None:
    pace = Pace()
    for second in range(5):
        pace.take(step(second * 100), float(second))
    pace.take(step(0, label="indexing"), 5.0)
    assert pace.share == 0.0
    assert pace.rate is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (59.4, "59 s"), (60, "1 m"), (205, "3 m 20 s"), (7_500, "2 h 5 m")],
)
def test_a_guess_is_told_as_exactly_as_it_deserves(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


def test_bytes_are_told_in_the_unit_that_fits() -> None:
    assert amount(512, "bytes") == "512 bytes"
    assert amount(1_572_864, "bytes") == "1.5 MB"
    assert amount(1_234, "files") == "1,234 files"
