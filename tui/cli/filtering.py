"""The filter and the time range of a command line, as one filter."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping

from tui.cli.plain import plain
from tui.cli.zones import zone_of
from tui.domain.fields import BY_NAME
from tui.domain.filter import And, Compare, Everything, Filter, Term
from tui.errors import UsageError
from tui.language.grammar import NONE_SAVED, parse
from tui.language.moment import parse_span
from tui.language.tokens import SAVED

_DIGITS = 15
"""Digits of the largest count anybody needs; SQLite takes no more than 18."""


def filter_of(parsed: argparse.Namespace) -> Filter:
    """Return the filter asked for, bounded by the times; raises FilterError, TimeError."""
    now = int(time.time() * 1000)
    zone = zone_of(parsed)
    text = text_of(parsed)
    tree = parse(text, now, zone, saved_for(text))
    if parsed.since is None and parsed.until is None:
        return tree
    span = parse_span(parsed.since, parsed.until, now, zone)
    bounds: list[Filter] = [] if isinstance(tree, Everything) else [tree]
    field = BY_NAME["time"]
    if parsed.since is not None:
        bounds.append(Term(field, Compare(">=", span.start)))
    if parsed.until is not None:
        bounds.append(Term(field, Compare("<", span.end)))
    return And(tuple(bounds))


def text_of(parsed: argparse.Namespace) -> str:
    """Return the filter as it was typed."""
    return " ".join(parsed.text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def saved_for(text: str) -> Mapping[str, str]:
    """Return the saved filters if a text may name one, and say what of them was left out."""
    if SAVED not in text:
        return NONE_SAVED
    from tui.settings.filters import filters_path, load

    saved = load(filters_path())
    for sentence in saved.problems:
        sys.stderr.write(f"trailhound: {plain(f'{filters_path()}: {sentence}')}\n")
    return saved.texts


def number_of(text: str, option: str) -> int:
    """Return a count from the command line; raises UsageError."""
    if not text.isdecimal() or len(text) > _DIGITS:
        raise UsageError(f"{option} takes a whole number, not {text!r}.")
    return int(text)
