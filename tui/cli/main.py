"""Dispatching a command line: parse, run, and turn every error into a sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

from tui.cli.crash import Reported
from tui.cli.ending import INTERRUPTED, KEPT, interruptible
from tui.cli.parsing import parse
from tui.cli.plain import plain
from tui.cli.settling import settle
from tui.errors import CacheDamaged, FilterError, TrailhoundError

_MODULES = {
    "": "tui.cli.commands.explorer",
    "demo": "tui.cli.commands.demo",
    "open": "tui.cli.commands.open",
    "sync": "tui.cli.commands.sync",
    "tail": "tui.cli.commands.tail",
    "verify": "tui.cli.commands.verify",
    "coverage": "tui.cli.commands.coverage",
    "doctor": "tui.cli.commands.doctor",
    "events": "tui.cli.commands.events",
    "facets": "tui.cli.commands.facets",
    "sql": "tui.cli.commands.sql",
    "settings": "tui.cli.commands.settings",
    "completion": "tui.cli.commands.completion",
}
"""The module whose `run` carries out a command; loaded only when it is asked for."""

_WAITING = ("sync", "verify", "doctor")
"""Commands that come to an end by themselves, but for answers of AWS that do not come."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing fails with where there is no room; of an open file, so no file is named."""
_WITHOUT_SETTINGS = ("settings", "completion")
"""Commands that work with a broken settings file."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; a crash is reported and raises SystemExit."""
    _open_what_is_closed()
    with Reported():
        return _run(arguments)


def _open_what_is_closed() -> None:
    """Open standard streams that came closed: no file that is opened later may take their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nothing = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, nothing)


def _run(arguments: Sequence[str]) -> int:
    try:
        parsed = parse(arguments)
        if parsed.command not in _WITHOUT_SETTINGS:
            settle(parsed)
        command = import_module(_MODULES[parsed.command])
        with interruptible() if parsed.command in _WAITING else nullcontext():
            code: int = command.run(parsed)
        sys.stdout.flush()
    except CacheDamaged as damage:
        from tui.cli.caching import say_rebuilt

        say_rebuilt(damage)
        _say("Run the command again.")
        return damage.exit_code
    except FilterError as error:
        _say(error.marked())
        return error.exit_code
    except TrailhoundError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(KEPT)
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()  # the reader has what it wanted
        return 0
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        _let_go_of_stdout()
        _say(f"The output could not be written: {error.strerror}. What there is of it is not all.")
        return TrailhoundError.exit_code
    return code


def _let_go_of_stdout() -> None:
    """Have what was not written go nowhere: Python would complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(sentence: str) -> None:
    lines = (plain(line) for line in f"trailhound: {sentence}".split("\n"))
    sys.stderr.write("\n".join(lines) + "\n")
