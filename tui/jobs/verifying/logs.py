"""The log files that trusted digests name, day by day: each held against its digest, none twice.

A log file is not fetched when it is still listed with the ETag and size that it had when its bytes
were verified, nor when the cache holds the bytes of that ETag: S3 gives changed content another
one (S3 API reference, "Object"). Memory is that of a few days.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from tui.domain.digests import VALID, SavedLog
from tui.domain.evidence import Holding, NotCopied
from tui.domain.integrity import LOG_KINDS, NO_DIGEST, Finding, Kind, LogVerdict, Stream
from tui.domain.objects import LogObject
from tui.domain.verifying import Tally
from tui.integrity import logs
from tui.integrity.digest import Log, read
from tui.integrity.unlisted import EARLY, LATE, Stored, unlisted
from tui.jobs.verifying.digests import Digests, Trusted
from tui.jobs.verifying.judged import delivered
from tui.jobs.verifying.ledger import DigestLogs
from tui.jobs.verifying.means import Means
from tui.sources.aws.keys import Kind as Folders
from tui.sources.aws.keys import LogKey, day_of, day_start, parse_key

_FOLDERS_KEPT = 16
"""Listings that are kept: late files lie in the folder of another day."""
_NAMED_WITHIN = 2
"""Days after a delivery in which an ordinary digest names it."""
_HOLES = frozenset({Kind.DIGEST_MISSING, Kind.CHAIN_GAP})
"""Findings that say of a time that it has no digest."""
_VERDICTS = {VALID: LogVerdict.VALID, **{str(kind): each for each, kind in LOG_KINDS.items()}}


@dataclass(slots=True)
class Logs:
    """What became of the log files of a holding."""

    tally: Tally = field(default_factory=Tally)
    findings: dict[Stream, list[Finding]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    strays: bool = False
    """Whether no stream was asked for, and log files are there that no other one names."""
    fetched: int = 0


class _Looked(NamedTuple):
    """One log file, and how its verdict was come by."""

    log: Log
    saved: SavedLog | None
    """None if it could not be read, or is not among the copies."""
    problem: str = ""
    fetched: bool = False
    known: bool = False
    """Whether nothing changed since it was verified before."""


class _Named(NamedTuple):
    """A digest with the log files it names, and what is known of them."""

    trusted: Trusted
    logs: tuple[Log, ...]
    known: Mapping[str, SavedLog]


class LogCheck:
    """Checks the log files of one holding."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._folders: dict[str, Future[_Folder]] = {}
        self._named: dict[str, set[str]] = {}
        self._kinds: set[Folders] = {Folders.EVENTS}

    def check(self, holding: Holding, digests: Digests) -> Logs:
        """Return what the log files are; raises SourceError, CacheError, Cancelled."""
        result = Logs()
        late = [each for each in _all(digests) if each.listed.stream.backfill]
        self._checked(late, result)
        ordinary = [each for each in _all(digests) if not each.listed.stream.backfill]
        covered = digests.covered or digests.others
        days = sorted({day for span in covered for day in _days(span.start, span.end)})
        for day in days[:_FOLDERS_KEPT]:
            self._folder(place_of(holding, Folders.EVENTS, day))
        for day, group in groupby(ordinary, key=lambda each: day_of(each.span.end)):
            self._checked(list(group), result)
            while days and days[0] < day - timedelta(days=_NAMED_WITHIN):
                self._unlisted(holding, days.pop(0), digests, result)
        for day in days:
            self._unlisted(holding, day, digests, result)
        return result

    def _checked(self, group: list[Trusted], result: Logs) -> None:
        """Check what some digests name, store it, and note the names."""
        named = list(self._means.pool.map(self._read, group))
        for each in named:
            self._note(each.logs)
        kept: list[DigestLogs] = []
        asked = [each for each in named if self._asked(each.trusted)]
        for each, futures in [(each, self._looks(each)) for each in asked]:
            looked = [self._taken(future, each.trusted, result) for future in futures]
            if not all(one.known for one in looked) or len(each.known) != len(looked):
                saved = (self._merged(one.saved, each.known.get(one.log.uri)) for one in looked)
                listed = each.trusted.listed
                found = [one for one in saved if one is not None]
                kept.append(DigestLogs(listed.uri, listed.version, found))
        if kept:
            self._means.ledger.keep_logs(kept)

    def _merged(self, found: SavedLog | None, known: SavedLog | None) -> SavedLog | None:
        """Return what to keep: copies say something of their bytes, and nothing of the bucket."""
        if found is None or known is None or not self._means.evidence.copies:
            return found or known
        return known._replace(held=found.held)

    def _asked(self, trusted: Trusted) -> bool:
        return self._means.asks_for(trusted.listed.stream)

    def _note(self, named: Iterable[Log]) -> None:
        """Remember which log files are named, and begin to list where they lie."""
        for log in named:
            folder = _parent(log.uri)
            if folder not in self._named:
                self._named[folder] = set()
                key = _key(log.uri)
                self._kinds |= {key.kind} if key else set()
                self._folder(folder)
            self._named[folder].add(log.uri)

    def _looks(self, named: _Named) -> list[Future[_Looked]]:
        futures = []
        for log in named.logs:
            there = self._folder(_parent(log.uri)).result().logs.get(log.uri)
            futures.append(
                self._means.pool.submit(self._look, log, there, named.known.get(log.uri))
            )
        return futures

    def _read(self, trusted: Trusted) -> _Named:
        """Read again what a digest lists: it was not kept in memory."""
        listed = trusted.listed
        file = self._means.ledger.file(listed.uri, listed.version)
        if file is None:
            return _Named(trusted, (), {})
        known = (
            [] if self._means.wanted.full else self._means.ledger.logs(listed.uri, listed.version)
        )
        return _Named(trusted, read(delivered(file)).logs, {each.uri: each for each in known})

    def _taken(self, future: Future[_Looked], trusted: Trusted, result: Logs) -> _Looked:
        """Count what became of one log file."""
        looked = future.result()
        self._means.step(1)
        result.fetched += looked.fetched
        if looked.saved is None:
            result.tally.absent += not looked.problem
            result.tally.unread += bool(looked.problem)
            result.problems += [looked.problem] if looked.problem else []
            return looked
        verdict = _VERDICTS[looked.saved.verdict]
        if verdict is LogVerdict.VALID:
            result.tally.valid += 1
            return looked
        result.tally.missing += verdict is LogVerdict.MISSING
        result.tally.invalid += verdict is not LogVerdict.MISSING
        stream = trusted.listed.stream
        span = (trusted.span.start, trusted.span.end)
        finding = logs.finding(looked.log, verdict, stream, span)
        result.findings.setdefault(stream, []).append(finding)
        return looked

    def _look(self, log: Log, there: LogObject | None, before: SavedLog | None) -> _Looked:
        """Hold one log file against its digest."""
        if before is not None and there is not None and _is_unchanged(before, there):
            return _Looked(log, before, known=True)
        cached = self._means.ledger.cached(log.uri)
        version = there.version if there is not None else None
        data = None
        if version is not None and not self._means.wanted.full:
            data = cached.pop(version, None)
        fetched = data is None
        if data is None:
            try:
                data = self._means.evidence.log(log.uri)
            except FileNotFoundError:
                pass
            except NotCopied:
                return _Looked(log, None)
            except OSError as error:
                return _Looked(log, None, f"{log.uri} could not be read: {error}.")
        held = [each for each in (data, *cached.values()) if each is not None]
        judged = tuple((hashlib.sha256(each).digest(), self._verdict(log, each)) for each in held)
        size = there.size if there is not None else None if data is None else len(data)
        at = int(time.time() * 1000)
        saved = SavedLog(log.uri, self._verdict(log, data), version, size, at, judged)
        return _Looked(log, saved, fetched=fetched)

    def _verdict(self, log: Log, data: bytes | None) -> str:
        verdict = logs.check(log, data, unpacked=self._means.evidence.copies)
        return VALID if verdict is LogVerdict.VALID else LOG_KINDS[verdict]

    def _folder(self, folder: str) -> Future[_Folder]:
        """Return the listing of a folder, which may still be under way."""
        found = self._folders.get(folder)
        if found is None:
            while len(self._folders) >= _FOLDERS_KEPT:
                del self._folders[next(iter(self._folders))]
            found = self._folders[folder] = self._means.pool.submit(self._listed, folder)
        return found

    def _listed(self, folder: str) -> _Folder:
        listed = self._means.evidence.logs(folder)
        return _Folder({each.uri: each for each in listed.logs}, listed.problem)

    def _unlisted(self, holding: Holding, day: date, digests: Digests, result: Logs) -> None:
        """Find the log files of a delivery day that no digest names."""
        asked = [each for each in digests.findings if not each.backfill]
        for kind in sorted(self._kinds):
            folder = place_of(holding, kind, day)
            named = self._named.pop(folder, set())
            found = self._folder(folder).result()
            if found.problem:
                result.problems.append(found.problem)
                continue
            there = list(stored(found.logs.values()))
            if not asked:
                other = next(iter(digests.trusted))
                result.strays |= any(unlisted(there, named, digests.others, other))
                continue
            findings = list(unlisted(there, named, digests.covered, asked[0]))
            told = self._means.wanted.before.found
            fresh = [each for each in findings if each.object not in told]
            result.tally.unlisted += len(fresh)
            result.findings.setdefault(asked[0], []).extend(fresh)
            at = int(time.time() * 1000)
            alone = {each.object: str(each.kind) for each in findings}
            known = named | alone.keys()
            alone |= dict.fromkeys(_without_digest(there, known, digests), NO_DIGEST)
            saved = [
                SavedLog(uri, verdict, found.logs[uri].version, found.logs[uri].size, at)
                for uri, verdict in alone.items()
            ]
            self._means.ledger.keep_unlisted(found.logs, saved)


class _Folder(NamedTuple):
    """What lies in a folder, by URI, and why that is not known, if it is not."""

    logs: Mapping[str, LogObject]
    problem: str


def _without_digest(there: Iterable[Stored], known: set[str], digests: Digests) -> list[str]:
    """Return the log files of hours that have no digest: nothing is wrong, nothing is proven.

    The slot in a name may lie a little outside the hour in which the file was delivered.
    """
    every = (each for findings in digests.findings.values() for each in findings)
    holes = [(each.start - LATE, each.end + EARLY) for each in every if each.kind in _HOLES]
    return [
        each.uri
        for each in there
        if each.uri not in known and any(start <= each.slot <= end for start, end in holes)
    ]


def place_of(holding: Holding, kind: str, day: date) -> str:
    """Return the folder of a delivery day."""
    return f"{holding.root}{holding.account}/{kind}/{holding.region}/{day:%Y/%m/%d}/"


def _all(digests: Digests) -> list[Trusted]:
    """Return the digests of all streams, earliest first."""
    every = (each for trusted in digests.trusted.values() for each in trusted)
    return sorted(every, key=lambda each: each.span.end)


def stored(found: Iterable[LogObject]) -> Iterator[Stored]:
    """Yield log files with when they were delivered, as their names or folders tell."""
    for each in found:
        key = _key(each.uri)
        if key is not None:
            told = key.stamp is not None
            slot = key.stamp if key.stamp is not None else day_start(key.day)
            yield Stored(each.uri, slot, each.modified, told)


def _is_unchanged(before: SavedLog, there: LogObject) -> bool:
    now = (there.version, there.size)
    return before.verdict == VALID and there.version is not None and now == before[2:4]


def _parent(uri: str) -> str:
    return uri.rpartition("/")[0] + "/"


def _key(uri: str) -> LogKey | None:
    return parse_key(uri.split("/", 3)[-1])


def _days(start: int, end: int) -> Iterator[date]:
    day = day_of(start)
    while day <= day_of(end):
        yield day
        day += timedelta(days=1)
