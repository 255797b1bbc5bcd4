"""What verifications know already and find out, in the cache; may be used from many threads.

Owns that the one connection is used by one thread at a time, and which transactions there are: a
kill loses at most what was verified since the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.digests import DigestFile, PublicKey, SavedDigest, SavedLog
from tui.domain.evidence import TrailName
from tui.domain.integrity import Finding, Stream
from tui.domain.selection import Unseen
from tui.storage import digests, files, reader, unconfirmed, verdicts
from tui.storage.cache import Cache, Connection, transaction
from tui.storage.unconfirmed import KnownHour
from tui.storage.verdicts import Place, Verification


class DigestLogs(NamedTuple):
    """What was found of the log files that one digest names."""

    uri: str
    version: str
    """These two are the digest's."""
    logs: Sequence[SavedLog]


class Ledger:
    """The part of a cache that is about verification."""

    def __init__(self, cache: Cache, connection: Connection) -> None:
        self._cache = cache
        self._connection = connection
        self._lock = Lock()

    def versions(self, stream: Stream) -> set[tuple[str, str]]:
        """Return (URI, version) of each digest of a stream that is kept."""
        with self._reading() as connection:
            return digests.versions(connection, stream)

    def file(self, uri: str, version: str) -> DigestFile | None:
        """Return a digest file that is kept."""
        with self._reading() as connection:
            return next(digests.files(connection, [(uri, version)]), None)

    def versions_of(self, uri: str) -> list[DigestFile]:
        """Return every version of a digest file that is kept."""
        with self._reading() as connection:
            return list(digests.versions_of(connection, uri))

    def keep(self, saved: Iterable[SavedDigest]) -> None:
        """Keep digest files with their verdicts."""
        with self._writing() as connection:
            for each in saved:
                digests.add(connection, each)

    def judge(self, saved: Iterable[SavedDigest]) -> None:
        """Keep new verdicts of digest files that are kept."""
        with self._writing() as connection:
            digests.judge(connection, saved)

    def keys(self, region: str) -> list[PublicKey]:
        """Return the public keys of a region that are kept."""
        with self._reading() as connection:
            return digests.keys(connection, region)

    def keep_keys(self, keys: Iterable[PublicKey]) -> None:
        """Keep public keys."""
        with self._writing() as connection:
            digests.add_keys(connection, keys)

    def logs(self, uri: str, version: str) -> list[SavedLog]:
        """Return what was found of the log files that a digest names."""
        with self._reading() as connection:
            number = digests.number(connection, uri, version)
            return [] if number is None else verdicts.logs(connection, number)

    def keep_logs(self, found: Iterable[DigestLogs]) -> None:
        """Keep what was found of log files, in place of what was known."""
        with self._writing() as connection:
            for each in found:
                number = digests.number(connection, each.uri, each.version)
                if number is not None:
                    verdicts.replace_logs(connection, number, each.logs)

    def keep_unlisted(self, among: Iterable[str], logs: Iterable[SavedLog]) -> None:
        """Keep which of the files that were looked at no digest names."""
        with self._writing() as connection:
            verdicts.replace_unlisted(connection, among, logs)

    def cached(self, uri: str) -> dict[str | None, bytes]:
        """Return the bytes the cache holds of a file, by version."""
        with self._reading() as connection:
            found = {}
            for version, number in files.versions(connection, uri):
                body = reader.body(connection, number)
                if body is not None:
                    found[version] = body
            return found

    def keep_findings(self, place: Place, span: Span, found: Iterable[Finding], at: int) -> None:
        """Keep the findings of a place in a span, in place of what was known."""
        with self._writing() as connection:
            verdicts.replace_findings(connection, place, span, found, at)

    def unseen(self, window: Span) -> list[Unseen]:
        """Return the management events of a window that only event history has."""
        with self._reading() as connection:
            return unconfirmed.unseen(connection, window)

    def known_hours(
        self, account: str, region: str, window: Span, *, trusting: bool
    ) -> list[KnownHour]:
        """Return the trusted digests that touch a window, with what is known of their log files."""
        with self._reading() as connection:
            found = unconfirmed.known_hours(connection, account, region, window, trusting=trusting)
            return list(found)

    def unchanged_since(self, owner: str, trail: TrailName, now: int) -> int | None:
        """Return since when a trail of an account is what it is now, if that is known."""
        with self._reading() as connection:
            home = trail.home_region
            return unconfirmed.unchanged_since(connection, owner, home, trail.name, now)

    def note(self, run: Verification) -> None:
        """Note a run."""
        with self._writing() as connection:
            verdicts.add_verification(connection, run)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, self._cache.guard():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._reading() as connection, transaction(connection):
            yield connection
