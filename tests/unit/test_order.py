from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.columns import Columns

TIMES = st.lists(st.integers(0, 5) | st.integers(0, 1 << 62), max_size=40)


@given(TIMES, TIMES)
def test_events_stand_newest_first_and_of_equal_times_the_later_row(
    first: list[int], later: list[int]
) -> None:
    columns = Columns({"resource": lambda _name, _after, _last: []}, lambda _after, _last: [])
    for times in (first, later):
        start = len(columns) + 1
        columns.append(np.arange(start, start + len(times)), np.array(times, np.int64), {})
        _ = columns.order
    every = [*first, *later]
    expected = sorted(range(len(every)), key=lambda at: (every[at], at), reverse=True)
    assert columns.order.tolist() == expected
