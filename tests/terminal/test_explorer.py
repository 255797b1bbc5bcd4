from __future__ import annotations

import re

import pytest

from tests.terminal.terminal import Terminal, assert_restored

pytestmark = pytest.mark.slow

ESCAPE = "\x1b"
DEMO = ("demo", "--seed", "7", "--events", "3000")
MORE_THAN_ONE_PROCESS_READS = "20000"
GREYS = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
"""Of the 256 colours, those without a hue."""


def count(text: str) -> int:
    """Return the number of events found, which stands at the end of the filter's line."""
    found = re.search(r"([\d,]+)(?: of [\d,]+)? *$", text.splitlines()[1])
    return int(found[1].replace(",", "")) if found else -1


def hues(sent: bytes) -> set[int]:
    """Return those of the 256 colours sent that have a hue."""
    codes = {int(code) for code in re.findall(rb"\x1b\[(?:[0-9;]*;)?[34]8;5;(\d+)", sent)}
    assert codes
    return codes - GREYS


def test_a_session_from_the_first_rows_to_a_restored_terminal(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment) as terminal:
        terminal.shows("TIME UTC", "CALLER", "ACTION", "RESULT", "covered")
        everything = count(terminal.quiet())
        assert everything > 3_000

        terminal.type("/service:s3\r")
        text = terminal.until(lambda text: 0 < count(text) < everything)
        found = count(terminal.quiet())
        assert "❯ service:s3" in text

        terminal.type("b")
        terminal.shows("▾ CALLER")
        terminal.type("j ")
        terminal.until(lambda text: 0 < count(text) < found)
        text = terminal.shows("✓ ", "service:s3 caller:=")
        terminal.type(ESCAPE)
        terminal.until(lambda text: "▾ CALLER" not in text)

        terminal.type("\r")
        terminal.shows("eventVersion", "awsRegion", "eventSource")
        terminal.type(ESCAPE)
        terminal.until(lambda text: "eventVersion" not in text)

        terminal.type("i")
        terminal.shows("integrity", "Nothing was verified yet")
        terminal.type("v")
        terminal.shows("us-east-1", "4 findings")
        terminal.type("n")
        terminal.shows("invalid")
        terminal.type(ESCAPE)
        terminal.shows("TIME UTC")

        terminal.type("?")
        terminal.shows("EVENTS SCREEN", "type a filter; Tab completes")
        terminal.type("?")
        terminal.until(lambda text: "EVENTS SCREEN" not in text)

        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_files_enough_for_several_processes_are_read_under_the_screen(
    environment: dict[str, str],
) -> None:
    with Terminal(("demo", "--events", MORE_THAN_ONE_PROCESS_READS), environment) as terminal:
        terminal.until(lambda text: count(text) > int(MORE_THAN_ONE_PROCESS_READS))
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_leaving_while_files_are_read_ends_at_once(environment: dict[str, str]) -> None:
    with Terminal(("demo", "--events", "400000"), environment) as terminal:
        terminal.shows("Reading log files")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_only_greys_are_sent_where_no_colour_is_wanted(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment | {"NO_COLOR": "1"}) as terminal:
        terminal.shows("covered")
        terminal.type("/error:any\r")
        terminal.shows("denied")
        terminal.quiet()
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert hues(terminal.sent) == set()


def test_colour_is_sent_otherwise(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment) as terminal:
        terminal.shows("covered")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert hues(terminal.sent)


def test_only_ascii_is_drawn_where_the_locale_has_nothing_else(
    environment: dict[str, str],
) -> None:
    with Terminal(DEMO, environment | {"LANG": "C"}) as terminal:
        frames = [terminal.shows("covered"), terminal.quiet()]
        for keys in (
            "b",
            "j ",
            ESCAPE,
            "\r",
            ESCAPE,
            "?",
            "?",
            "T",
            "k",
            ESCAPE,
            "o",
            ESCAPE,
            "/error:any x",
            "\r",
            "tLLL",
        ):
            terminal.type(keys)
            frames.append(terminal.quiet())
        terminal.type(ESCAPE + "q")
        strange = {char for frame in frames for char in frame if not char.isascii()}
        assert strange == set(), [line for line in frames[1].splitlines() if not line.isascii()]
