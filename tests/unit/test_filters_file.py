"""The file of saved filters: what is right in it works, whatever stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.test_cli import Shell, bucket
from tui.domain.saved import BUILT_IN, SEVERE, TONES, Saved, SavedFilter
from tui.language.grammar import parse as parse_filter
from tui.language.rules import alerts, highlights, needs_record, problems
from tui.settings.filters import load, parse
from tui.widgets import tones

__all__ = ["bucket"]

WRITES = "[writes]\nfilter = 'verb:write'\n"
GOOD = SavedFilter("good", "error:any")


def test_a_table_is_a_filter_and_the_built_in_ones_stay() -> None:
    found = parse(
        '[reads]\nfilter = "verb:read"\n\n[b]\nalert = true\nhighlight = "high"\nfilter = "x"\n'
    )
    reads, other = SavedFilter("reads", "verb:read"), SavedFilter("b", "x", True, "high")
    assert found == Saved((reads._replace(line=2), other._replace(line=7), *BUILT_IN))
    assert found.texts == {"reads": "verb:read", "b": "x", "severe": SEVERE.text}
    assert found.named("b") == other._replace(line=7)
    assert found.named("c") is None


def test_a_table_says_of_what_is_built_in_only_what_is_to_be_otherwise() -> None:
    assert parse("[severe]\nalert = false").filters[0] == SEVERE._replace(alert=False, line=1)
    lower = parse('[severe]\nfilter = "severity:>=low"').filters[0]
    assert (lower.text, lower.alert) == ("severity:>=low", True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[a]\nfilter = "x"\nalarm = true', "line 3: a has no alarm. Did you mean alert?"),
        ('[a]\nfilter = "x"\nq = 1', "line 3: a has no q. It may have filter, alert, highlight."),
        ('["A b"]\nfilter = "x"', "line 1: 'A b' cannot be a name: small letters, digits"),
        ('[a_b]\nfilter = "x"', "line 1: 'a_b' cannot be a name"),
        (f'[{"a" * 41}]\nfilter = "x"', "line 1: 'aaa"),
        ("a = 3", "line 1: a has to be a table: [a]."),
        ('[[a]]\nfilter = "x"', "line 1: a has to be a table"),
        ("# [a]\n\n[a]\nalert = true", "line 3: a needs its filter, text in quotes."),
        ('[a]\nfilter = " "', "line 2: a needs its filter"),
        ("[a]\nfilter = 1", "line 2: a needs its filter"),
        ('[a]\nfilter = "x"\nalert = 1', "line 3: alert of a has to be true or false."),
        ('a = {filter = "x", alert = "y"}', "line 1: alert of a has to be true or false."),
        ('a.filter = "x"\na.alert = 3', "line 2: alert of a"),
        ('[a]\nfilter = "x"\nhighlight = "hi"', "line 3: highlight of a has to be one of accent"),
        ('[a]\nfilter = "x"\nhighlight = "hig"', "critical. Did you mean high?"),
        ('[a]\nfilter = "x"\nhighlight = 3', "line 3: highlight of a has to be one of accent"),
    ],
)
def test_what_is_wrong_is_left_out_and_told_with_its_line(text: str, sentence: str) -> None:
    found = parse(f'{text}\n[good]\nfilter = "error:any"\n')
    assert [each._replace(line=0) for each in found.filters] == [GOOD, *BUILT_IN]
    assert len(found.problems) == 1
    assert sentence in found.problems[0]


def test_a_filter_that_cannot_be_read_is_told_with_its_line_and_the_others_work() -> None:
    found = parse('[a]\nfilter = "severity:>"\nalert = true\n[b]\nfilter = "x"\nalert = true\n')
    assert [rule.saved.name for rule in alerts(found, 0)] == ["b", "severe"]
    (problem,) = problems(found, 0)
    assert problem.startswith("line 2: the filter of a cannot be read: A value is missing here.")


def test_what_only_records_can_decide_says_that_it_never_alerts() -> None:
    text = '[a]\nfilter = "-requestParameters.x:y OR error:any"\nhighlight = "low"\n'
    found = parse(text + '[b]\nfilter = "record:x"\n')
    assert highlights(found, 0) == []
    (problem,) = problems(found, 0)
    assert problem.startswith("line 2: a asks for what only whole records hold")


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("x error:any", False),
        ("record:x", True),
        ("(a OR -record:x) b", True),
        ("requestParameters.bucketName:x", True),
        ("userIdentity.arn:x", False),
    ],
)
def test_a_path_or_deep_text_needs_the_record(text: str, needed: bool) -> None:
    assert needs_record(parse_filter(text, 0)) is needed


@pytest.mark.parametrize("content", [b"[a\n", b"\xff\xfe[a]"])
def test_a_file_that_is_no_toml_leaves_what_is_built_in(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "filters.toml"
    path.write_bytes(content)
    found = load(path)
    assert found.filters == BUILT_IN
    assert found.problems[0].startswith("the file cannot be read: ")
    assert load(tmp_path).problems[0].startswith("the file cannot be read: ")
    assert load(tmp_path / "none.toml") == Saved(BUILT_IN)


def test_every_tone_can_be_drawn() -> None:
    assert set(TONES) <= set(tones.TONES)


def test_commands_take_names_and_say_what_of_the_file_is_wrong(
    tmp_path: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILHOUND_CONFIG", str(tmp_path))
    (tmp_path / "filters.toml").write_text(
        '[failed]\nfilter = "error:any OR result:failed"\n[odd]\nfilter = 3\n'
    )
    shell = Shell(tmp_path / "cache.db")
    assert shell("open", str(bucket), "--no-ui").code == 0
    assert shell.records("-@failed", "service:s3", "--limit", "0") == shell.records(
        "-(error:any OR result:failed)", "service:s3", "--limit", "0"
    )
    assert len(shell.records("@failed")) > 0
    ran = shell("facets", "@failed")
    assert ran.code == 0
    assert f"{tmp_path / 'filters.toml'}: line 4: odd needs its filter" in ran.err
    assert shell("facets", "error:any").err == ""
    wrong = shell("events", "@faild")
    assert wrong.code == 3
    assert "Did you mean @failed?" in wrong.err
    checked = shell("settings", "--check")
    assert checked.code == 3
    assert "line 4: odd needs its filter" in checked.err
    (tmp_path / "filters.toml").write_text(WRITES)
    assert shell("settings", "--check").out.splitlines()[1] == str(tmp_path / "filters.toml")
