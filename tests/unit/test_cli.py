"""The command line as scripts see it: real processes, real files, exit codes and streams."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.delivered import guid, line, log_file, log_text
from tui.cli.table import as_csv
from tui.simulation.accounts import SimulatedAccounts

NOW = 1_795_183_510_000
ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Runs `python -m tui` with one cache."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.environment = os.environ | {"TRAILHOUND_CACHE": str(cache), "PYTHONPATH": str(ROOT)}

    def __call__(self, *arguments: str | bytes) -> Ran:
        command: list[str | bytes] = [sys.executable, "-m", "tui", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, timeout=60, check=False
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def records(self, *arguments: str) -> list[dict[str, object]]:
        ran = self("events", "--format", "jsonl", *arguments)
        assert ran.code == 0, ran.err
        return [json.loads(each) for each in ran.out.splitlines()]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a simulated bucket."""
    folder = tmp_path_factory.mktemp("bucket")
    simulated = SimulatedAccounts(seed=7, now=NOW, days=1, events=500)
    for item in simulated.objects():
        path = folder / item.uri.removeprefix("s3://")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(simulated.read(item))
    return folder


@pytest.fixture(scope="module")
def planted(bucket: Path) -> list[dict[str, object]]:
    """Return every distinct record of the bucket."""
    found: dict[object, dict[str, object]] = {}
    for path in bucket.rglob("*.gz"):
        for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            event_id = record.get("eventID") or record["eventId"]
            found[event_id, record.get("recipientAccountId")] = record
    return list(found.values())


@pytest.fixture(scope="module")
def shell(bucket: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a shell whose cache holds the bucket."""
    opened = Shell(tmp_path_factory.mktemp("cache") / "cache.db")
    assert opened("open", "--no-ui", str(bucket)).code == 0
    return opened


HOSTILE = {
    "cmd": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "tab": "\t=1",
    "return": "\r=1",
    "terminal": "\x1b]0;owned\x07\x1b[2J",
    "c1": "a\x9b31mb",
    "markup": "[bold]x[/]",
    "nul": "a\x00b",
    "lines": 'a\nb,"c"',
    "wide": "日本語" * 30,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a shell whose cache holds events with hostile user agents and names."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = [line(n, userAgent=text) for n, text in enumerate(HOSTILE.values())]
    (folder / "a.json").write_bytes(log_text(*lines))
    (folder / "b\x1b[31m.json").write_bytes(log_text(line(99, eventTime="\x1b]0;owned\x07")))
    opened = Shell(folder / "cache.db")
    ran = opened("open", "--no-ui", str(folder))
    assert ran.code == 1
    assert is_harmless(ran.out)
    assert "owned" in ran.out
    return opened


def is_harmless(text: str) -> bool:
    return all(each.isprintable() for each in text.split("\n"))


def test_open_counts_in_json(bucket: Path, tmp_path: Path, planted: list[object]) -> None:
    shell = Shell(tmp_path / "cache.db")
    command = ("open", "--no-ui", "--format", "json", str(bucket))
    first, again = shell(*command), shell(*command)
    assert (first.code, again.code) == (0, 0)
    counts = json.loads(first.out)
    files = len(list(bucket.rglob("*.gz")))
    assert counts["events"] == counts["added"]["events"] == len(planted)
    assert counts["files"] == counts["added"]["files"] == files
    assert counts["skipped"] == 0
    assert counts["skips"] == []
    assert counts["seconds"] >= 0
    counts = json.loads(again.out)
    assert counts["added"] == {"events": 0, "files": 0, "skipped": 0}
    assert (counts["events"], counts["unchanged_files"]) == (len(planted), files)
    assert shell.cache.stat().st_mode & 0o777 == 0o600


def test_something_skipped_is_a_finding_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "good.json.gz").write_bytes(log_file(line(1)))
    (tmp_path / "bad.json").write_bytes(b"hello")
    shell = Shell(tmp_path / "cache.db")
    ran = shell("open", "--no-ui", "--format", "json", str(tmp_path))
    assert ran.code == 1
    (skip,) = json.loads(ran.out)["skips"]
    assert skip["file"].endswith("bad.json")
    assert skip["why"] == "not-json"
    assert "bad.json" in shell("open", "--no-ui", str(tmp_path)).out


def test_paths_that_give_nothing_are_errors(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "cache.db")
    (tmp_path / "empty").mkdir()
    for arguments, code, said in (
        ((str(tmp_path / "none"),), 2, "does not exist"),
        (("~none-such-user/logs",), 2, "does not exist"),
        ((str(tmp_path / "empty"),), 2, "No log files"),
        ((), 3, "open PATH"),
        (("",), 3, "A path is empty"),
    ):
        ran = shell("open", "--no-ui", *arguments)
        assert ran.code == code
        assert ran.out == ""
        assert said in ran.err
        assert "Traceback" not in ran.err


def test_records_come_newest_first_as_they_were_delivered(
    shell: Shell, planted: list[dict[str, object]]
) -> None:
    found = shell.records("--limit", "0")
    times = [str(record["eventTime"]) for record in found if "eventTime" in record]
    assert times == sorted(times, reverse=True)
    key = partial(json.dumps, sort_keys=True)
    assert Counter(map(key, found)) == Counter(map(key, planted))
    assert shell.records("--limit", "7") == found[:7]
    assert len(shell.records()) == 100
    ran = shell("events", "--format", "json", "--limit", "7")
    assert json.loads(ran.out) == found[:7]
    assert "there are more" in ran.err
    assert json.loads(shell("events", "--format", "json", "action:none-such").out) == []


def test_delivered_bytes_are_unchanged(tmp_path: Path) -> None:
    odd = b'{"eventID":"x","eventTime":"2023-11-14T22:13:20Z","n":1.0,"u":"\\n"}'
    (tmp_path / "a.json").write_bytes(log_text(odd, line(1)))
    shell = Shell(tmp_path / "cache.db")
    shell("open", "--no-ui", str(tmp_path))
    ran = shell("events", "--format", "jsonl")
    assert ran.out.encode().splitlines() == [line(1), odd]


def test_filters_and_times_select(shell: Shell, planted: list[dict[str, object]]) -> None:
    wanted = {str(r["eventID"]) for r in planted if r.get("eventSource") != "s3.amazonaws.com"}
    found = shell.records("--limit", "0", "-service:s3")
    assert {str(record["eventID"]) for record in found if "eventID" in record} == wanted
    assert found == shell.records("-service:s3", "--limit=0")
    assert found == shell.records("--limit", "0", "--", "-service:s3")
    times = sorted(str(r["eventTime"]) for r in planted if "eventTime" in r)
    since, until = times[len(times) // 3], times[len(times) // 2]
    inside = [time for time in times if since <= time < until]
    ran = shell.records("--since", since, "--until", until, "--limit", "0")
    assert sorted(str(r["eventTime"]) for r in ran if "eventTime" in r) == inside
    assert len(inside) > 10
    assert shell.records("--since", since, f"eventTime:<{until}", "--limit", "0") == ran


def test_a_path_of_one_name_is_a_field_too_and_an_object_is_printed(shell: Shell) -> None:
    ran = shell("events", "--format", "jsonl", "--fields", "requestID,userIdentity", "--limit", "5")
    printed = [json.loads(line) for line in ran.out.splitlines()]
    ran = shell("events", "--format", "jsonl", "--limit", "5")
    records = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["requestID"] for each in printed] == [each.get("requestID") for each in records]
    assert any(each["requestID"] for each in printed)
    assert [json.loads(each["userIdentity"]) for each in printed] == [
        each["userIdentity"] for each in records
    ]


def test_fields_in_every_format(shell: Shell) -> None:
    names = "id,time,caller,resource,userIdentity.type,number"
    chosen = ("--fields", names, "--limit", "5")
    documents = [
        json.loads(each) for each in shell("events", "--format", "jsonl", *chosen).out.splitlines()
    ]
    assert [list(each) for each in documents] == [names.split(",")] * 5
    assert json.loads(shell("events", "--format", "json", *chosen).out) == documents
    rows = list(csv.DictReader(shell("events", "--format", "csv", *chosen).out.splitlines()))
    assert [row["id"] for row in rows] == [each["id"] for each in documents]
    table = shell("events", *chosen).out.splitlines()
    assert table[0].split() == [name.upper() for name in names.split(",")]
    assert [each.split()[0] for each in table[1:]] == [each["id"] for each in documents]
    identities = [record.get("userIdentity") or {} for record in shell.records("--limit", "5")]
    assert all(isinstance(each, dict) for each in identities)
    kinds = [each.get("type") for each in identities if isinstance(each, dict)]
    assert [each["userIdentity.type"] for each in documents] == kinds


def test_no_cell_is_a_formula(hostile: Shell) -> None:
    ran = hostile("events", "--format", "csv", "--fields", "agent,id", "--limit", "0")
    rows = list(csv.reader(ran.out.splitlines(keepends=True)))
    cells = {row[1]: row[0] for row in rows[1:]}
    for number, text in enumerate(HOSTILE.values()):
        cell = cells[guid(number)]
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'").replace("\r", "\n") == text.replace("\r", "\n")


def test_no_part_of_a_cell_is_a_formula_where_semicolons_separate() -> None:
    cells = ["x;=cmd|' /C calc'!A0;y", "Mozilla/5.0 (X11; -; a;b)", ";;+1"]
    (_, line) = as_csv(["a", "b", "c"], [cells])
    assert line == "x;'=cmd|' /C calc'!A0;y,Mozilla/5.0 (X11; -; a;b),;;'+1"


def test_tables_obey_no_event(hostile: Shell) -> None:
    for arguments in (
        ("events", "--fields", "agent,id"),
        ("facets", "--by", "agent,caller"),
        ("events", "agent:\x1b[31m)"),
    ):
        ran = hostile(*arguments)
        assert is_harmless(ran.out)
        assert is_harmless(ran.err)
    assert "\\x1b]0;owned\\x07" in hostile("events", "--fields", "agent").out
    assert "[bold]x[/]" in hostile("events", "--fields", "agent").out


def test_facets_in_json(shell: Shell, planted: list[dict[str, object]]) -> None:
    ran = shell("facets", "--by", "region,error", "--top", "3", "--format", "json")
    document = json.loads(ran.out)
    counts = Counter(record.get("awsRegion") for record in planted)
    assert ran.code == 0
    assert document["total"] == len(planted)
    assert list(document["facets"]) == ["region", "error"]
    top = document["facets"]["region"]
    assert [pair["count"] for pair in top] == [count for _, count in counts.most_common(3)]
    assert all(counts[pair["value"]] == pair["count"] for pair in top)
    assert document["other_values"]["region"] == len(counts) - len(top)
    assert any(pair["value"] is None for pair in document["facets"]["error"])
    denied = json.loads(shell("facets", "-error:none", "--format", "json").out)["total"]
    allowed = json.loads(shell("facets", "error:none", "--format", "json").out)["total"]
    assert denied + allowed == len(planted)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("events", "caller:(x"), "^"),
        (("events", "x)"), "\n  x)\n   ^"),
        (("events", "--since", "yesteryear"), "yesteryear"),
        (("events", "--since", "2026-01-02", "--until", "2026-01-01"), "range"),
        (("events", "--fields", "calller"), "Did you mean caller?"),
        (("events", "--fields", "id,record"), "jsonl prints without --fields"),
        (("events", "callr:x"), "caller"),
        (("events", "--limit", "many"), "--limit"),
        (("events", "--limit", "-1"), "--limit"),
        (("events", "--limit", "9" * 30), "--limit"),
        (("events", "--limit"), "--limit"),
        (("events", "--format", "xml"), "xml"),
        (("events", "--tz", "Mars/Olympus"), "Mars/Olympus"),
        (("events", "--limt", "3"), "Did you mean --limit?"),
        (("evnts",), "Did you mean events?"),
        (("facets", "--by", "resorce"), "Did you mean resource?"),
        (("facets", "--by", "time"), "time"),
        (("facets", "--by", "zzz"), "By any of these: caller,"),
        (("--cahce", "x"), "Did you mean --cache?"),
    ],
)
def test_bad_usage_is_told_with_what_is_near(
    shell: Shell, arguments: tuple[str, ...], said: str
) -> None:
    ran = shell(*arguments)
    assert ran.code == 3
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments", [("events",), ("facets", "--format", "json"), ("events", "x")]
)
def test_an_empty_cache_is_no_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = Shell(tmp_path / "deep/cache.db")(*arguments)
    assert ran.code == 0
    assert "Traceback" not in ran.err


def test_arguments_that_are_no_utf8_find_nothing_and_break_nothing(shell: Shell) -> None:
    for argument in (b"\xff", b"id:=\xff", b"caller:\xc3*"):
        ran = shell("events", argument)
        assert ran.code == 0, ran.err
        assert ran.err.startswith("0 of")


def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    for arguments in ("--format jsonl", "--format csv", ""):
        tui = f'"{sys.executable}" -m tui events --limit 0 {arguments}'
        command = f"{tui} | head -1; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(
            ["bash", "-c", command], env=shell.environment, capture_output=True, check=True
        )
        assert done.stdout.decode().splitlines()[-1] == "0"
        assert len(done.stdout.splitlines()) == 2
        assert b"Traceback" not in done.stderr
        assert b"BrokenPipe" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize(
    "words",
    ["events --format jsonl", "facets", "sql 'select 1'", "settings", "--version", "sync --help"],
)
def test_output_that_has_no_room_is_said(shell: Shell, words: str) -> None:
    command = f'"{sys.executable}" -m tui {words} > /dev/full'
    done = subprocess.run(
        ["bash", "-c", command], env=shell.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith(
        "trailhound: The output could not be written: No space left on device. "
        "What there is of it is not all.\n"
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_stream_that_came_closed_is_done_without(shell: Shell, closed: str) -> None:
    for words in ("facets", "sql 'select 1'", "coverage"):
        command = f'"{sys.executable}" -m tui {words} {closed}'
        done = subprocess.run(
            ["bash", "-c", command], env=shell.environment, capture_output=True, check=False
        )
        assert (done.returncode, b"not have happened" in done.stderr) == (0, False), words


def test_a_cache_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for cache in (tmp_path, tmp_path / "file/cache.db"):
        ran = Shell(cache)("events")
        assert ran.code == 2
        assert "--cache" in ran.err
        assert "Traceback" not in ran.err


MODULES = """
import sys
from tui.cli.main import run
code = run(sys.argv[1:])
heavy = {"textual", "rich", "boto3", "botocore", "asyncio"} & set(sys.modules)
sys.stderr.write(f"heavy: {sorted(heavy)} code: {code}")
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("events", "--limit", "3"),
        ("events", "record:arn", "--format", "jsonl"),
        ("facets", "error:any"),
        ("open", "--no-ui", "tests"),
        ("demo", "--no-ui", "--events", "200"),
    ],
)
def test_headless_commands_load_no_screen_and_no_client(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    if arguments[-1] == "tests":
        arguments = (*arguments[:-1], str(shell.cache.parent))
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *arguments],
        env=shell.environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert "heavy: []" in done.stderr


def test_help_and_version_print_and_end_well(shell: Shell) -> None:
    for arguments in (("--help",), ("events", "--help"), ("--version",)):
        ran = shell(*arguments)
        assert ran.code == 0
        assert "trailhound" in ran.out


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Give a folder that takes a while to read."""
    for number in range(24):
        records = (line(n, userAgent="x" * 3_000) for n in range(200 * number, 200 * number + 200))
        (tmp_path / f"{number}.json").write_bytes(log_text(*records))
    return tmp_path


def test_an_interrupt_ends_with_its_code_and_keeps_what_was_stored(slow: Path) -> None:
    shell = Shell(slow / "cache.db")
    command = [sys.executable, "-m", "tui", "open", "--no-ui", str(slow)]
    process = subprocess.Popen(command, env=shell.environment, stderr=subprocess.PIPE)
    while not (shell.cache.exists() and committed(shell)):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Interrupted" in said
    assert b"Traceback" not in said
    kept = committed(shell)
    assert kept
    assert (
        json.loads(shell("open", "--no-ui", "--format", "json", str(slow)).out)["events"] == 4_800
    )


def committed(shell: Shell) -> int:
    import sqlite3

    connection = sqlite3.connect(f"file:{shell.cache}?mode=ro", uri=True)
    try:
        count: int = connection.execute("SELECT count(*) FROM fact").fetchone()[0]
    except sqlite3.Error:
        return 0
    finally:
        connection.close()
    return count
