"""`trailhound sync`: fill the cache from AWS without a screen."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from threading import Lock
from time import monotonic, time

from tui.cli.caching import open_cache
from tui.cli.filtering import number_of
from tui.cli.limits import limits_of
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.syncing import Phase, Standing, Wish
from tui.errors import TrailhoundError
from tui.jobs.pausing import Patience
from tui.jobs.sync import Synced, sync
from tui.jobs.sync_plan import plan
from tui.language.moment import parse_span

_EVERY = 1.0
"""Seconds between two lines about one source."""
_INCOMPLETE = 2
_CENT = 0.01
"""USD below which a price is not worth saying."""
_MINUTE = 60.0


def run(parsed: argparse.Namespace) -> int:
    """Sync what was asked for; 2 if not everything could be. Raises UsageError, CacheError."""
    patience = Patience(number_of(parsed.wait, "--wait") * _MINUTE)
    wish = Wish(
        _window(parsed),
        tuple(parsed.profile),
        tuple(parsed.region),
        tuple(parsed.trail),
        tuple(parsed.s3),
        history=not parsed.no_history,
        s3=not parsed.no_s3,
        limits=limits_of(parsed),
    )
    cache = open_cache(parsed)
    planned = plan(cache, wish)
    for sentence in planned.problems:
        sys.stderr.write(f"trailhound: {sentence}\n")
    if not planned.streams and not wish.limits:
        raise TrailhoundError("There is nothing to sync: no account or bucket could be asked.")
    result = sync(cache, planned.streams, Talk(), patience=patience, limits=wish.limits)
    sys.stdout.write(_FORMS[parsed.format](result, planned.problems))
    return _INCOMPLETE if result.failed or planned.problems else 0


def _window(parsed: argparse.Namespace) -> Span:
    now = int(time() * 1000)
    span = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    return Span(span.start, min(span.end, now))


class Talk:
    """A progress that says on stderr how each source stands."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._said: dict[int, tuple[float, Phase]] = {}

    def stands(self, standing: Standing) -> None:
        """Say it when the phase changed, and now and then while it runs."""
        now = monotonic()
        with self._lock:
            at, phase = self._said.get(id(standing), (0.0, Phase.WAITING))
            if phase is standing.phase and now - at < _EVERY:
                return
            self._said[id(standing)] = (now, standing.phase)
            sys.stderr.write(_line(standing) + "\n")

    def cancelled(self) -> bool:
        """Never; the interrupt key stops a command."""
        return False

    def held(self) -> bool:
        """Never; a terminal can hold a command."""
        return False


def _line(standing: Standing) -> str:
    scope = standing.scope
    where = " ".join(part for part in scope if part != "*")
    share = "" if standing.share is None else f", {standing.share:.0%} of the time"
    reason = f": {standing.reason}" if standing.reason else ""
    cost = f", about ${standing.cost:.2f}" if standing.cost >= _CENT else ""
    return (
        f"{where}: {standing.phase}{reason} ({standing.requests:,} requests, "
        f"{standing.bytes / 1e6:,.1f} MB, {standing.events:,} events{share}{cost})"
    )


def _as_text(result: Synced, problems: list[str]) -> str:
    added = f"added {result.events:,} events from {result.files:,} files and pages"
    known = f"{result.seen_again:,} were known, {result.skipped:,} skipped"
    lines = [f"{added} in {result.seconds:.1f} s; {known}"]
    lines += result.shed.sentences()
    lines += [f"not complete: {_line(standing)}" for standing in result.failed]
    lines += [f"not asked: {sentence}" for sentence in problems]
    return "\n".join(lines) + "\n"


def _as_json(result: Synced, problems: list[str]) -> str:
    document = {
        "events": result.events,
        "seen_again": result.seen_again,
        "files": result.files,
        "skipped": result.skipped,
        "replaced": result.replaced,
        "limits": asdict(result.shed),
        "seconds": round(result.seconds, 3),
        "sources": [
            {**asdict(standing), "scope": standing.scope._asdict()} for standing in result.standings
        ],
        "problems": problems,
    }
    return json.dumps(document, indent=2) + "\n"


_FORMS = {"text": _as_text, "json": _as_json}
