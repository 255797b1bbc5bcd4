"""The pacer is held to its limit on a clock that tests turn, and once on the real one."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.clock import Clock
from tui.sources.aws.pacing import Pacer


def sent_in_any_window(times: list[float], window: float) -> int:
    """Return the most requests in any half-open window of that many seconds."""
    return max(sum(start <= each < start + window for each in times) for start in times)


@given(st.lists(st.floats(0, 2), min_size=10, max_size=60))
def test_no_second_ever_holds_more_than_two_requests(pauses: list[float]) -> None:
    clock = Clock()
    pacer = Pacer(clock=clock, sleep=clock.sleep)
    times = []
    for pause in pauses:
        assert pacer.wait()
        times.append(clock())
        clock.sleep(pause)
    assert sent_in_any_window(times, 1.0) <= 2


@pytest.mark.parametrize("took", [0.0, 0.1, 0.4])
def test_at_least_nine_tenths_of_the_limit_are_used(took: float) -> None:
    clock = Clock()
    pacer = Pacer(clock=clock, sleep=clock.sleep)
    for _ in range(200):
        pacer.wait()
        clock.sleep(took)
    assert 1.8 <= 200 / clock() <= 2.0
    assert pacer.rate >= 1.8


def test_a_rate_below_one_a_second_is_kept() -> None:
    clock = Clock()
    pacer = Pacer(rate=0.5, clock=clock, sleep=clock.sleep)
    for _ in range(3):
        pacer.wait()
    assert clock() >= 4.0


def test_two_threads_share_one_limit_in_real_time() -> None:
    pacer = Pacer(rate=20.0)
    times: list[float] = []

    def ask() -> None:
        for _ in range(20):
            pacer.wait()
            times.append(time.monotonic())

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    assert sent_in_any_window(times, 1.0) <= 20
    assert pacer.requests == 40


def test_throttling_pauses_longer_each_time_and_success_ends_it() -> None:
    clock = Clock()
    pacer = Pacer(clock=clock, sleep=clock.sleep, chance=lambda: 1.0)
    waited = []
    for _ in range(8):
        pacer.throttled()
        before = clock()
        pacer.wait()
        waited.append(round(clock() - before, 3))
    assert waited == [1, 2, 4, 8, 16, 20, 20, 20]
    assert pacer.throttles == 8
    pacer.succeeded()
    pacer.throttled()
    before = clock()
    pacer.wait()
    assert clock() - before < 1.1


@given(st.floats(0, 1, exclude_max=True))
def test_a_pause_is_spread_but_never_below_half(chance: float) -> None:
    clock = Clock()
    pacer = Pacer(clock=clock, sleep=clock.sleep, chance=lambda: chance)
    pacer.throttled()
    pacer.wait()
    assert 0.5 <= clock() <= 1.01


def test_a_cancelled_wait_ends_early_and_takes_no_turn() -> None:
    clock = Clock()
    pacer = Pacer(clock=clock, sleep=clock.sleep, chance=lambda: 1.0)
    pacer.throttled()
    assert not pacer.wait(lambda: clock() >= 0.4)
    assert clock() < 0.6
    assert pacer.requests == 0
