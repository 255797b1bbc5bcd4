"""`trailhound sync`: fill the cache from AWS without a screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from threading import Lock
from time import monotonic, time

from tui.cli.caching import open_cache
from tui.cli.choosing import accounts_of, kinds_of
from tui.cli.filtering import number_of
from tui.cli.limits import limits_of
from tui.cli.plain import plain
from tui.cli.sync_summary import FORMS, Summary, line
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.syncing import Phase, Standing, Wish
from tui.errors import TrailhoundError
from tui.jobs.syncing.coverage import never_asked
from tui.jobs.syncing.naming import account_names
from tui.jobs.syncing.pausing import Patience
from tui.jobs.syncing.plan import plan
from tui.jobs.syncing.sync import sync
from tui.language.moment import parse_span

_EVERY = 1.0
"""Seconds between two lines about one source."""
_INCOMPLETE = 2
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
        accounts=accounts_of(parsed),
        kinds=kinds_of(parsed),
        limits=limits_of(parsed),
    )
    cache = open_cache(parsed)
    planned = plan(cache, wish)
    for sentence in (*planned.problems, *planned.notes):
        sys.stderr.write(plain(f"trailhound: {sentence}") + "\n")
    if not planned.streams and not wish.limits:
        raise TrailhoundError("There is nothing to sync: no account or bucket could be asked.")
    names = account_names(cache)
    result = sync(cache, planned.streams, Talk(names), patience=patience, limits=wish.limits)
    summary = Summary(result, planned, names, never_asked(cache, planned.enabled))
    sys.stdout.write(FORMS[parsed.format](summary))
    return _INCOMPLETE if result.failed or planned.problems else 0


def _window(parsed: argparse.Namespace) -> Span:
    now = int(time() * 1000)
    span = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    return Span(span.start, min(span.end, now))


class Talk:
    """A progress that says on stderr how each source stands."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
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
            sys.stderr.write(line(standing, self._names) + "\n")

    def cancelled(self) -> bool:
        """Never; the interrupt key stops a command."""
        return False

    def held(self) -> bool:
        """Never; a terminal can hold a command."""
        return False
