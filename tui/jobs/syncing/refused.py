"""What of a bucket was refused before: where, and for which time, it is looked for again.

Owns which listings that takes. What was refused is listed as everything is: so what was deleted
meanwhile is known to be gone, and what is covered follows from the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from tui.domain.answer import Span
from tui.jobs.asking.answered import hole_of
from tui.sources.aws.keys import DAY_MS, Folder, LogKey, parse_key

_NEAR = DAY_MS
"""ms between two holes up to which one listing has both: it asks for whole days anyway."""
_ANY = "any.json"
"""The name of a log file that stands for all of a day."""


class Refused(NamedTuple):
    """A log file, or a day of a folder, that was asked for and could not be had."""

    uri: str
    folder: Folder
    day: date
    hole: Span
    """The time whose events may be in it, ms since 1970 UTC."""


class Part(NamedTuple):
    """One listing of a folder that has some of what was refused."""

    span: Span
    """The hull of their holes."""
    refused: list[Refused]


def refused(uris: Iterable[str], place: str, belongs: Callable[[LogKey], bool]) -> list[Refused]:
    """Return what of these lies in a place (`s3://bucket/path`) and belongs to who reads it.

    Prefixes above the days are left out: nobody knows which time they stand for.
    """
    bucket = len("s3://") + len(place.split("/", 3)[2]) + 1
    found = []
    for uri in uris:
        if uri.startswith(place):
            key = parse_key(uri[bucket:] + (_ANY if uri.endswith("/") else ""))
            if key is not None and belongs(key):
                found.append(Refused(uri, key.folder, key.day, hole_of(key)))
    return found


def above(uris: Iterable[str], place: str) -> list[str]:
    """Return the prefixes above the days among these, of a bucket (`s3://bucket/`)."""
    prefixes = [uri for uri in uris if uri.endswith("/") and uri.startswith(place)]
    return [uri for uri in prefixes if parse_key(uri.removeprefix(place) + _ANY) is None]


def parts(some: Iterable[Refused]) -> dict[Folder, list[Part]]:
    """Return, for each folder, the listings that have all of these, newest first."""
    result: dict[Folder, list[Part]] = {}
    for each in sorted(some, key=lambda one: one.hole.end, reverse=True):
        known = result.setdefault(each.folder, [])
        if known and each.hole.end >= known[-1].span.start - _NEAR:
            span, held = known.pop()
            known.append(Part(Span(min(span.start, each.hole.start), span.end), [*held, each]))
        else:
            known.append(Part(each.hole, [each]))
    return result
