"""`trailhound sql`: what a statement may read, what it may not do, and what its errors say."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_cli import Ran, Shell
from tui.simulation.accounts import SimulatedAccounts

NOW = 1_795_183_510_000
FORMULA = "select '=cmd' || char(10) as cell"
ESCAPE = "select char(27) || '[2J' as cell"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a command line over a cache with a small simulated bucket."""
    folder = tmp_path_factory.mktemp("sql")
    simulated = SimulatedAccounts(seed=7, now=NOW, days=1, events=400)
    for number, item in enumerate(simulated.objects()):
        (folder / f"{number}.json.gz").write_bytes(simulated.read(item))
    shell = Shell(folder / "cache.db")
    assert shell("open", "--no-ui", str(folder)).code == 0
    return shell


def asked(shell: Shell, statement: str) -> list[dict[str, object]]:
    ran = shell("sql", "--format", "json", statement)
    assert ran.code == 0, ran.err
    rows: list[dict[str, object]] = json.loads(ran.out)
    return rows


def test_the_event_view_counts_what_events_prints(shell: Shell) -> None:
    records = shell.records("--limit", "0")
    (row,) = asked(shell, "select count(*) as n, count(error) as errors from event")
    failed = sum(1 for each in records if each.get("errorCode"))
    assert failed, "the sample holds failures"
    assert row == {"n": len(records), "errors": failed}


def test_error_is_null_for_success(shell: Shell) -> None:
    (row,) = asked(shell, "select count(*) as n from event where result = 'ok' and error = ''")
    assert row == {"n": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "delete from fact",
        "update file set uri = 'x'",
        "drop view event",
        "create table mine (a)",
        "attach '{folder}/other.db' as other",
        "vacuum into '{folder}/other.db'",
        "pragma journal_mode = delete",
        "pragma writable_schema = on",
        "begin",
        "with gone as (select 1) insert into skipped select 1, 1, '', ''",
        "select load_extension('{folder}/evil')",
    ],
)
def test_a_statement_that_would_do_more_than_read_is_refused(shell: Shell, statement: str) -> None:
    folder = shell.cache.parent
    before = shell("sql", "select count(*) from fact").out
    ran = shell("sql", statement.replace("{folder}", str(folder)))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1
    assert not (folder / "other.db").exists()
    assert shell("sql", "select count(*) from fact").out == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("select callr from event", "Did you mean caller?"),
        ("select 1 from evnt", "Did you mean event?"),
        ("selec 1", "syntax error"),
        ("select 1; select 2", "one at a time"),
    ],
)
def test_a_wrong_statement_is_explained(shell: Shell, statement: str, said: str) -> None:
    ran = shell("sql", statement)
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


def test_a_name_found_twice_keeps_both_values(shell: Shell) -> None:
    assert asked(shell, "select 1 as a, 2 as a, null as b, x'00ff' as c") == [
        {"a": 1, "a_2": 2, "b": None, "c": "00ff"}
    ]


def test_a_number_without_end_is_json_all_the_same(shell: Shell) -> None:
    statement = "select 9e999 as above, -9e999 as below, 1 as one"
    assert asked(shell, statement) == [{"above": "inf", "below": "-inf", "one": 1}]


def test_a_statement_that_is_no_utf8_is_said(shell: Shell) -> None:
    ran = shell("sql", b"select '\xff'")
    assert (ran.code, ran.out) == (3, "")
    assert "no UTF-8 text" in ran.err


def test_a_title_moves_no_cursor(shell: Shell) -> None:
    assert shell("sql", 'select 1 as "\x1b[2J"').out.startswith("\\X1B[2J")


def test_no_rows_are_an_empty_list(shell: Shell) -> None:
    assert asked(shell, "select 1 where 0") == []


def test_csv_is_defused_and_a_table_moves_no_cursor(shell: Shell) -> None:
    ran = shell("sql", "--format", "csv", FORMULA)
    assert list(csv.reader(io.StringIO(ran.out)))[1] == ["'=cmd\n"]
    assert "\x1b" not in shell("sql", ESCAPE).out


def test_a_statement_may_come_from_a_pipe_and_none_is_said(shell: Shell) -> None:
    def piped(text: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "sql", "--format", "json"],
            input=text,
            env=shell.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    assert json.loads(piped("select 1 as a\n").out) == [{"a": 1}]
    assert piped("").code == 3


def test_ctrl_c_ends_a_statement_that_would_never_end(shell: Shell) -> None:
    numbers = "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c"
    few_then_none = f"{numbers} where x < 5000 or x < 0"
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "sql", "--format", "csv", few_then_none],
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == b"x\n", "it runs"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert said


def test_the_cache_path_that_cannot_be_is_said(shell: Shell, tmp_path: Path) -> None:
    ran = shell("sql", "--cache", str(tmp_path), "select 1")
    assert ran.code == 2
    assert "--cache" in ran.err
