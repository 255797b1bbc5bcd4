from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.delivered import guid, line, log_file, write
from tui.domain.objects import LogObject
from tui.errors import CacheError
from tui.sources.decode import decode
from tui.storage import blocks, reader
from tui.storage.cache import Cache
from tui.storage.select import Condition
from tui.storage.writer import Writer, Written


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db")


def stored(cache: Cache) -> list[str]:
    """Return the ids of all events, newest first."""
    with cache.connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.id for row in reader.rows(connection, numbers)]


def everything(cache: Cache) -> dict[str, list[tuple[object, ...]]]:
    with cache.connection() as connection:
        names = (
            "file",
            "body",
            "skipped",
            "actor",
            "who",
            "what",
            "call",
            "resources",
            "leaf",
            "stem",
            "fact",
            "sighting",
            "block",
        )
        return {n: connection.execute(f"SELECT * FROM {n} ORDER BY 1, 2").fetchall() for n in names}


def sightings(cache: Cache, number: int) -> list[tuple[str, int]]:
    with cache.connection() as connection:
        return [(each.uri[-1], each.ordinal) for each in reader.sightings(connection, number)]


def test_what_was_written_is_counted(cache: Cache) -> None:
    assert write(cache, a=log_file(line(1), line(2)), b=b"hello") == Written(2, 2, 0, 1)
    assert stored(cache) == [guid(2), guid(1)]


def test_a_batch_without_events_still_stores_its_files(cache: Cache) -> None:
    assert write(cache, a=b"", b=log_file()) == Written(2, 0, 0, 1)
    assert write(cache) == Written(0, 0, 0, 0)
    with cache.connection() as connection:
        assert reader.totals(connection) == (0, 2, 1)
        assert {reader.body(connection, 1), reader.body(connection, 2)} == {b"", log_file()}


def test_the_same_event_in_two_files_is_one_with_two_sightings(cache: Cache) -> None:
    write(cache, a=log_file(line(1), line(2)))
    assert write(cache, b=log_file(line(3), line(1))) == Written(1, 1, 1, 0)
    assert stored(cache) == [guid(3), guid(2), guid(1)]
    assert sightings(cache, 1) == [("a", 0), ("b", 1)]


def test_the_same_event_twice_in_one_batch_is_one(cache: Cache) -> None:
    twice = log_file(line(1), line(2), line(1))
    assert write(cache, a=twice, b=log_file(line(2))) == Written(2, 2, 2, 0)
    assert sightings(cache, 1) == [("a", 0), ("a", 2)]
    assert sightings(cache, 2) == [("a", 1), ("b", 0)]


def test_one_id_in_two_accounts_is_two_events(cache: Cache) -> None:
    other = line(1, recipientAccountId="444455556666")
    assert write(cache, a=log_file(line(1), other)).events == 2
    assert write(cache, b=log_file(other, line(1))) == Written(1, 0, 2, 0)
    assert sightings(cache, 1) == [("a", 0), ("b", 1)]
    assert sightings(cache, 2) == [("a", 1), ("b", 0)]


def test_one_id_in_two_regions_of_an_account_is_one_event(cache: Cache) -> None:
    write(cache, a=log_file(line(1)))
    assert write(cache, b=log_file(line(1, awsRegion="us-east-1"))) == Written(1, 0, 1, 0)


def test_ids_that_are_no_guids_are_told_apart_letter_by_letter(cache: Cache) -> None:
    ids = ["a", "A", guid(10).upper(), guid(10), guid(10)[:-1], "\x1b[31m", "ä", "日本" * 2_000]
    content = log_file(*(line(number, eventID=text) for number, text in enumerate(ids)))
    assert write(cache, a=content).events == len(ids)
    assert write(cache, b=content) == Written(1, 0, len(ids), 0)


def test_a_full_disk_leaves_what_was_there_and_later_writes_work(cache: Cache) -> None:
    write(cache, a=log_file(*map(line, range(20))))
    before = everything(cache)
    # nothing in it compresses, so that the batch needs new pages
    large = log_file(
        *(line(n, requestParameters={"x": os.urandom(500).hex()}) for n in range(20, 400))
    )
    batch = decode([(LogObject("file:///logs/b", "local", len(large)), large)])
    with cache.connection() as connection:
        writer = Writer(cache, connection)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(CacheError, match="disk is full"):
            writer.write(batch)
        assert everything(cache) == before
        connection.execute("PRAGMA max_page_count = 1000000")
        assert writer.write(batch) == Written(1, 380, 0, 0)
    assert sorted(stored(cache)) == [guid(number) for number in range(400)]


def test_an_interrupt_in_the_middle_of_a_batch_leaves_nothing_of_it(cache: Cache) -> None:
    write(cache, a=log_file(line(1)))
    before = everything(cache)
    batch = decode([(LogObject("file:///logs/b", "local", 1), log_file(line(2), line(3)))])
    with cache.connection() as connection:
        writer = Writer(cache, connection)
        steps = iter(range(10_000))

        def interrupt() -> int:
            return int(next(steps) > 3)

        connection.set_progress_handler(interrupt, 20)
        with pytest.raises(CacheError):
            writer.write(batch)
        connection.set_progress_handler(None, 0)
        assert everything(cache) == before
        assert writer.write(batch).events == 2
    assert stored(cache) == [guid(3), guid(2), guid(1)]


@pytest.mark.parametrize("block", [3, 7, 65_536])
def test_two_writers_in_turns_lose_and_double_nothing(
    cache: Cache, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_FACTS", block)
    rng = random.Random(block)
    planted: set[int] = set()
    with cache.connection() as one, cache.connection() as two:
        writers = [Writer(cache, one), Writer(cache, two)]
        for turn in range(30):
            numbers = [rng.randrange(150) for _ in range(rng.randint(0, 12))]
            content = log_file(*map(line, numbers))
            item = LogObject(f"file:///logs/{turn}", "local", len(content))
            written = rng.choice(writers).write(decode([(item, content)]))
            assert written.events == len(set(numbers) - planted)
            planted |= set(numbers)
    assert sorted(stored(cache)) == [guid(number) for number in sorted(planted)]


WRITE = """
import sys
from pathlib import Path
from tests.unit.delivered import line, log_file
from tui.domain.objects import LogObject
from tui.sources.decode import decode
from tui.storage import blocks
from tui.storage.cache import Cache
from tui.storage.writer import Writer

blocks.BLOCK_FACTS = 100
path, name, first, last = sys.argv[1:]
cache = Cache(Path(path))
with cache.connection() as connection:
    writer = Writer(cache, connection)
    for start in range(int(first), int(last), 10):
        content = log_file(*map(line, range(start, start + 10)))
        item = LogObject(f"file:///{name}/{start}", "local", len(content))
        writer.write(decode([(item, content)]))
        print(start, flush=True)
"""


def started(cache: Cache, name: str, first: int, last: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITE, str(cache.path), name, str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_two_processes_at_once_lose_and_double_nothing(cache: Cache) -> None:
    running = [started(cache, "one", 0, 600), started(cache, "two", 300, 900)]
    for process in running:
        process.communicate()
        assert process.returncode == 0
    assert sorted(stored(cache)) == [guid(number) for number in range(900)]
    with cache.connection() as connection:
        seen = connection.execute("SELECT count(*) FROM sighting").fetchone()[0]
        loaded = sum(len(block) for block in blocks.load(connection, 0))
    assert seen == 300
    assert loaded == 900


def test_killed_at_any_moment_nothing_counted_is_lost_and_a_rerun_completes(cache: Cache) -> None:
    rng = random.Random(7)
    for _ in range(4):
        process = started(cache, f"run{rng.random()}", 0, 1_000)
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(rng.randint(1, 60))]
        time.sleep(rng.random() / 100)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        committed = int(lines[-1]) + 10
        ids = stored(cache)
        assert len(set(ids)) == len(ids) >= committed
        assert len(ids) % 10 == 0
    process = started(cache, "last", 0, 1_000)
    process.communicate()
    assert process.returncode == 0
    assert sorted(stored(cache)) == [guid(number) for number in range(1_000)]
    with cache.connection() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert sum(len(block) for block in blocks.load(connection, 0)) == 1_000


def test_an_identity_is_stored_once_however_many_access_keys_it_has(cache: Cache) -> None:
    keys = [f"AKIAEXAMPLE00000000{number}" for number in range(3)]
    identities = [{"type": "IAMUser", "userName": "jo", "accessKeyId": key} for key in keys]
    lines = [line(number, userIdentity=each) for number, each in enumerate(identities)]
    write(cache, a=log_file(*lines))
    with cache.connection() as connection:
        rows = connection.execute("SELECT caller, key FROM event ORDER BY number").fetchall()
        (stored,) = connection.execute("SELECT count(*) FROM identity").fetchone()
    assert rows == [("jo", key) for key in keys]
    assert stored == 1


def test_ids_that_all_have_one_key_are_told_apart_in_time(cache: Cache) -> None:
    files = [log_file(*map(line, range(1000 * n, 1000 * (n + 1)))) for n in range(10)]
    keys = blocks.keys_of(decode([(LogObject("a", "local", 1), files[3])]).keys)
    assert len(set(keys.tolist())) == 1
    started = time.process_time()
    assert sum(write(cache, **{f"f{n}": each}).events for n, each in enumerate(files)) == 10_000
    again = write(cache, again=log_file(line(1), line(9_999), line(20_000)))
    assert (again.events, again.seen_again) == (1, 2)
    assert time.process_time() - started < 3
