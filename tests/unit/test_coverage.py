"""What is covered, day by day, of places with a long history."""

from __future__ import annotations

from time import process_time

from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope, State, cells

DAY = 86_400_000
DAYS = 6_000


def test_a_day_takes_no_longer_for_all_the_others() -> None:
    scope = Scope("history", "111122223333", "eu-west-1", "management")
    halves = [Covered(scope, Span(day * DAY, day * DAY + DAY // 2)) for day in range(0, DAYS, 2)]
    started = process_time()
    found = list(cells(halves, (), Span(0, DAYS * DAY), DAY, DAYS * DAY))
    assert process_time() - started < 2  # it was thirteen
    half, gap = (State.PARTIAL, 0.5), (State.GAP, 0.0)
    assert [(cell.state, cell.share) for cell in found] == [gap, half] * (DAYS // 2)
