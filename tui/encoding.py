"""Whether a terminal takes more than ASCII, by its locale; owns nothing else of terminals."""

from __future__ import annotations

from collections.abc import Mapping

_BY_PYTHON = ("C.UTF-8", "C.utf8", "UTF-8")
_PLAIN = ("C", "POSIX")


def speaks_utf8(environ: Mapping[str, str]) -> bool:
    """Return whether the locale is one of UTF-8, or none is set.

    POSIX: the first non-empty one of LC_ALL, LC_CTYPE and LANG counts. None of them set says
    nothing of the terminal (containers, Windows), and terminals speak UTF-8 today. PEP 538: where
    LANG is C, Python adds an LC_CTYPE for its own sake, which says nothing of it either.
    """
    names = ["LC_ALL", "LC_CTYPE", "LANG"]
    if environ.get("LC_CTYPE") in _BY_PYTHON and environ.get("LANG") in _PLAIN:
        names.remove("LC_CTYPE")
    named = next((environ[name] for name in names if environ.get(name)), "")
    return not named or "utf" in named.lower()
