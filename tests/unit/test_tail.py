"""Following: what arrives is stored and told of once, and a feed says honestly how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.following import Notes, Scripted
from tests.unit.delivered import START, line, log_text
from tui.domain.objects import LogObject
from tui.domain.tailing import SETTLES, FeedPhase
from tui.errors import CredentialsError, SourceError
from tui.jobs.syncing.pausing import Patience
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.jobs.tailing.tail import tail
from tui.sources.decode import Delivered
from tui.storage import following, reader
from tui.storage.cache import Cache

QUICK = Patience(first=0.01, longest=0.01)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def delivered(*numbers: int, name: str = "a") -> Delivered:
    content = log_text(*(line(number) for number in numbers))
    return LogObject(f"demo://{name}", "demo", len(content)), content


def at(number: int) -> int:
    """Return the time of the event of a number, ms."""
    return START + number * 1000


def test_an_event_is_told_of_once_however_often_it_arrives(cache: Cache) -> None:
    one = Scripted(Arrival([delivered(1, 2)]), Arrival([delivered(2, 3, name="b")]), name="x")
    other = Scripted(Arrival([delivered(3, 1, name="c")]), name="y")
    notes = Notes(lambda notes: notes.new == 3 and not one.script and not other.script)
    states = tail(cache, [one, other], notes)
    assert notes.new == 3
    assert sorted(n for each in notes.batches for n in each.numbers) == [1, 2, 3]
    assert sum(state.events for state in states) == 3
    again = Scripted(Arrival([delivered(1, 2, 3, name="d")]))
    notes = Notes(lambda notes: bool(notes.batches))
    tail(cache, [again], notes)
    assert (notes.new, notes.batches[0].seen_again) == (0, 3)


def test_what_comes_for_a_time_that_was_called_complete_is_late(cache: Cache) -> None:
    feed = Scripted(
        Arrival([delivered(50)]),
        Arrival(asked=at(100) + SETTLES),
        Arrival([delivered(99, 100, name="b")]),
    )
    notes = Notes(lambda notes: notes.new == 3)
    (state,) = tail(cache, [feed], notes)
    assert (state.complete_to, state.late, notes.late) == (at(100), 1, 1)
    assert state.newest == at(100)
    assert state.behind(at(160)) == 60_000
    late = [number for each in notes.batches for number in each.late]
    with cache.connection() as connection:
        assert [row.time for row in reader.rows(connection, late)] == [at(99)]


def test_the_position_is_stored_with_the_data_and_a_new_run_goes_on_there(cache: Cache) -> None:
    first = Scripted(Arrival([delivered(1)], asked=at(100) + SETTLES), now=lambda: at(1000))
    tail(cache, [first], Notes(lambda notes: notes.new == 1))
    assert first.asked_since == [at(1000) - SETTLES]
    with cache.connection() as connection:
        assert following.position(connection, first.feed) == at(100)
    second = Scripted(now=lambda: at(2000))
    (state,) = tail(cache, [second], Notes(lambda notes: notes.beats > 2))
    assert (second.asked_since, state.complete_to) == ([at(100)], at(100))
    named = Scripted(now=lambda: at(2000))
    tail(cache, [named], Notes(lambda notes: notes.beats > 2), since=at(7))
    assert named.asked_since == [at(7)]
    later = Scripted(now=lambda: at(100 + 3_601))
    tail(cache, [later], Notes(lambda notes: notes.beats > 2))
    assert later.asked_since == [at(100 + 3_601) - SETTLES]


def test_a_feed_that_fails_says_why_and_is_asked_again_from_where_it_stood(cache: Cache) -> None:
    broken = Scripted(
        Arrival([delivered(1)], asked=at(10) + SETTLES),
        SourceError("It broke off. Try again."),
        Arrival([delivered(2)]),
        name="broken",
    )
    whole = Scripted(Arrival([delivered(3)]), name="whole")
    notes = Notes(lambda notes: notes.new == 3)
    tail(cache, [broken, whole], notes, since=5, patience=QUICK)
    failed = [each for each in notes.states if each.phase is FeedPhase.FAILED]
    assert {(each.feed, each.problem) for each in failed} == {
        (broken.feed, "It broke off. Try again.")
    }
    assert broken.asked_since[0] == 5
    assert len(broken.asked_since) == 2
    assert notes.latest(broken.feed).problem == ""


def test_expired_credentials_pause_a_feed_until_they_are_renewed(cache: Cache) -> None:
    feed = Scripted(CredentialsError("They expired."), Arrival([delivered(1)]))
    notes = Notes(lambda notes: notes.new == 1)
    tail(cache, [feed], notes, patience=QUICK)
    assert feed.renewed == 1
    assert FeedPhase.PAUSED in {state.phase for state in notes.states}


def test_a_feed_is_told_only_of_what_is_committed(cache: Cache, tmp_path: Path) -> None:
    feed = Scripted(Arrival([delivered(1)], receipts=["r1"]), Arrival([delivered(2)]))
    tail(cache, [feed], Notes(lambda notes: notes.new == 2))
    assert feed.told == ["r1"]
    with Cache(tmp_path / "cache.db").connection() as connection:
        assert reader.count(connection) == 2


def test_what_is_no_record_is_counted_and_stored_as_skipped(cache: Cache) -> None:
    odd = (LogObject("demo://odd", "demo", 5), b"hello")
    feed = Scripted(Arrival([odd, delivered(1)]))
    notes = Notes(lambda notes: notes.new == 1)
    tail(cache, [feed], notes)
    assert sum(each.skipped for each in notes.batches) == 1
    with cache.connection() as connection:
        assert [each.uri for each in reader.skips(connection)] == ["demo://odd"]


def test_nobody_sleeps_past_the_end() -> None:
    slept: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    def clock() -> int:
        return int(now[0] * 1000)

    watch = Watch(lambda: False, clock, until=3000, sleep=sleep, elapsed=lambda: now[0])
    assert watch.wait(30)
    assert sum(slept) == pytest.approx(3)
    assert watch.last(clock())
    assert watch.wait(1)
    assert sum(slept) == pytest.approx(4)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_nobody_expected_ends_the_tail_and_is_not_swallowed(cache: Cache) -> None:
    class Broken(Scripted):
        def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
            yield from super().arrivals(since, watch) if since < 0 else ()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tail(cache, [Broken(), Scripted(name="whole")], Notes(lambda _: False))


def test_it_ends_when_every_feed_has(cache: Cache) -> None:
    class Ending(Scripted):
        def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
            del since, watch
            yield Arrival([delivered(1)])

    notes = Notes(lambda _: False)
    (state,) = tail(cache, [Ending()], notes)
    assert (notes.new, state.phase) == (1, FeedPhase.STOPPED)
