from __future__ import annotations

import json
import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.json_lines import OPEN_AT_FIRST, JsonLines, Key, copied, path_text, scalar
from tui.widgets.printable import safe

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)
RECORDS = st.dictionaries(st.text(max_size=5), VALUES, max_size=6)


def names(lines: JsonLines) -> list[str | int]:
    return [line.path[-1].name for line in lines.lines]


def test_keys_stand_in_the_order_they_were_delivered() -> None:
    lines = JsonLines({"z": 1, "a": {"y": 1, "b": 2}, "m": []})
    assert names(lines) == ["z", "a", "y", "b", "m"]


@given(RECORDS)
def test_folding_and_unfolding_gives_back_the_same_lines(record: dict[str, object]) -> None:
    lines = JsonLines(record)
    before = list(lines.lines)
    for index in reversed(range(len(before))):
        if before[index].opened:
            lines.close(index)
    assert len(lines.lines) == len(record)
    index = 0
    while index < len(lines.lines):
        if not isinstance(lines.lines[index].value, str):
            lines.open(index)
        index += 1
    assert lines.lines == before


@given(RECORDS, st.data())
def test_every_hit_of_a_search_can_be_shown(record: dict[str, object], data: st.DataObject) -> None:
    lines = JsonLines(record)
    for index in reversed(range(len(lines.lines))):
        lines.close(index)
    hits = lines.find(data.draw(st.sampled_from(["a", "0", "true", "null", ""])))
    for path in hits:
        assert lines.lines[lines.reveal(path)].path == path


def test_a_search_finds_keys_and_values_in_what_is_folded_without_case() -> None:
    lines = JsonLines({"a": {"MFA": "no"}, "b": [{"c": "the mfa"}], "d": 1.5})
    found = [path_text(path) for path in lines.find("mfa")]
    assert found == ["a.MFA", "b[0].c"]
    assert [path_text(path) for path in lines.find("1.5")] == ["d"]
    assert lines.find("") == []


def test_a_policy_inside_a_text_unfolds_as_json() -> None:
    lines = JsonLines({"policy": json.dumps({"Statement": [{"Effect": "Allow"}]})})
    assert names(lines) == ["policy"]
    lines.open(0)
    assert names(lines) == ["policy", "Statement"]
    assert lines.lines[1].path == (Key("policy"), Key("Statement", "json"))
    assert path_text(lines.lines[1].path) == "policy"


def test_a_long_text_unfolds_into_pieces_that_make_it_up() -> None:
    text = "".join(chr(97 + index % 26) for index in range(1_000))
    lines = JsonLines({"text": text})
    lines.open(0)
    assert "".join(str(line.value) for line in lines.lines[1:]) == text


@given(st.text(st.characters(), max_size=200), st.integers(12, 60))
def test_every_piece_of_a_text_fits_and_none_is_lost(text: str, room: int) -> None:
    lines = JsonLines({"text": text}, lambda _: room)
    lines.open(0)
    shown = lines.lines[1:] or lines.lines
    assert text[:1] in "{[" or lines.whole(len(lines.lines) - 1) == text
    assert all(cell_len(safe(scalar(line.value))) <= room for line in shown)
    assert text[:1] in "{[" or "".join(str(line.value) for line in shown) == text


def test_a_text_is_cut_anew_for_another_width_and_the_cursor_stays_in_it() -> None:
    room = [20]
    lines = JsonLines({"a": 1, "text": "x" * 50, "b": 2}, lambda _: room[0])
    lines.open(1)
    assert names(lines) == ["a", "text", 0, 1, 2, "b"]
    room[0] = 30
    assert lines.fit(3) == 3
    assert names(lines) == ["a", "text", 0, 1, "b"]
    assert lines.fit(4) == 4
    room[0] = 40
    lines.close(1)
    assert lines.fit(2) == 2
    room[0] = 60
    assert lines.fit(1) == 1
    assert not any(line.foldable for line in lines.lines)


def test_what_looks_like_json_but_is_not_stays_text() -> None:
    for text in ("{not json}", "[" * 2_000 + "]", "{}", "[]"):
        lines = JsonLines({"text": text[:150]}, lambda _: 200)
        assert not lines.lines[0].foldable


def test_a_record_of_a_megabyte_opens_at_once_and_lazily() -> None:
    record: dict[str, object] = {
        "items": [{"name": f"item {n}", "tags": ["x" * 20]} for n in range(20_000)]
    }
    started = time.process_time()
    lines = JsonLines(record)
    assert time.process_time() - started < 1
    assert len(lines.lines) <= OPEN_AT_FIRST
    assert len(lines.find("item 19999")) == 1


def test_a_copied_text_is_itself_and_a_copied_object_is_json() -> None:
    assert copied("a\nb") == "a\nb"
    assert json.loads(copied({"a": [1, None]})) == {"a": [1, None]}
