"""What could be typed next."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tui.domain.fields import Field
from tui.errors import FilterError
from tui.language.complete import Completion, complete
from tui.language.grammar import parse

NOW = 1_795_183_510_000
CALLERS = (("alice", 1_200), ("alice smith", 30), ("a*b", 2), ("any", 1), ("bob", 5))


def values(field: Field, typed: str) -> Sequence[tuple[str, int]]:
    found = {"caller": CALLERS, "severity": (("3", 7), ("0", 9))}.get(field.name, ())
    return [pair for pair in found if pair[0].startswith(typed)]


def at(marked: str) -> tuple[str, list[Completion]]:
    """Return the text and what completes it at the `|` in it."""
    cursor = marked.index("|")
    text = marked.replace("|", "")
    return text, complete(text, cursor, values)


def results(marked: str) -> list[str]:
    text, found = at(marked)
    return [text[: each.start] + each.insert + text[each.end :] for each in found]


def test_an_empty_filter_offers_every_field_with_its_help() -> None:
    _, found = at("|")
    assert found[0] == Completion(0, 0, "caller:", "caller", "who made the call")
    assert {"time:", "record:", "NOT "} <= {each.insert for each in found}
    assert "OR " not in {each.insert for each in found}


@pytest.mark.parametrize(
    ("marked", "result"),
    [
        ("cal|", "caller:"),
        ("CAL|", "caller:"),
        ("-cal|", "-caller:"),
        ("-|", "-caller:"),
        ("(cal|", "(caller:"),
        ("a cal|", "a caller:"),
        ("a OR |", "a OR caller:"),
        ("a cal| b", "a caller: b"),
        ("cal|lor b", "caller: b"),
        ("cal|:x", "caller:x"),
        ("a |b", "a caller:b"),
        ("requestid|", "requestID:"),
        ("eventNa|", "eventName:"),
        ("userIdentity.ar|", "userIdentity.arn:"),
        ("parameters|", "requestParameters:"),
    ],
)
def test_a_begun_word_becomes_a_name(marked: str, result: str) -> None:
    assert results(marked)[0] == result


def test_operators_are_offered_between_terms() -> None:
    assert {"a AND ", "a OR ", "a NOT "} <= set(results("a |"))
    assert "a OR " in results("a O|")
    assert "(a) OR " in results("(a) |")
    assert "a OR OR " not in results("a OR |")
    assert "(OR " not in results("(|")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "caller:al|",
            ["caller:alice", 'caller:"alice smith"'],
        ),
        ('caller:"al|', ["caller:alice", 'caller:"alice smith"']),
        ('caller:"alice |" x', ['caller:"alice smith" x']),
        ("caller:bob,al|", ["caller:bob,alice", 'caller:bob,"alice smith"']),
        ("caller:=al|", ["caller:=alice", 'caller:="alice smith"']),
        ("caller:=a*|", ["caller:=a*b"]),
        ("caller:a*|", ["caller:=a*b"]),
        ("caller:=bob,an|", ["caller:=bob,any"]),
        ("caller:an|", ["caller:any", 'caller:"any"']),
        ("caller:al|xx region:y", ["caller:alice region:y", 'caller:"alice smith" region:y']),
        ("caller:n|", ["caller:none"]),
        ("severity:>=h|", ["severity:>=high"]),
        ("severity:=n|", ["severity:=none"]),
        ("time:>=-1|", ["time:>=-15m", "time:>=-1h"]),
        ("requestID:x|", []),
        ("nonsense:x|", []),
        ('"quoted|', []),
        ("caller:>=|", []),
    ],
)
def test_values_are_spelled_ready_to_insert(marked: str, expected: list[str]) -> None:
    assert results(marked) == expected


def test_values_carry_their_counts() -> None:
    _, found = at("caller:ali|")
    assert found[0] == Completion(7, 10, "alice", "alice", "1,200")
    assert [(each.label, each.detail) for each in at("severity:|")[1]][:2] == [
        ("critical", ""),
        ("high", "7"),
    ]


def test_the_typed_value_is_asked_for_unquoted() -> None:
    asked: list[tuple[str, str]] = []

    def note(field: Field, typed: str) -> Sequence[tuple[str, int]]:
        asked.append((field.name, typed))
        return ()

    text = 'eventName:x,"a \\"b'
    complete(text, len(text), note)
    assert asked == [("action", 'a "b')]


@pytest.mark.parametrize("cursor", range(30))
def test_no_cursor_in_broken_text_fails(cursor: int) -> None:
    text = 'a (caller:"b c -x:>= OR "" ))'
    complete(text, cursor, values)


def test_every_value_offered_after_a_colon_is_a_filter() -> None:
    for text in [*results("caller:|"), *results("severity:|")]:
        try:
            parse(text, NOW)
        except FilterError as error:
            pytest.fail(error.marked())
