"""The strip over all places says of each bin what the cells of the places say together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.answer import Span
from tui.domain.coverage import RECENTLY, Covered, Failure, Scope, State, cells, places
from tui.domain.strip import strip

REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
NOW = 10_000_000_000
MOMENTS = st.integers(NOW - 10 * RECENTLY, NOW)


def scope(region: str) -> Scope:
    return Scope("history", "111122223333", region, "management")


covered_ranges = st.lists(
    st.builds(
        lambda region, ends: Covered(scope(region), Span(min(ends), max(ends))),
        st.sampled_from(REGIONS),
        st.tuples(MOMENTS, MOMENTS),
    ),
    max_size=8,
)
refusals = st.lists(
    st.builds(lambda region: Failure(scope(region), "refused", NOW), st.sampled_from(REGIONS)),
    max_size=2,
)


def together(states: set[State]) -> State:
    for state in (State.FAILED, State.PARTIAL):
        if state in states:
            return state
    if State.GAP in states:
        return State.GAP if states == {State.GAP} else State.PARTIAL
    return State.RECENT if State.RECENT in states else State.SYNCED


@given(covered_ranges, refusals, MOMENTS, st.integers(1, RECENTLY), st.integers(1, 40))
def test_each_bin_says_what_its_cells_say(
    covered: list[Covered], failures: list[Failure], start: int, step: int, bins: int
) -> None:
    bins = max(1, min(bins, (NOW - start) // step))
    known = places(covered, failures)
    found = strip(known, start, step, bins, NOW)
    window = Span(start, start + step * bins)
    by_bin: dict[int, set[State]] = {}
    for cell in cells(covered, failures, window, step, NOW):
        by_bin.setdefault((cell.span.start - start) // step, set()).add(cell.state)
    if known:
        assert list(found.states) == [together(by_bin[index]) for index in range(bins)]


@given(covered_ranges, MOMENTS, st.integers(1, RECENTLY))
def test_every_gap_is_named_with_its_places(covered: list[Covered], start: int, step: int) -> None:
    found = strip(places(covered, ()), start, step, 20, NOW)
    lacking = {State.GAP, State.PARTIAL} & set(found.states)
    assert bool(found.gaps) == bool(lacking)
    lengths = [gap.span.end - gap.span.start for gap in found.gaps]
    assert lengths == sorted(lengths, reverse=True)
    assert all(gap.places for gap in found.gaps)
