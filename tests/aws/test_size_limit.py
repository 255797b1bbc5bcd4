"""Above the size limit the bytes of S3 files go, and come back when they are needed."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.aws.test_sync import HOUR, happened
from tests.servers.aws import LoopbackAws
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tests.unit.delivered import guid, log_file
from tui.cli.main import run
from tui.domain.answer import Query
from tui.errors import RecordMissing
from tui.jobs.exploring.explore import Explorer
from tui.jobs.exploring.records import open_record
from tui.jobs.ingesting.flagging import flag
from tui.jobs.ingesting.rebuild import rebuild
from tui.language.grammar import parse
from tui.storage import space
from tui.storage.cache import Cache

__all__ = ["aws", "loopback"]
BUCKET = "trail-logs"
FILES = 24
LIMIT = 600 << 10


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache.db"
    monkeypatch.setenv("TRAILHOUND_CACHE", str(path))
    return path


@pytest.fixture
def records(aws: LoopbackAws) -> list[bytes]:
    """Plant log files of two events each, every two hours, of 40 kB that nothing makes smaller."""
    chance = random.Random(1)
    now = int(time.time() * 1000)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    made = []
    for number in range(FILES):
        happens = now - (number + 1) * 2 * HOUR - HOUR // 2
        held = [
            json.dumps(
                {
                    **happened(2 * number + part, happens),
                    "requestParameters": {"noise": chance.randbytes(20_000).hex()},
                }
            ).encode()
            for part in range(2)
        ]
        made += held
        client.put_object(Bucket=BUCKET, Key=key(happens), Body=log_file(*held))
    assert aws.url
    return made


def key(ms: int) -> str:
    stamp = datetime.fromtimestamp(ms / 1000, UTC)
    return (
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{stamp:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_us-east-1_{stamp:%Y%m%dT%H%MZ}_abcdefghijklmnop.json.gz"
    )


def sync(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    command = ("sync", "--region", "us-east-1", "--s3", f"s3://{BUCKET}", "--since", "-3d")
    assert run([*command, "--format", "json", *options]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert isinstance(summary, dict)
    return summary


def limited(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, int]:
    found = sync(capsys, "--max-size", f"{LIMIT >> 10}k", *options)["limits"]
    assert isinstance(found, dict)
    return found


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[bytes], str]:
    code = run(["events", "--format", "jsonl", "--limit", "0", *arguments])
    captured = capsys.readouterr()
    return code, [json_bytes(each) for each in captured.out.splitlines()], captured.err


def json_bytes(line: str) -> bytes:
    return json.dumps(json.loads(line)).encode()


def let_go(path: Path) -> list[str]:
    with Cache(path).connection() as connection:
        query = "SELECT uri FROM file WHERE let_go IS NOT NULL ORDER BY modified"
        found = [uri for (uri,) in connection.execute(query)]
        (bodies,) = connection.execute(
            "SELECT count(*) FROM body WHERE file IN (SELECT id FROM file WHERE let_go IS NOT NULL)"
        ).fetchone()
        assert not bodies
    return found


def test_every_row_stays_and_the_cache_within_its_size(
    records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shed = limited(capsys, "--no-history")
    assert 0 < shed["bodies"] < FILES
    assert shed["over"] == 0
    with Cache(path).connection() as connection:
        assert space.used(connection) <= LIMIT
    assert path.stat().st_size <= LIMIT * 1.1
    assert len(let_go(path)) == shed["bodies"]
    code, found, _ = printed(capsys, "--fields", "id", "region:us-east-1")
    assert (code, len(found)) == (0, len(records))


def test_records_come_back_as_they_were_delivered(
    records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limited(capsys, "--no-history")
    code, found, _ = printed(capsys)
    assert (code, sorted(found)) == (0, sorted(records))
    word = json.loads(records[-1])["requestParameters"]["noise"][:40]
    code, found, _ = printed(capsys, f"record:{word}")
    assert (code, found) == (0, [records[-1]])
    explorer = Explorer(Cache(path))
    explorer.refresh()
    tree = parse(f"record:{word}", 0, UTC)
    assert explorer.decided(Query(tree)).answer.total == 1


def test_a_second_run_fetches_none_of_it_again(
    records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = limited(capsys, "--no-history")["bodies"]
    summary = sync(capsys, "--no-history", "--max-size", f"{LIMIT >> 10}k")
    assert (summary["files"], summary["events"]) == (0, 0)
    assert len(let_go(path)) == before
    assert records


def test_after_damage_the_next_sync_brings_what_was_let_go_and_nothing_else(
    aws: LoopbackAws, records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = limited(capsys, "--no-history")["bodies"]
    rebuilt = rebuild(path)
    assert (rebuilt.files, rebuilt.lost) == (FILES - away, 0)
    assert f"{2 * away} events of {away} log files, whose bytes" in rebuilt.sentence()
    assert len(printed(capsys)[1]) == len(records) - 2 * away
    aws.asked.clear()
    summary = sync(capsys, "--no-history")
    assert (summary["files"], summary["events"]) == (away, 2 * away)
    assert sum("json.gz" in each.path for each in aws.asked) == away
    code, found, _ = printed(capsys)
    assert (code, sorted(found)) == (0, sorted(records))


def test_what_is_gone_or_changed_is_said_and_the_rest_still_comes(
    records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limited(capsys, "--no-history")
    gone, changed, *_ = (uri.removeprefix(f"s3://{BUCKET}/") for uri in let_go(path))
    client = boto3.client("s3")
    client.delete_object(Bucket=BUCKET, Key=gone)
    code, found, said = printed(capsys)
    assert (code, len(found)) == (2, len(records) - 2)
    assert "2 records could not be had" in said
    assert "deleted or moved" in said
    assert gone in said
    client.put_object(Bucket=BUCKET, Key=changed, Body=log_file(records[0]))
    code, found, said = printed(capsys)
    assert (code, len(found)) == (2, len(records) - 4)
    with Cache(path).connection() as connection:
        query = "SELECT fact.id FROM fact JOIN file ON file.id = fact.file WHERE uri = ?"
        (number, *_) = connection.execute(query, (f"s3://{BUCKET}/{changed}",)).fetchone()
    with pytest.raises(RecordMissing, match="was changed since"):
        open_record(Cache(path), number)
    with pytest.raises(RecordMissing, match="without --offline"):
        open_record(Cache(path), number, offline=True)
    code, found, _ = printed(capsys, "record:nowhere")
    assert (code, found) == (2, [])


def test_event_history_and_flagged_events_keep_their_bytes(
    aws: LoopbackAws, records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.cloudtrail.plant([json.loads(each) for each in records[:10]])
    sync(capsys)
    cache = Cache(path)
    with cache.connection() as connection:
        query = "SELECT id FROM fact ORDER BY time LIMIT 1"
        (oldest,) = connection.execute(query).fetchone()
    flag(cache, [oldest])
    found = sync(capsys, "--max-size", "1k")["limits"]
    assert isinstance(found, dict)
    assert found["bodies"] == FILES - 1
    assert found["over"] > 0
    with cache.connection() as connection:
        query = "SELECT source, count(*) FROM file JOIN body ON body.file = file.id GROUP BY 1"
        kept = dict(connection.execute(query).fetchall())
    assert kept["s3"] == 1
    assert kept["history"] >= 1
    assert guid(2 * FILES - 1) in {json.loads(each)["eventID"] for each in records}


def test_old_days_are_dropped_and_not_asked_for_again(
    records: Sequence[bytes], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(capsys, "--no-history")
    summary = sync(capsys, "--no-history", "--keep", "1d")
    shed = summary["limits"]
    assert isinstance(shed, dict)
    assert (shed["files"], shed["events"], summary["files"]) == (13, 26, 0)
    code, found, _ = printed(capsys, "--fields", "id")
    assert (code, len(found)) == (0, len(records) - 26)
    assert run(["coverage", "--since", "-3d", "--format", "json"]) == 0
    days = json.loads(capsys.readouterr().out)
    assert days[-1]["state"] == "gap"
    assert sync(capsys, "--no-history", "--keep", "1d")["files"] == 0
    assert path.exists()


@pytest.mark.parametrize("option", ["--max-size=lots", "--max-size=0", "--keep=0d", "--keep=long"])
def test_limits_that_are_none_are_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", option]) == 3
    assert option.split("=")[1] in capsys.readouterr().err
