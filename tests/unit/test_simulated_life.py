"""The simulated accounts go on living, the same way every time."""

from __future__ import annotations

import orjson
import pytest

from tui.deriving.derive import derive
from tui.domain.event import Event, Severity
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.live import Arrival

NOW = 1_795_348_800_000
"""2026-11-22 12:00 UTC, in ms."""
MINUTE = 60_000
SETTLES = 15 * MINUTE


def lived(rate: float, minutes: int, *cuts: int) -> list[Arrival]:
    live = SimulatedAccounts(7, NOW, events=1_000).live(NOW, rate)
    found = [arrival for cut in cuts for arrival in live.until(NOW + cut)]
    return found + live.until(NOW + minutes * MINUTE)


def test_the_same_is_delivered_however_the_time_is_cut() -> None:
    assert lived(2.0, 3) == lived(2.0, 3, 1, 999, 50_500, 50_500, 120_000)


def test_nothing_is_delivered_before_it_happened_or_after_it_was_asked_for() -> None:
    found = lived(2.0, 3)
    assert all(each.time < each.delivered for each in found)
    assert all(NOW < each.delivered <= NOW + 3 * MINUTE for each in found)
    assert [each.delivered for each in found] == sorted(each.delivered for each in found)
    for each in found:
        event = derive(orjson.loads(each.record))
        assert isinstance(event, Event)
        assert event.time == each.time


@pytest.mark.parametrize("rate", [0.1, 5.0, 50.0])
def test_so_many_come_as_were_wanted(rate: float) -> None:
    per_second = len(lived(rate, 10)) / 600
    assert 0.7 * rate <= per_second <= 1.2 * rate + 0.2


def test_some_come_late_and_most_do_not() -> None:
    found = lived(5.0, 10)
    late = [each for each in found if each.delivered - each.time > SETTLES]
    assert 0 < len(late) < len(found) / 20
    assert all(each.delivered - each.time < 5_000 for each in found if each not in late)


def test_the_attack_goes_on_and_is_no_copy_of_the_one_before() -> None:
    derived = [derive(orjson.loads(each.record)) for each in lived(0.5, 5)]
    events = [event for event in derived if isinstance(event, Event)]
    assert len(events) == len(derived)
    assert any(event.signal.severity >= Severity.HIGH for event in events)
    assert len({event.id for event in events}) == len(events)
    before = SimulatedAccounts(7, NOW, events=1_000)
    told = b"".join(before.text(item.uri) for item in before.objects())
    assert not any(event.id.encode() in told for event in events)
