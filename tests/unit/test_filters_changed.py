"""The file of saved filters is changed by one filter at a time, and nothing else in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.saved import BUILT_IN, SEVERE, TONES, Saved, SavedFilter
from tui.errors import SettingsError
from tui.settings.filters import load
from tui.settings.filters_file import drop, put

WRITTEN = """\
# what I look at first

[logins] # by hand
filter = "action:ConsoleLogin"   # all of them
alert = true

# and these
[keys]
filter = 'action:CreateAccessKey'
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file that somebody wrote by hand."""
    path = tmp_path / "filters.toml"
    path.write_text(WRITTEN)
    return path


def without_lines(saved: Saved) -> list[SavedFilter]:
    return [each._replace(line=0) for each in saved.filters]


def test_a_new_filter_is_added_at_the_end(path: Path) -> None:
    found = put(path, "new", {"filter": 'caller:"a b"', "alert": True})
    assert path.read_text() == f"{WRITTEN}\n[new]\nfilter = 'caller:\"a b\"'\nalert = true\n"
    assert found == load(path)
    assert found.named("new") == SavedFilter("new", 'caller:"a b"', True, line=12)


def test_a_filter_is_changed_where_it_stands(path: Path) -> None:
    put(path, "logins", {"filter": "action:SwitchRole", "highlight": "high"})
    expected = WRITTEN.replace("ConsoleLogin", "SwitchRole").replace(
        "alert = true\n", 'alert = true\nhighlight = "high"\n'
    )
    assert path.read_text() == expected
    put(path, "logins", {"highlight": ""})
    put(path, "logins", {"filter": "action:ConsoleLogin"})
    assert path.read_text() == WRITTEN


def test_a_dropped_filter_leaves_the_others_and_the_comments_above_it(path: Path) -> None:
    found = drop(path, "keys")
    assert [each.name for each in found.filters] == ["logins", "severe"]
    assert path.read_text().startswith(WRITTEN[: WRITTEN.index("# and these")])
    assert drop(path, "none-such") == found


def test_a_file_is_made_with_its_folder_and_what_is_built_in_can_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "filters.toml"
    found = put(path, "severe", {"alert": False})
    assert without_lines(found) == [SEVERE._replace(alert=False)]
    assert "filter" not in path.read_text().partition("[severe]")[2]
    assert drop(path, "severe").filters == BUILT_IN


@pytest.mark.parametrize("written", ['x = {filter = "a"}\n', 'x.filter = "a"\n'])
def test_every_way_to_write_a_table_can_be_changed(tmp_path: Path, written: str) -> None:
    path = tmp_path / "filters.toml"
    path.write_text(f"{written}y.filter = 'z'\n")
    found = put(path, "x", {"filter": "b", "alert": True})
    assert without_lines(found)[:2] == [SavedFilter("x", "b", alert=True), SavedFilter("y", "z")]


def test_what_was_changed_meanwhile_is_kept(path: Path) -> None:
    path.write_text(WRITTEN + '\n[edited]\nfilter = "x"\n')
    names = [each.name for each in put(path, "new", {"filter": "y"}).filters]
    assert names == ["logins", "keys", "edited", "new", "severe"]


@pytest.mark.parametrize("content", ["[a\n", '[a]\nfilter = "x"\n[a]\n', '[[new]]\nfilter = "x"\n'])
def test_a_file_that_has_to_be_mended_is_left_as_it_is(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(SettingsError, match="Mend the file first"):
        put(path, "new", {"filter": "y"})
    assert path.read_text() == content


def test_links_and_permissions_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "linked.toml"
    link.symlink_to(path)
    put(link, "new", {"filter": "y"})
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert load(path).named("new")
    assert {each.name for each in tmp_path.iterdir()} == {"filters.toml", "linked.toml"}


def test_what_cannot_be_written_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _text: str, **_more: object) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        put(path, "new", {"filter": "y"})
    assert path.read_text() == WRITTEN


CHARS = st.characters(codec="utf-8")
TEXTS = st.text(CHARS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
NAMES = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True)


@given(st.lists(st.tuples(NAMES, TEXTS, st.booleans(), st.sampled_from(("", *TONES))), max_size=5))
def test_whatever_is_saved_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[str, str, bool, str]]
) -> None:
    path = tmp_path_factory.mktemp("saved") / "filters.toml"
    expected: dict[str, SavedFilter] = {}
    for name, text, alert, tone in wanted:
        put(path, name, {"filter": text, "alert": alert, "highlight": tone})
        expected[name] = SavedFilter(name, text, alert, tone)
    found = load(path)
    assert found.problems == ()
    assert without_lines(found)[: len(expected)] == list(expected.values())
