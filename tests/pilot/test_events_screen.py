from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Static

from tests.pilot.explored import NARROW, Explored, Files, exploring, record, simulated
from tui.jobs.ingesting.ingest import FIRST_CHUNK, ingest
from tui.screens.events import EventsScreen
from tui.screens.help import HelpScreen
from tui.screens.resting import MOVING
from tui.screens.skipped import SkippedScreen
from tui.screens.work import Answered
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable
from tui.widgets.facets import Facets
from tui.widgets.filter_bar import FilterBar
from tui.widgets.histogram import HistogramView
from tui.widgets.record_tree import RecordTree, RecordView

LAST = 253_402_300_799_999
"""The last ms of the year 9999: such times were read before they were found to have no range."""


@pytest.fixture(scope="session")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of the simulated organization that nobody writes to."""
    path = tmp_path_factory.mktemp("organization") / "cache.db"
    ingest(Cache(path), simulated())
    return path


@pytest.fixture
def cached(organization: Path, tmp_path: Path) -> Path:
    """A cache of the simulated organization for one test."""
    return Path(shutil.copy(organization, tmp_path / "cache.db"))


def cache_of(path: Path, *records: dict[str, object]) -> Path:
    """Make a cache of these records."""
    ingest(Cache(path), Files({"a.json.gz": records}).let_all())
    return path


def error_of(explored: Explored) -> str:
    """Return what the filter bar says is wrong."""
    error = explored.screen.query_one("#error", Static)
    return str(error.render()) if error.display else ""


async def include(explored: Explored, field: str, value: str | None, key: str = "space") -> None:
    """Go to a value of a facet and press a key there."""
    facets = explored.screen.query_one(Facets)
    facets.focus()
    places = [(line.kind, line.field, line.value) for line in facets._lines]
    facets.cursor = places.index(("value", field, value))
    await explored.press(key)
    await explored.settled()


def count_of(explored: Explored, field: str, value: str | None) -> int:
    """Return the number a facet shows with a value; 0 if it is not listed."""
    assert explored.screen.view
    counts = {
        (facet.field, each.value): each.count
        for facet in explored.screen.view.answer.facets
        for each in facet.counts
    }
    return counts.get((field, value), 0)


async def test_the_newest_events_are_shown_first_with_what_is_cached(cached: Path) -> None:
    async with exploring(cached) as explored:
        assert explored.table.count == explored.total > 1_500
        times = [row.time for position in range(30) if (row := explored.table.row_at(position))]
        assert len(times) == 30
        assert times == sorted(times, reverse=True)
        first = explored.table.current
        assert first is not None
        assert first.call.action in explored.text
        assert " accounts · " in explored.text
        assert "everything read" in explored.text


async def test_an_empty_cache_says_what_to_do(tmp_path: Path) -> None:
    async with exploring(tmp_path / "cache.db") as explored:
        assert "No events are cached. Open log files with: trailhound open PATH" in explored.text


async def test_typing_a_filter_answers_while_it_is_typed(cached: Path) -> None:
    async with exploring(cached) as explored:
        everything = explored.total
        await explored.press("slash")
        await explored.type("service:kms")
        await explored.until(lambda: 0 < explored.total < everything)
        await explored.settled()
        rows = [row for n in range(5) if (row := explored.table.row_at(n))]
        assert {row.call.service for row in rows} == {"kms"}
        assert f"{explored.total:,} of {everything:,}" in explored.text
        await explored.press("enter", "u")
        await explored.until(lambda: explored.total == everything)
        assert explored.screen.query_one(FilterBar).text == ""


async def test_a_wrong_filter_is_shown_under_its_column_and_keeps_the_answer(cached: Path) -> None:
    async with exploring(cached) as explored:
        await explored.filter("service:s3")
        await explored.press("slash")
        await explored.type(" error:>")
        await explored.press("enter")
        await explored.settled()
        first, *said = error_of(explored).splitlines()
        assert first.index("▲") >= len("service:s3 ")
        assert said
        assert explored.screen.query_one(FilterBar).text == "service:s3 error:>"
        assert explored.screen.query_one(FilterBar).has_focus_within
        assert explored.screen.question.text.startswith("service:s3")


async def test_escape_leaves_the_filter_as_it_was_before_it_was_typed_in(cached: Path) -> None:
    async with exploring(cached) as explored:
        bar = explored.screen.query_one(FilterBar)
        await explored.filter("service:s3")
        some, current = explored.total, explored.table.current
        for typed in (" error:any", " action:nothing-like-this", " error:>"):
            await explored.press("slash")
            await explored.type(typed)
            await explored.settled()
            await explored.until(lambda: explored.screen._typing._action is None)
            await explored.press("escape", "escape")
            await explored.settled()
            await explored.until(lambda: explored.total == some)
            assert bar.text == explored.screen.question.text == "service:s3"
            assert f"{some:,} of" in explored.text
            assert error_of(explored) == ""
            assert explored.table.has_focus
            assert explored.table.current == current


async def test_escape_leaves_words_looked_for_in_records_and_the_time_range(cached: Path) -> None:
    async with exploring(cached) as explored:
        await explored.press("t", "right", "right", "L", "L", "L", "enter")
        await explored.settled()
        await explored.filter("console")
        await explored.press("d")
        await explored.settled()
        before = explored.screen.question
        assert before.deep
        assert before.span
        await explored.press("slash")
        await explored.type(" error:any")
        await explored.until(lambda: explored.screen.question != before)
        await explored.press("escape", "escape")
        assert explored.screen.question == before


async def test_what_was_taken_otherwise_is_not_given_up_by_a_later_escape(cached: Path) -> None:
    async with exploring(cached) as explored:
        await explored.press("slash")
        await explored.type("service:kms")
        explored.table.focus()
        await explored.pilot.pause()
        await explored.press("slash", "escape", "escape")
        await explored.settled()
        assert explored.screen.question.text == "service:kms"


async def test_an_event_after_which_no_calendar_goes_on_is_shown(tmp_path: Path) -> None:
    path = cache_of(tmp_path / "cache.db", record(0), record(1))
    with Cache(path).connection() as connection:
        connection.execute("UPDATE fact SET time = ? WHERE id = 1", (LAST,))
    async with exploring(path) as explored:
        assert explored.total == 2
        assert f"– {LAST + 1} ms UTC" in explored.text
        assert "12-31 23:59:59" in explored.text


async def test_nothing_found_says_so_and_describes_no_event(cached: Path) -> None:
    async with exploring(cached) as explored:
        await explored.until(lambda: "called" in explored.text)
        before = explored.table.current
        assert before is not None
        await explored.filter("action:NoSuchActionAtAll")
        await explored.until(lambda: explored.total == 0)
        said = "events match. Press u to drop the filter."
        await explored.until(lambda: said in explored.text)
        await explored.until(lambda: "called" not in explored.text)
        explored.table.post_message(EventTable.Highlighted(0, before))  # late, as after a rest
        await explored.pilot.pause(2 * MOVING)
        assert "called" not in explored.text


async def test_a_facet_value_is_included_excluded_and_taken_back(cached: Path) -> None:
    async with exploring(cached) as explored:
        everything, kms = explored.total, count_of(explored, "service", "kms")
        text = explored.screen.query_one(FilterBar)
        assert 0 < kms < everything
        await include(explored, "service", "kms")
        assert text.text == "service:=kms"
        assert explored.total == kms
        assert "✓ kms" in explored.text
        await include(explored, "service", "kms", key="x")
        assert text.text == "-service:=kms"
        assert explored.total == everything - kms
        await include(explored, "service", "kms", key="x")
        assert text.text == ""
        assert explored.total == everything


async def test_events_without_an_error_can_be_chosen_by_their_facet(cached: Path) -> None:
    async with exploring(cached) as explored:
        successes = count_of(explored, "error", None)
        await include(explored, "error", None)
        assert explored.screen.query_one(FilterBar).text == "error:none"
        assert explored.total == successes > 0


async def test_the_histogram_zooms_into_a_time_and_back(cached: Path) -> None:
    async with exploring(cached) as explored:
        everything = explored.total
        await explored.press("t", "right", "right", "L", "L", "L")
        picked = explored.screen.query_one(HistogramView).picked
        assert picked is not None
        await explored.press("enter")
        await explored.settled()
        assert explored.screen.question.span == picked
        assert 0 < explored.total < everything
        newest = explored.table.row_at(0)
        assert newest is not None
        assert picked.start <= newest.time < picked.end
        assert "picked, Esc in the histogram shows all" in explored.text
        await explored.press("escape")
        await explored.settled()
        assert explored.total == everything
        assert explored.table.has_focus


async def test_an_event_opens_with_its_record_and_where_it_was_delivered(cached: Path) -> None:
    async with exploring(cached) as explored:
        current = explored.table.current
        assert current is not None
        await explored.press("enter")
        await explored.settled()
        assert explored.screen.query_one(RecordTree).has_focus
        assert "userIdentity" in explored.text
        assert "demo, record" in explored.text
        await explored.press("slash")
        await explored.type("eventID")
        await explored.press("enter")
        await explored.settled()
        assert current.id in explored.text
        await explored.press("escape")
        await explored.settled()
        assert explored.table.has_focus
        assert not explored.screen.query_one(RecordView).display


async def test_a_string_that_only_a_record_has_is_found_by_the_deep_search(tmp_path: Path) -> None:
    hidden = record(3, requestParameters={"note": "the-needle-is-here"})
    cache = cache_of(tmp_path / "cache.db", record(1), record(2), hidden)
    async with exploring(cache) as explored:
        await explored.filter("needle-is")
        assert explored.total == 0
        assert "Press d to look into whole records." in explored.text
        await explored.press("d")
        await explored.until(lambda: explored.total == 1)
        await explored.settled()
        row = explored.table.current
        assert row is not None
        assert row.actor.caller == "user-3"


async def test_what_could_not_be_read_is_counted_and_listed_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    files = Files({"good.json.gz": [record(1)], "torn.json.gz": b"\x1f\x8b\x08 no more"})
    ingest(Cache(path), files.let_all())
    async with exploring(path) as explored:
        assert "1 could not be read: press !" in explored.text
        await explored.press("exclamation_mark")
        await explored.until(lambda: isinstance(explored.app.screen, SkippedScreen))
        await explored.settled()
        assert "torn.json.gz" in explored.text
        await explored.press("escape")
        assert isinstance(explored.app.screen, EventsScreen)


async def test_help_lists_the_keys_and_any_of_its_keys_closes_it(cached: Path) -> None:
    async with exploring(cached, size=NARROW) as explored:
        for key in ("question_mark", "q", "escape"):
            await explored.press("question_mark")
            await explored.pilot.pause()
            assert isinstance(explored.app.screen, HelpScreen)
            assert "look for the filter's words in whole records too" in explored.text
            await explored.press(key)
            await explored.pilot.pause()
            assert isinstance(explored.app.screen, EventsScreen)


async def test_a_narrow_screen_shows_facets_over_the_events_on_demand(cached: Path) -> None:
    async with exploring(cached, size=NARROW) as explored:
        facets = explored.screen.query_one(Facets)
        assert facets.size.width == 0
        width = explored.table.size.width
        await explored.press("b")
        await explored.settled()
        assert facets.has_focus
        assert explored.table.size.width == width == 80
        assert "▾ CALLER" in explored.text
        await explored.press("escape")
        await explored.settled()
        assert "▾ CALLER" not in explored.text
        assert explored.table.has_focus


async def test_an_answer_to_an_older_question_is_dropped(cached: Path) -> None:
    async with exploring(cached) as explored:
        stale = explored.screen.view
        assert stale is not None
        generation = explored.table.generation
        await explored.filter("service:kms")
        found = explored.total
        explored.screen.post_message(Answered(generation, stale, 0, 0, ()))
        await explored.settled()
        assert explored.total == explored.table.count == found < stale.answer.total


async def test_the_cursor_stays_on_its_event_while_others_arrive_above(tmp_path: Path) -> None:
    path = cache_of(tmp_path / "cache.db", *(record(n) for n in range(100, 160)))
    files = Files({"b.json.gz": [record(n) for n in range(50, 60)], "c.json.gz": [record(1)]})
    async with exploring(path, files) as explored:
        await explored.until(lambda: explored.total == 60)
        await explored.press("down", "down", "down")
        current = explored.table.current
        assert current is not None
        assert current.actor.caller == "user-103"
        # another program adds to the cache as well
        ingest(Cache(path), Files({"d.json.gz": [record(n) for n in range(20)]}).let_all())
        files.let_all()
        await explored.until(lambda: explored.total == 60 + 10 + 20)
        await explored.settled()
        assert explored.table.current == current
        assert explored.table.cursor == 3 + 10 + 20


async def test_at_the_top_the_newest_event_stays_under_the_cursor(tmp_path: Path) -> None:
    path = cache_of(tmp_path / "cache.db", record(30))
    files = Files({"b.json.gz": [record(5)]})
    async with exploring(path, files) as explored:
        await explored.until(lambda: explored.total == 1)
        files.let_all()
        await explored.until(lambda: explored.total == 2)
        current = explored.table.current
        assert current is not None
        assert current.actor.caller == "user-5"


async def test_whoever_reads_a_record_keeps_the_place_when_events_arrive(tmp_path: Path) -> None:
    path = cache_of(tmp_path / "cache.db", record(1), record(2))
    async with exploring(path, size=NARROW) as explored:
        await explored.press("down", "enter")
        await explored.settled()
        await explored.press("down", "left", "down", "down")
        tree = explored.screen.query_one(RecordTree)
        before = tree.current
        ingest(Cache(path), Files({"b.json.gz": [record(0)]}).let_all())
        explored.screen.cache_grew()
        await explored.until(lambda: explored.total == 3)
        await explored.settled()
        await explored.pilot.pause(2 * MOVING)
        await explored.settled()
        assert tree.current == before
        await explored.pilot.resize_terminal(60, 30)
        await explored.pilot.pause(2 * MOVING)
        await explored.settled()
        assert tree.current == before
        await explored.press("escape", "enter")
        await explored.until(lambda: tree.cursor == 0)


async def test_text_of_events_is_never_markup_nor_a_control_sequence(tmp_path: Path) -> None:
    name = "[bold red]x[/] \x1b]0;pwned\x07\x1b[2J\u202egnp"
    hostile = record(1, userAgent=name, errorCode=name, errorMessage=name)
    hostile["userIdentity"] = {"type": "IAMUser", "userName": name}
    cache = cache_of(tmp_path / "cache.db", hostile, record(2))
    async with exploring(cache) as explored:
        for keys in ((), ("enter",), ("escape", "b", "b")):
            await explored.press(*keys)
            await explored.settled()
            assert "[bold red]x[/]" in explored.text
            assert not {"\x1b", "\x07", "\u202e"} & set(explored.text)
        await include(explored, "caller", name)
        assert explored.total == 1


async def test_reading_shows_progress_and_escape_stops_it(tmp_path: Path) -> None:
    more_than_a_first_chunk = {"padding": "x" * FIRST_CHUNK}
    files = Files(
        {
            f"{n}.json.gz": [record(n, requestParameters=more_than_a_first_chunk)]
            for n in range(1, 6)
        }
    )
    async with exploring(tmp_path / "cache.db", files) as explored:
        await explored.until(lambda: explored.screen.explorer is not None)
        assert "No events are cached" not in explored.text
        files.gates["1.json.gz"].set()
        await explored.until(lambda: explored.total >= 1)
        assert "Reading log files" in explored.text
        assert "reading" in explored.text.splitlines()[0]
        await explored.press("escape")
        files.let_all()
        await explored.until(lambda: explored.screen.progress is None)
        await explored.settled()
        assert 1 <= explored.total < 5
        await explored.until(lambda: "Stopped after " in explored.text)
        assert "Reading log files" not in explored.text


async def test_keys_that_follow_the_slash_at_once_go_to_the_filter(cached: Path) -> None:
    async with exploring(cached) as explored:
        for char in "/ip:10.0.0.0/8":
            key = {"/": "slash", ":": "colon", ".": "full_stop"}.get(char, char)
            explored.app.post_message(Key(key, char))
        bar = explored.screen.query_one(FilterBar)
        await explored.until(lambda: bar.text == "ip:10.0.0.0/8")
