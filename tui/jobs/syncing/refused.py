"""What of a bucket was refused before: where, and for which time, it is looked for again.

Owns which listings that takes, and what a note on a prefix says of its time. What was refused is
listed as everything is: so what was deleted meanwhile is known to be gone, and what is covered
follows from the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.objects import LogObject
from tui.jobs.asking.answered import hole_of
from tui.sources.aws.keys import DAY_MS, parse_key
from tui.sources.aws.listing import LATE, Window

_NEAR = DAY_MS
"""ms between two holes up to which one listing has both: it asks for whole days anyway."""
_ANY = "any.json"
"""The name of a log file that stands for all of a day."""
_NOTED = re.compile(r"wanted ([0-9]+)-([0-9]+)")


class Refused(NamedTuple):
    """A log file, a day of a folder or a prefix above those, that could not be had."""

    uri: str
    path: str
    """The prefix below which it is listed, ending in a slash."""
    hole: Span
    """The time whose events may be in it, ms since 1970 UTC."""
    day: date | None = None
    """Of the delivery; None for a prefix above the days."""


class Part(NamedTuple):
    """One listing of a prefix that has some of what was refused."""

    path: str
    span: Span
    """The hull of their holes."""
    refused: list[Refused]

    @property
    def is_above(self) -> bool:
        """Whether the prefix itself was refused, above the days."""
        return any(each.day is None for each in self.refused)


def noted(uri: str, wanted: Span, before: Mapping[str, str | None]) -> LogObject:
    """Return a prefix that was refused, with the time it was wanted for, now or before."""
    found = _NOTED.fullmatch(before.get(uri) or "")
    start, end = map(int, found.groups()) if found else wanted
    text = f"wanted {min(start, wanted.start)}-{max(end, wanted.end)}"
    return LogObject(uri, "s3", 0, version=text)


def refused(
    notes: Mapping[str, str | None], bucket: str, reads: Callable[[str], bool]
) -> list[Refused]:
    """Return what was refused in a bucket (`s3://bucket/`), as far as `reads` says of its key.

    Prefixes of which no note says for which time they were wanted are left out.
    """
    found = []
    for uri, note in notes.items():
        path = uri.removeprefix(bucket)
        if path == uri or not reads(path):
            continue
        key = parse_key(path + (_ANY if path.endswith("/") else ""))
        told = _NOTED.fullmatch(note or "")
        if key is not None:
            found.append(Refused(uri, key.folder.path(), hole_of(key), key.day))
        elif told and path.endswith("/"):
            found.append(Refused(uri, path, Span(*map(int, told.groups()))))
    return found


def above(notes: Iterable[str], bucket: str) -> list[str]:
    """Return the prefixes above the days among these, of a bucket (`s3://bucket/`)."""
    prefixes = [uri for uri in notes if uri.endswith("/") and uri.startswith(bucket)]
    return [uri for uri in prefixes if parse_key(uri.removeprefix(bucket) + _ANY) is None]


def was_in(each: Refused, span: Span, folders: Collection[str], now: int) -> bool:
    """Return whether who lists these folders for a time asks for it, if it is still there."""
    found = each.day is None or each.path in folders
    end = min(each.hole.end, now)
    return found and span.start <= each.hole.start and end <= span.end + LATE


def is_gone(
    each: Refused, bucket: str, days: Window, unlisted: Iterable[str], met: Callable[[str], bool]
) -> bool:
    """Return whether it was not there, though all of these days was listed but for `unlisted`.

    `met` tells which URIs were there, read or refused.
    """
    path = each.uri.removeprefix(bucket)
    if met(each.uri) or any(path.startswith(prefix) for prefix in unlisted):
        return False
    if each.day is None:
        return True
    listed = not met(f"{bucket}{each.path}{each.day:%Y/%m/%d}/")
    return listed and days.first_day <= each.day <= days.last_day


def parts(some: Iterable[Refused]) -> dict[str, list[Part]]:
    """Return, for each prefix, the listings that have all of these, newest first."""
    result: dict[str, list[Part]] = {}
    for each in sorted(some, key=lambda one: one.hole.end, reverse=True):
        known = result.setdefault(each.path, [])
        if known and each.hole.end >= known[-1].span.start - _NEAR:
            _, span, held = known.pop()
            hull = Span(min(span.start, each.hole.start), span.end)
            known.append(Part(each.path, hull, [*held, each]))
        else:
            known.append(Part(each.path, each.hole, [each]))
    return result
