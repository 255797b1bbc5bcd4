"""A flag is turned on and off, stays with its event, and is told of by commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.delivered import line, log_file, write
from tui.cli.main import run
from tui.domain.answer import Query
from tui.domain.fields import BY_NAME
from tui.domain.filter import OneOf, Term
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.find import find
from tui.jobs.ingesting.flagging import flagged, turn
from tui.storage.cache import Cache

FLAGGED = Term(BY_NAME["flagged"], OneOf(("yes",)))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "cache.db")
    write(cache, a=log_file(*map(line, range(5))))
    return cache


def test_a_flag_is_turned_on_and_off_again(cache: Cache) -> None:
    assert turn(cache, 3)
    assert turn(cache, 4)
    assert flagged(cache) == {3, 4}
    assert not turn(cache, 3)
    assert flagged(cache) == {4}


def test_the_explorer_is_told_that_flags_changed_and_finds_what_is_flagged(cache: Cache) -> None:
    explorer = Explorer(cache)
    explorer.refresh()
    before = explorer.standing
    explorer.refresh()
    assert explorer.standing == before
    turn(cache, 2)
    explorer.refresh()
    assert explorer.standing != before
    assert explorer.answer(Query(FLAGGED)).numbers.tolist() == [2]
    turn(cache, 2)
    write(cache, b=log_file(*map(line, range(5, 9))))
    turn(cache, 8)
    explorer.refresh()
    assert explorer.answer(Query(FLAGGED)).numbers.tolist() == [8]
    with cache.connection() as connection:
        assert list(find(connection, FLAGGED)) == [8]


def test_a_command_finds_and_prints_flags(
    cache: Cache, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turn(cache, 4)
    place = ["--cache", str(tmp_path / "cache.db")]
    assert run(["events", "--fields", "number,flagged", "--format", "jsonl", *place]) == 0
    told = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert {each["number"]: each["flagged"] for each in told} == dict.fromkeys(
        range(1, 6), "no"
    ) | {4: "yes"}
    assert run(["events", "flagged:yes", "--fields", "number", "--format", "csv", *place]) == 0
    assert capsys.readouterr().out.split() == ["number", "4"]
