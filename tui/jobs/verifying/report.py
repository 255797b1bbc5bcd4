"""Reports of verifications: made from what is kept, and checked again from nothing else.

A report is checked by the same verification, with the report as its evidence and a cache of its
own that is gone afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tui import __version__
from tui.domain.answer import Span
from tui.domain.digests import VALID, SavedDigest, SavedLog
from tui.domain.evidence import Evidence, ListedDigest, TrailName
from tui.domain.integrity import Finding, Kind
from tui.domain.progress import Progress
from tui.domain.report import (
    Document,
    Report,
    ReportedDigest,
    ReportedEvents,
    ReportedFinding,
    ReportedKey,
    ReportedLog,
    ReportedPlace,
    ReportedSelection,
)
from tui.domain.verifying import NOTHING_BEFORE, Before, Verified, Wanted, together
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.verifying.ledger import DigestLogs, Ledger
from tui.jobs.verifying.verify import verify
from tui.sources.copies import FolderEvidence
from tui.sources.decode import decode
from tui.sources.folder import LocalFiles
from tui.sources.report import (
    ReportEvidence,
    encoded,
    file_of,
    history_of,
    listed,
    taken_on_its_word,
)
from tui.storage import reader
from tui.storage.cache import Cache, Connection
from tui.storage.writer import Writer

_WITH_BYTES = (Kind.LOG_MODIFIED, Kind.LOG_INVALID_FORMAT, Kind.LOG_TRAILING_DATA)


def document(cache: Cache, results: Sequence[tuple[Evidence, Verified]]) -> bytes:
    """Return the report of verifications that were just made; raises CacheError."""
    with cache.connection() as connection:
        ledger = Ledger(cache, connection)
        reports = tuple(
            replace(_report(ledger, *each), events=_events(connection, each[1].lacking))
            for each in results
        )
    made = int(time.time() * 1000)
    return encoded(Document(reports, made, f"trailhound {__version__}"))


def recheck(
    given: Document, paths: Sequence[Path], progress: Progress | None = None
) -> list[Verified]:
    """Verify again what a document holds; raises InputError."""
    beside = FolderEvidence(paths, lambda *_: ()) if paths else None
    results: list[Verified] = []
    before = NOTHING_BEFORE
    for report in given.reports:
        found = _rechecked(report, beside, paths, progress, before)
        before = together(before, found)
        results.append(found)
    return results


def _report(ledger: Ledger, evidence: Evidence, verified: Verified) -> Report:
    failed = (each.object for each in verified.findings if each.kind in _WITH_BYTES)
    unlisted = (each.object for each in verified.findings if each.kind is Kind.LOG_UNLISTED)
    regions = sorted({each.region for each in verified.holdings})
    return Report(
        target=verified.target,
        copies=evidence.copies,
        start=verified.window.start,
        end=verified.window.end,
        now=verified.now,
        trails=tuple((each.name, each.home_region) for each in verified.trails),
        places=tuple(
            ReportedPlace(*each[:3], tuple(verified.unknown.get(each, ())))
            for each in verified.holdings
        ),
        keys=tuple(ReportedKey(*key) for region in regions for key in ledger.keys(region)),
        digests=tuple(_digest(ledger, each) for each in verified.listed),
        failed=dict(_bytes(evidence, failed)),
        unlisted=tuple(unlisted),
        findings=tuple(ReportedFinding(*_members(each)) for each in verified.findings),
        problems=tuple(verified.problems),
        selections=tuple(
            ReportedSelection(*trail, tuple(each.admitted), each.told, each.since)
            for trail, each in verified.selections.items()
        ),
    )


def _events(connection: Connection, numbers: Sequence[int]) -> tuple[ReportedEvents, ...]:
    """Return the records that findings about events are about; raises CacheError."""
    from tui.jobs.exploring.records import Records  # with all that reading a file takes

    found: dict[tuple[str, str], list[str]] = {}
    opened = Records(connection).each(numbers)
    for row, (_, record) in zip(reader.rows(connection, numbers), opened, strict=True):
        place = (row.place.account or "", row.place.region or "")
        found.setdefault(place, []).append(record.decode())
    return tuple(ReportedEvents(*place, tuple(records)) for place, records in found.items())


def _members(finding: Finding) -> tuple[str, str, str, str, str, int, int, str, int]:
    return (str(finding.kind), *finding[1:])


def _digest(ledger: Ledger, each: ListedDigest) -> ReportedDigest:
    stream = each.stream
    place = (stream.trail, stream.home_region, stream.account, stream.region, stream.backfill)
    file = ledger.file(each.uri, each.version)
    if file is None:
        return ReportedDigest(each.uri, *place, each.end)
    logs = tuple(_log(log) for log in ledger.logs(each.uri, each.version))
    metadata = dict(file.metadata)
    return ReportedDigest(each.uri, *place, each.end, "judged", metadata, file.body, logs)


def _log(log: SavedLog) -> ReportedLog:
    held = next((sha256.hex() for sha256, verdict in log.held if verdict == log.verdict), "")
    return ReportedLog(log.uri, log.verdict, held, log.size or 0)


def _bytes(evidence: Evidence, uris: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of log files that failed, as long as they are there."""
    for uri in uris:
        try:
            yield uri, evidence.log(uri)
        except OSError:
            continue  # what it was is in the finding


def _rechecked(
    report: Report,
    beside: Evidence | None,
    paths: Sequence[Path],
    progress: Progress | None,
    before: Before,
) -> Verified:
    evidence = ReportEvidence(report, beside)
    trails = tuple(TrailName(*each) for each in report.trails)
    span = Span(report.start, report.end)
    wanted = Wanted(span, report.now, trails, trusting=beside is None, before=before)
    with TemporaryDirectory(prefix="trailhound-recheck-") as folder:
        cache = Cache(Path(folder) / "cache.db")
        if beside is None:
            _take_its_word(cache, report)
        if report.events:
            _take_events(cache, report, paths)
        verified = verify(cache, evidence, wanted, progress)
    verified.problems += _differences(report, verified)
    return verified


def _take_events(cache: Cache, report: Report, paths: Sequence[Path]) -> None:
    """Read the events that are said to be in no log file, and the log files that are there."""
    with cache.connection() as connection:
        answers = [history_of(each) for each in report.events]
        Writer(cache, connection).write(decode(answers))
    if paths:
        ingest(cache, LocalFiles(paths))


def _take_its_word(cache: Cache, report: Report) -> None:
    """Note which log files the report says were valid, so that their bytes are not asked for."""
    with cache.connection() as connection:
        ledger = Ledger(cache, connection)
        read = [each for each in report.digests if each.body]
        ledger.keep(
            SavedDigest(file_of(each), listed(each).stream, None, each.end, VALID, 0)
            for each in read
        )
        ledger.keep_logs(
            DigestLogs(
                each.uri,
                "",
                [
                    SavedLog(log.uri, VALID, log.sha256, log.size, 0)
                    for log in taken_on_its_word(each)
                ],
            )
            for each in read
        )


def _differences(report: Report, verified: Verified) -> Iterator[str]:
    """Yield what the report says and its evidence does not, and the other way round."""
    said = {(each.kind, each.object) for each in report.findings}
    found = {(str(each.kind), each.object) for each in verified.findings}
    for kind, place in sorted(said - found):
        yield f"The report tells of {kind} for {place}, which its evidence does not show."
    for kind, place in sorted(found - said):
        yield f"The report's evidence shows {kind} for {place}, of which it does not tell."
