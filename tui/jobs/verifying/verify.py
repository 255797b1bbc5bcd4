"""Verifying what a trail delivered: all its accounts and regions at once, and what was new since.

Owns that holdings are checked side by side over one pool of threads, and the sum of what was
found. Which digests matter is `verifying.digests`, which log files `verifying.logs`, which events
`verifying.events`; what is kept of it is in the cache, so that a run goes on where the last one was
stopped.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

from tui.domain.answer import Span
from tui.domain.evidence import Evidence, Holding
from tui.domain.integrity import HOUR, Finding, Kind
from tui.domain.progress import Progress, Quiet, Step
from tui.domain.verifying import Verified, Wanted, overdue_hours
from tui.errors import Cancelled, CredentialsError, SourceError
from tui.jobs.verifying import events
from tui.jobs.verifying.digests import DigestCheck, Digests
from tui.jobs.verifying.events import Events, History
from tui.jobs.verifying.key_rings import KeyRings
from tui.jobs.verifying.ledger import Ledger
from tui.jobs.verifying.logs import LogCheck, Logs, place_of, stored
from tui.jobs.verifying.means import Means
from tui.sources.aws.keys import Kind as Folders
from tui.sources.aws.keys import day_of
from tui.storage.cache import Cache
from tui.storage.verdicts import Place, Verification

THREADS = 32
"""Requests under way at once."""
_HOLDINGS = 16
"""Accounts and regions checked side by side: most have few files, and would wait for listings."""
_DAYS_LOOKED_AT = 40
"""Days that are looked through for log files where there is no digest, latest first."""
_AHEAD = 2 * HOUR
"""ms after now until which keys may be valid and digests may end."""


def verify(
    cache: Cache, evidence: Evidence, wanted: Wanted, progress: Progress | None = None
) -> Verified:
    """Verify, and keep what was found; raises SourceError, CacheError, Cancelled."""
    started = time.perf_counter()
    wanted = _until_now(wanted)
    with cache.connection() as connection:
        ledger = Ledger(cache, connection)
        run = _Run(evidence, ledger, wanted, progress or Quiet())
        result = run.all()
        at = int(time.time() * 1000)
        complete = not result.problems
        ledger.note(Verification(evidence.target, *result.window, at, complete))
    result.seconds = time.perf_counter() - started
    return result


class _Run:
    def __init__(
        self, evidence: Evidence, ledger: Ledger, wanted: Wanted, progress: Progress
    ) -> None:
        self._evidence = evidence
        self._ledger = ledger
        self._wanted = wanted
        self._history = History(evidence, ledger, wanted)
        self._progress = progress
        self._lock = Lock()
        self._done = 0
        self._total = 0

    def all(self) -> Verified:
        """Check every holding; one that AWS refuses does not keep the others from being checked."""
        wanted = self._wanted
        result = Verified(self._evidence.target, wanted.window, wanted.now, wanted.trails)
        holdings = self._evidence.holdings()
        result.problems += self._evidence.problems
        keys = Span(max(0, self._wanted.window.start - HOUR), self._wanted.window.end + _AHEAD)
        rings = KeyRings(self._evidence, self._ledger, keys)
        with ThreadPoolExecutor(THREADS) as pool, ThreadPoolExecutor(_HOLDINGS) as coordinators:
            running = [
                coordinators.submit(self._holding, each, _siblings(each, holdings), pool, rings)
                for each in holdings
            ]
            bare: list[Holding] = []
            try:
                for each, future in zip(holdings, running, strict=True):
                    try:
                        found = future.result()
                        result.add(found)
                        told = found.digests or found.findings or found.elsewhere or found.problems
                        bare += [] if told or (found.listed and not found.strays) else [each]
                    except CredentialsError:
                        raise
                    except SourceError as error:
                        result.problems.append(f"{each.account} {each.region}: {error}")
            except BaseException:
                coordinators.shutdown(wait=False, cancel_futures=True)
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            if not result.nothing:
                without = list(pool.map(self._without_digests, bare))
                before = wanted.before.found
                fresh = [each for each in without if each and each.object not in before]
                result.findings += fresh
                result.digests.missing += len(fresh)
        result.findings.sort(key=lambda each: (each.account, each.region, each.start, each.object))
        return result

    def _without_digests(self, holding: Holding) -> Finding | None:
        """Return the finding that log files were delivered somewhere, and no digest at all.

        Elsewhere there are digests, and AWS makes them for every region, also without log files.
        """
        window = self._wanted.window
        last = day_of(window.end)
        span = Span(window.start, window.end)
        for back in range(_DAYS_LOOKED_AT):
            day = last - timedelta(days=back)
            if day < day_of(window.start):
                break
            folder = place_of(holding, Folders.EVENTS, day)
            slots = (each.slot for each in stored(self._evidence.logs(folder).logs))
            if any(span.start <= slot < span.end for slot in slots):
                return Finding(
                    Kind.DIGEST_MISSING,
                    f"{holding.root}{holding.account}/{Folders.DIGESTS}/{holding.region}/",
                    "Log files were delivered here, and there is no digest of that time of what "
                    "was asked for: they were deleted, or no such trail validates these files.",
                    holding.account,
                    holding.region,
                    *span,
                )
        return None

    def _holding(
        self, holding: Holding, siblings: list[Holding], pool: Executor, rings: KeyRings
    ) -> Verified:
        if not holding.digested:
            return Verified(holdings=[holding])
        means = Means(self._evidence, self._ledger, self._wanted, pool, self._step, holding.root)
        digests = DigestCheck(means, rings).check(holding, siblings)
        asked = (digests.trusted[stream] for stream in digests.findings)
        self._coming(sum(each.logs for trusted in asked for each in trusted))
        logs = LogCheck(means).check(holding, digests)
        return self._kept(holding, digests, logs, events.check(self._history, holding, digests))

    def _kept(self, holding: Holding, digests: Digests, logs: Logs, alone: Events) -> Verified:
        """Keep the findings of each trail and return what was found of the holding."""
        by_trail: dict[str, list[Finding]] = {}
        for found in (digests.findings, logs.findings, alone.findings):
            for stream, findings in found.items():
                by_trail.setdefault(stream.trail, []).extend(findings)
        at = int(time.time() * 1000)
        for trail, findings in by_trail.items() if not self._evidence.copies else ():
            place = Place(trail, holding.account, holding.region)
            self._ledger.keep_findings(place, self._wanted.window, findings, at)
        every = [each for findings in by_trail.values() for each in findings]
        digests.tally.overdue = overdue_hours(every)
        return Verified(
            digests=digests.tally,
            logs=logs.tally,
            findings=every,
            problems=[*digests.problems, *logs.problems],
            holdings=[holding],
            listed=digests.listed,
            fetched=digests.fetched + logs.fetched,
            unconfirmed=len(alone.unknown),
            unselected=len(alone.unselected),
            lacking=sorted(alone.lacking),
            selections=alone.selections,
            streams={(holding.root, stream) for stream in digests.findings},
            elsewhere=digests.elsewhere,
            strays=logs.strays,
            unknown={holding: digests.unknown} if digests.unknown else {},
        )

    def _coming(self, more: int) -> None:
        with self._lock:
            self._total += more

    def _step(self, done: int) -> None:
        """Count files that are done; raises Cancelled."""
        if self._progress.cancelled():
            raise Cancelled("Verifying was stopped; what was verified is kept.")
        with self._lock:
            self._done += done
            step = Step("Verifying", self._done, max(self._total, self._done), "files")
        self._progress.report(step)


def _siblings(holding: Holding, among: list[Holding]) -> list[Holding]:
    """Return the others of the same account and region."""
    place = (holding.account, holding.region)
    return [
        each
        for each in among
        if each.root != holding.root and each.digested and (each.account, each.region) == place
    ]


def _until_now(wanted: Wanted) -> Wanted:
    """Return what is wanted without the time that has not come yet."""
    end = min(wanted.window.end, wanted.now)
    window = Span(min(wanted.window.start, end), end)
    return wanted._replace(window=window)
