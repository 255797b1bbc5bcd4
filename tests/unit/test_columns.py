from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets import columns

IDS = st.lists(st.sampled_from([c.id for c in columns.COLUMNS]), min_size=1, unique=True)


@given(IDS, st.integers(25, 300))
def test_columns_and_gaps_fill_the_width_exactly(ids: list[str], width: int) -> None:
    shown = columns.layout(ids, width)
    assert sum(cells for _, cells in shown) + columns.GAP * (len(shown) - 1) == width


@given(IDS, st.integers(0, 300))
def test_columns_keep_their_order_and_are_left_out_from_the_right(
    ids: list[str], width: int
) -> None:
    shown = [column.id for column, _ in columns.layout(ids, width)]
    assert shown
    assert shown == ids[: len(shown)]


@pytest.mark.parametrize("width", range(38, 260))
def test_the_columns_chosen_for_a_width_all_fit_it(width: int) -> None:
    ids = columns.default_ids(width)
    assert tuple(column.id for column, _ in columns.layout(ids, width)) == ids


def test_eighty_columns_show_time_caller_action_and_result() -> None:
    assert set(columns.default_ids(79)) >= {"time", "caller", "action", "result"}


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError):
        columns.layout(["colour"], 80)
