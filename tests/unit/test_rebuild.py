"""Of a damaged cache comes back what a user put in as well, or it is said what did not."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.delivered import line, log_file, write
from tests.unit.test_damage import corrupt
from tui.domain.answer import Span
from tui.domain.coverage import Covered, Scope
from tui.domain.syncing import Wish
from tui.errors import CacheDamaged
from tui.jobs.ingesting.flagging import flagged, turn
from tui.jobs.ingesting.rebuild import Rebuilt, rebuild
from tui.jobs.syncing.added import added_sources, keep
from tui.storage import covering, reader
from tui.storage.cache import Cache, transaction
from tui.storage.salvage import LetGo

FILES = 60
EACH = 40
BASE = Wish(Span(0, 1))
PLACE = "s3://more-logs"
SCOPE = Scope("s3", "*", "*", PLACE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cache of some files, with every tenth event flagged and two sources added."""
    path = tmp_path / "cache.db"
    cache = Cache(path)
    starts = range(0, FILES * EACH, EACH)
    write(cache, **{f"f{n}": log_file(*map(line, range(n, n + EACH))) for n in starts})
    for number in range(1, FILES * EACH, 10):
        turn(cache, number)
    keep(cache, PLACE, BASE)
    keep(cache, "audit", BASE)
    with cache.connection() as connection, transaction(connection):
        covering.add(connection, [Covered(SCOPE, Span(0, 5))], 1)
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def flagged_ids(path: Path) -> set[str]:
    cache = Cache(path)
    with cache.connection() as connection:
        return {each.id for each in reader.pointers(connection, sorted(flagged(cache)))}


def texts(path: Path) -> list[str]:
    return sorted(each.text for each in added_sources(Cache(path), BASE))


def test_flags_and_added_sources_come_back(path: Path) -> None:
    before = flagged_ids(path)
    rebuilt = rebuild(path)
    assert flagged_ids(path) == before
    assert (rebuilt.flags, rebuilt.lost_flags, rebuilt.added) == (len(before), 0, 2)
    assert rebuilt.unread == ()
    assert texts(path) == ["audit", PLACE]
    assert f"{len(before)} flags kept. 2 added sources kept." in rebuilt.sentence()


def test_nothing_is_taken_for_synced(path: Path) -> None:
    rebuild(path)
    with Cache(path).connection() as connection:
        assert covering.everything(connection) == []


def test_a_flag_whose_event_is_lost_is_counted(path: Path) -> None:
    change(path, "UPDATE body SET bytes = zeroblob(100) WHERE file = 1")
    rebuilt = rebuild(path)
    assert rebuilt.lost == 1
    assert (rebuilt.flags, rebuilt.lost_flags) == (FILES * EACH // 10 - 4, 4)
    assert " kept, 4 lost as their events could not be read." in rebuilt.sentence()


def test_a_flag_stays_with_the_event_of_its_account(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cache = Cache(path)
    write(cache, a=log_file(line(1), line(1, recipientAccountId="444455556666")))
    turn(cache, 2)
    rebuild(path)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT account FROM event WHERE number IN (SELECT fact FROM flag)"
        assert connection.execute(query).fetchall() == [("444455556666",)]


@pytest.mark.parametrize("seed", range(8))
def test_noise_never_moves_a_flag_and_every_loss_is_told(path: Path, seed: int) -> None:
    before = flagged_ids(path)
    corrupt(path, share=0.04, seed=seed)
    rebuilt = rebuild(path)
    after = flagged_ids(path)
    assert after <= before
    assert rebuilt.flags == len(after)
    if not rebuilt.unread:
        assert rebuilt.flags + rebuilt.lost_flags == len(before)
        assert texts(path) == ["audit", PLACE]
    else:
        assert "could be read: set anew what is missing." in rebuilt.sentence()
    assert set(texts(path)) <= {"audit", PLACE}


def test_what_is_no_database_may_have_held_anything(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    path.write_bytes(random.Random(1).randbytes(20_000))
    rebuilt = rebuild(path)
    assert rebuilt.unread == ("flags", "added sources")
    assert "Not all flags and added sources could be read" in rebuilt.sentence()


def test_an_older_cache_had_no_such_things(path: Path) -> None:
    change(path, "DROP TABLE flag")
    change(path, "DROP TABLE added")
    change(path, "ALTER TABLE file DROP COLUMN cap")
    rebuilt = rebuild(path)
    assert rebuilt.unread == ()
    assert (rebuilt.files, rebuilt.lost) == (FILES, 0)


def test_a_source_that_nobody_wrote_like_that_is_told_and_the_others_stay(path: Path) -> None:
    change(path, "UPDATE added SET profiles = '{' WHERE source = 'audit'")
    with pytest.raises(CacheDamaged):
        texts(path)
    rebuilt = rebuild(path)
    assert (rebuilt.added, rebuilt.unread) == (1, ("added sources",))
    assert texts(path) == [PLACE]


def test_both_versions_of_a_file_come_back(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cache = Cache(path)
    for number in (1, 2):
        write(cache, a=log_file(line(number)))
    rebuilt = rebuild(path)
    assert (rebuilt.files, rebuilt.events) == (2, 2)


def test_what_was_let_go_is_told_with_how_far_back_it_lies() -> None:
    let_go = LetGo()
    assert "await" not in Rebuilt(Path("x"), 1, 1, 0, let_go).sentence()
    let_go.add(3, 1_795_352_400_000)
    let_go.add(4, None)
    said = Rebuilt(Path("x"), 1, 1, 0, let_go).sentence()
    assert "A new one has 1 file with 1 event;" in said
    assert (
        "7 events of 2 log files, whose bytes a size limit had let go, await the next sync that "
        "reaches back to 2026-11-22T12:00:00Z." in said
    )


def test_a_number_that_damage_made_up_does_not_hold_the_rebuild(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE file SET id = 1 << 50 WHERE id = (SELECT max(id) FROM file)")
        connection.commit()
    result = rebuild(path)
    assert (result.files, result.lost) == (FILES - 1, 1)
