"""Verifying whatever there is to verify, one target after the other, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.digests import VALID
from tui.domain.evidence import Evidence
from tui.domain.integrity import HOUR, Stream, Voucher
from tui.domain.progress import Progress
from tui.domain.verifying import NOTHING_BEFORE, Verified, Wanted, together
from tui.errors import CredentialsError, SourceError
from tui.jobs.verifying.plan import Target
from tui.jobs.verifying.verify import verify
from tui.jobs.verifying.vouching import voucher
from tui.sources.aws.keys import parse_key
from tui.storage import hours, reader
from tui.storage.cache import Cache

_BACK = 7 * 24 * HOUR
_EARLY, _LATE = HOUR // 12, HOUR // 4
"""ms around the slot in a log file's name in which it may have been delivered."""


class LogFile(NamedTuple):
    """A log file that an event was delivered in, and when that was about."""

    number: int
    """The event's."""
    uri: str
    window: Span


def audit(cache: Cache, targets: Iterable[Target], wanted: Wanted, progress: Progress) -> Verified:
    """Verify; what cannot be read of one target is a problem and keeps no other from it.

    Raises CredentialsError, CacheError, Cancelled.
    """
    result = Verified(window=wanted.window)
    for _, found in each_verified(cache, targets, wanted, progress):
        result.add(found)
    return result


def each_verified(
    cache: Cache, targets: Iterable[Target], wanted: Wanted, progress: Progress
) -> Iterator[tuple[Evidence, Verified]]:
    """Yield what was found of each target beyond what was found of those before it.

    What cannot be read of one is its problem. Raises CredentialsError, CacheError, Cancelled.
    """
    before = NOTHING_BEFORE
    for evidence, trails in targets:
        asked = wanted._replace(trails=trails, before=before)
        try:
            found = verify(cache, evidence, asked, progress)
        except CredentialsError:
            raise
        except SourceError as error:
            found = Verified(evidence.target, wanted.window, problems=[str(error)])
        before = together(before, found)
        yield evidence, found


def log_file_of(cache: Cache, number: int) -> LogFile | None:
    """Return the log file of an event; None where only event history or a copy holds it."""
    with cache.connection() as connection:
        seen = reader.sightings(connection, number)
    for each in seen:
        key = parse_key(each.uri.split("/", 3)[-1])
        if key is not None and key.stamp is not None:
            return LogFile(number, each.uri, Span(key.stamp - _EARLY, key.stamp + _LATE))
    return None


def voucher_of(cache: Cache, number: int) -> Voucher | None:
    """Return what speaks for or against an event; None where nothing does yet."""
    with cache.connection() as connection:
        return voucher(connection, number)


def new_since(cache: Cache, otherwise: Span, now: int) -> Span:
    """Return the time since which any place has no verified digest, a week back at most."""
    newest: dict[Stream, int] = {}
    with cache.connection() as connection:
        for row in hours.digests(connection):
            if row.verdict == VALID:
                newest[row.stream] = max(row.end, newest.get(row.stream, 0))
    if not newest:
        return otherwise
    return Span(max(min(newest.values()), max(newest.values()) - _BACK) - HOUR, now)
