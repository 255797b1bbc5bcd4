"""What landed is told once, and only what is new is called new."""

from __future__ import annotations

from pathlib import Path

from tests.pilot.explored import Files, record
from tui.analysis.headlines import Headline, Headlines
from tui.domain.answer import Fresh, Query
from tui.jobs.exploring.explore import Explorer
from tui.jobs.ingesting.ingest import ingest
from tui.language.grammar import parse
from tui.storage.cache import Cache


def watching(text: str = "severity:>=high") -> Headlines:
    return Headlines(parse(text, 0))


class Landing:
    """A cache into which records land, and the explorer of it."""

    def __init__(self, folder: Path) -> None:
        self.cache = Cache(folder / "cache.db")
        self.explorer = Explorer(self.cache)
        self._files = 0

    def land(self, *records: dict[str, object]) -> range:
        """Store the records; return their row numbers."""
        before = self.explorer.refresh()
        self._files += 1
        ingest(self.cache, Files({f"{self._files}.json.gz": records}).let_all())
        return range(before + 1, self.explorer.refresh() + 1)


def test_what_was_there_before_is_no_news(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.land(record(9), record(8))
    headlines = watching()
    assert landing.explorer.headline(headlines, []) == Headline()
    landed = landing.land(record(7, userIdentity={"type": "IAMUser", "userName": "user-8"}))
    assert landing.explorer.headline(headlines, [landed]) == Headline(1)


def test_new_callers_actions_errors_and_what_is_severe_are_told_once(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.land(record(9))
    headlines = watching()
    stop = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}
    landed = landing.land(record(1), record(2, errorCode="AccessDenied"), record(3, **stop))
    told = landing.explorer.headline(headlines, [landed])
    assert (told.events, told.troubled) == (3, 1)
    assert set(told.callers) == {"user-1", "user-2", "user-3"}
    assert told.actions == ("StopLogging",)
    assert len(told.notable) == 1
    assert told.notable[0] in landed
    assert landing.explorer.headline(headlines, [landed]) == Headline()
    again = landing.land(record(4, userIdentity={"type": "IAMUser", "userName": "user-3"}))
    assert landing.explorer.headline(headlines, [landed, again]).callers == ()


def test_what_another_source_adds_is_known_but_not_told(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    headlines = watching("action:ListBuckets")
    landing.land(record(5))
    landed = landing.land(record(1, userIdentity={"type": "IAMUser", "userName": "user-5"}))
    told = landing.explorer.headline(headlines, [landed])
    assert (told.events, told.callers, told.actions) == (1, (), ())
    assert told.notable == tuple(landed)


def test_a_view_knows_which_of_its_events_are_fresh_and_where_they_end(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.land(record(5), record(20))
    first = landing.land(record(4), record(9))
    landing.land(record(3))
    second = landing.land(record(1), record(0))
    view = landing.explorer.answer(Query())
    assert view.fresh([]) == Fresh()
    assert view.fresh([second]) == Fresh(2, 2)
    assert view.fresh([first, second]) == Fresh(4, 2)
    late = landing.explorer.answer(Query(parse("caller:user-9 OR caller:user-5", 0)))
    assert late.fresh([first, second]) == Fresh(1, 0)
    assert landing.explorer.answer(Query(parse("caller:user-0", 0))).fresh([second]) == Fresh(1, 1)
