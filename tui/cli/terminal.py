"""What the terminal can do, from its environment: no query is sent to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from tui.encoding import speaks_utf8

SMALLEST = (80, 24)
"""Columns and lines that the explorer is made for; below, it shows less."""
_MULTIPLEXERS = (("tmux", "TMUX"), ("screen", "STY"), ("zellij", "ZELLIJ"))
_TRUE_COLOUR = ("truecolor", "24bit")
_COLOURS = {"256color": 256, "kitty": 256}
"""By the last word of TERM, as Rich takes it (rich.console); any other terminal has 16."""
_NO_COLOURS = ("", "dumb", "unknown")
_DEFAULT_COLOURS = 16


class Terminal(NamedTuple):
    """The abilities of a terminal."""

    interactive: bool
    """Whether stdout is a terminal."""
    columns: int
    lines: int
    colours: int
    """How many the explorer uses; 0 where none are wanted or known."""
    no_color: bool
    utf8: bool
    term: str
    multiplexer: str
    """tmux, screen, zellij or empty."""
    ssh: bool


def terminal(environ: Mapping[str, str], stream: TextIO) -> Terminal:
    """Return what the terminal behind a stream can do."""
    interactive = stream.isatty()
    size = os.terminal_size((0, 0))
    if interactive:
        size = shutil.get_terminal_size((0, 0))
    multiplexer = next((name for name, sign in _MULTIPLEXERS if environ.get(sign)), "")
    no_color = "NO_COLOR" in environ  # Textual takes an empty one for it too
    return Terminal(
        interactive,
        size.columns,
        size.lines,
        0 if no_color else _colours(environ),
        no_color,
        speaks_utf8(environ),
        environ.get("TERM", ""),
        multiplexer,
        over_ssh(environ),
    )


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def _colours(environ: Mapping[str, str]) -> int:
    """Return how many colours the terminal says it has."""
    term = environ.get("TERM", "").strip().lower()
    if term in _NO_COLOURS:
        return 0
    if environ.get("COLORTERM", "").strip().lower() in _TRUE_COLOUR:
        return 1 << 24
    return _COLOURS.get(term.rpartition("-")[2], _DEFAULT_COLOURS)
