"""A report of an earlier verification as evidence, and reading and writing it as JSON.

Digests, keys and the log files that failed come from the report; other log files from copies, if
some are given. Without them the report's word is taken, which whoever reads the result is told.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui.domain.answer import Span
from tui.domain.digests import VALID, DigestFile, PublicKey
from tui.domain.evidence import (
    Evidence,
    Holding,
    Listed,
    ListedDigest,
    ListedLogs,
    NotCopied,
    TrailName,
)
from tui.domain.integrity import Kind, Stream
from tui.domain.objects import LogObject
from tui.domain.report import (
    FORMAT,
    Document,
    Report,
    ReportedDigest,
    ReportedEvents,
    ReportedLog,
    ReportedPlace,
)
from tui.domain.selection import UNKNOWN, Admitted, Selection
from tui.errors import InputError

_NO_BYTES = "the report does not hold it, and no folder with it was named"


def encoded(document: Document) -> bytes:
    """Return a document as JSON."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def decoded(path: Path) -> Document:
    """Read a document; raises InputError."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=Document)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is no report of a verification: {error}.") from error
    if document.format != FORMAT:
        raise InputError(f'{path} is of the format "{document.format[:60]}", not "{FORMAT}".')
    return document


class ReportEvidence:
    """What one report holds; `beside` has copies of the log files."""

    def __init__(self, report: Report, beside: Evidence | None = None) -> None:
        self.target = report.target
        self.copies = report.copies
        self.problems: list[str] = []
        self._report = report
        self._beside = beside
        self._digests = {each.uri: each for each in report.digests}
        self._logs = {log.uri: log for each in report.digests for log in each.logs}
        self._folders: dict[str, list[LogObject]] = {}
        for log in self._logs.values():
            if log.verdict != Kind.LOG_MISSING:
                self._place(LogObject(log.uri, "report", log.size, None, log.sha256))
        for uri in report.unlisted:
            self._place(LogObject(uri, "report", 0, None, ""))

    def holdings(self) -> list[Holding]:
        """Return the accounts and regions that were looked at."""
        return list(map(_holding, self._report.places))

    def digests(self, holding: Holding, span: Span) -> Listed:
        """Return the digests that were listed then."""
        del span
        found = (each for each in self._report.digests if self._is_of(each, holding))
        places = (each for each in self._report.places if _holding(each) == holding)
        unknown = [Span(*each) for place in places for each in place.unknown]
        where = f"{holding.account} {holding.region}"
        problem = f"{where}: not all digests could be listed when the report was made."
        return Listed([listed(each) for each in found], [problem] if unknown else [], unknown)

    def _is_of(self, digest: ReportedDigest, holding: Holding) -> bool:
        """Return whether a digest lies in a holding, or in none and was come to from it."""
        place = (digest.account, digest.region)
        roots = [each.root for each in self._report.places if (each.account, each.region) == place]
        within = [root for root in roots if digest.uri.startswith(f"{root}{digest.account}/")]
        return place == (holding.account, holding.region) and holding.root == (within or roots)[0]

    def beside(self, uri: str, span: Span) -> Listed:
        """Return nothing: what lay elsewhere is in the report too."""
        del uri, span
        return Listed([], [])

    def logs(self, folder: str) -> ListedLogs:
        """Return the log files that the report tells of."""
        return ListedLogs(self._folders.get(folder, []))

    def digest(self, listed: ListedDigest) -> DigestFile:
        """Return a digest as it was fetched; raises OSError if it was not."""
        found = self._digests[listed.uri]
        if not found.body:
            raise OSError("it could not be read when the report was made")
        return file_of(found)

    def log(self, uri: str) -> bytes:
        """Return a log file; raises FileNotFoundError for one that was missing, OSError."""
        if self._beside is not None:
            try:
                return self._beside.log(uri)
            except NotCopied:
                if uri not in self._report.failed and not self._was_missing(uri):
                    raise
        if self._was_missing(uri):
            raise FileNotFoundError(uri)
        if uri not in self._report.failed:
            raise OSError(_NO_BYTES)
        return self._report.failed[uri]

    def keys(self, region: str, span: Span) -> list[PublicKey]:
        """Return the keys that were used."""
        del span
        return [
            PublicKey(each.region, each.fingerprint, each.value, each.start, each.end)
            for each in self._report.keys
            if each.region == region
        ]

    def selects(self, trail: TrailName) -> Selection:
        """Return what the report says that a trail logs."""
        for each in self._report.selections:
            if trail == (each.trail, each.home_region):
                admitted = tuple(Admitted(*one) for one in each.admitted)
                return Selection(admitted, each.told, each.since)
        return UNKNOWN

    def _was_missing(self, uri: str) -> bool:
        log = self._logs.get(uri)
        return log is not None and log.verdict == Kind.LOG_MISSING

    def _place(self, item: LogObject) -> None:
        self._folders.setdefault(f"{item.uri.rpartition('/')[0]}/", []).append(item)


def _holding(place: ReportedPlace) -> Holding:
    return Holding(place.account, place.region, place.root, digested=True)


def history_of(events: ReportedEvents) -> tuple[LogObject, bytes]:
    """Return the reported events of event history as one answer of it."""
    body = f'{{"Records":[{",".join(events.records)}]}}'.encode()
    uri = f"history://{events.account}/{events.region}/management/report"
    return LogObject(uri, "history", len(body)), body


def listed(digest: ReportedDigest) -> ListedDigest:
    """Return what a listing said of a reported digest."""
    place = (digest.account, digest.region, digest.backfill)
    stream = Stream(digest.trail, digest.home_region, *place)
    return ListedDigest(digest.uri, stream, digest.end, "")


def file_of(digest: ReportedDigest) -> DigestFile:
    """Return a reported digest as it was fetched."""
    return DigestFile(digest.uri, "", digest.metadata, digest.body)


def taken_on_its_word(digest: ReportedDigest) -> list[ReportedLog]:
    """Return the log files of which the report only says that they were valid."""
    return [log for log in digest.logs if log.verdict == VALID]
