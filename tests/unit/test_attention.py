"""Interrupting is for what is worth it, seldom, and never what an event's text makes of it."""

from __future__ import annotations

import pytest

from tests.pilot import sample
from tui.domain.event import Actor, Signal
from tui.screens.following.attention import REST, Alarm, told, untold

SEVERE = sample.row(1)._replace(
    actor=Actor("mallory"), signal=Signal(4, "CloudTrail logging stopped")
)


def test_what_comes_at_once_is_told_together_and_then_there_is_rest() -> None:
    alarm = Alarm()
    assert alarm.due(0.0) == ""
    alarm.take(3, [SEVERE])
    assert alarm.due(1.0).startswith("3 events, the last: mallory, ")
    alarm.take(1, [SEVERE])
    assert alarm.due(1.0 + REST / 2) == ""
    said = alarm.due(1.0 + REST)
    assert said.startswith("mallory, ")
    assert said.endswith("CloudTrail logging stopped")
    assert alarm.due(100.0) == ""


def test_no_event_can_send_the_terminal_a_sequence() -> None:
    alarm = Alarm()
    evil = Actor("x\x07\x1b]0;owned\x07\x1b[2J\u202e\x9b31m")
    alarm.take(1, [SEVERE._replace(actor=evil)])
    sequence = told(alarm.due(1.0), "xterm")
    assert sequence.count("\x1b") == 3  # keep the title, set it, notify
    assert sequence.count("\x07") == 2
    assert "\x9b" not in sequence
    assert "\u202e" not in sequence


@pytest.mark.parametrize("term", ["linux", "dumb"])
def test_a_terminal_without_titles_is_only_rung(term: str) -> None:
    assert told("something", term) == untold(term) == ""


def test_what_is_told_begins_with_the_filters_that_it_matches() -> None:
    alarm = Alarm()
    alarm.take(2, [SEVERE, SEVERE], ["severe", "mine"])
    assert alarm.due(1.0).startswith("2 events, the last @severe @mine: mallory, ")
    alarm.take(1, [SEVERE], ["mine"])
    assert alarm.due(1.0 + REST).startswith("@mine: mallory, ")
