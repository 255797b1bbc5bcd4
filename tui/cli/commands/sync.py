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
from tui.domain.syncing import AddedSource, Phase, Standing, Wish
from tui.domain.words import counted
from tui.errors import TrailhoundError
from tui.jobs.syncing.added import added_sources, within
from tui.jobs.syncing.coverage import never_asked
from tui.jobs.syncing.naming import account_names
from tui.jobs.syncing.pausing import Patience
from tui.jobs.syncing.plan import check, plan_all
from tui.jobs.syncing.sync import sync
from tui.language.moment import parse_span
from tui.storage.cache import Cache

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
    check(wish)
    cache = open_cache(parsed)
    added = [] if wish.profiles or wish.trails or wish.locations else _added(cache, wish)
    planned = plan_all(cache, (wish, *(each.wish for each in added if each.wish)))
    planned.problems += [f"{each.text}: {each.problem}" for each in added if each.problem]
    for sentence in (*planned.problems, *planned.notes):
        sys.stderr.write(plain(f"trailhound: {sentence}") + "\n")
    if not planned.streams and not wish.limits:
        raise TrailhoundError("There is nothing to sync: no account or bucket could be asked.")
    names = account_names(cache)
    result = sync(cache, planned.streams, Talk(names), patience=patience, limits=wish.limits)
    summary = Summary(result, planned, names, never_asked(cache, planned.enabled))
    sys.stdout.write(FORMS[parsed.format](summary))
    return _INCOMPLETE if result.incomplete or planned.problems else 0


def _added(cache: Cache, wish: Wish) -> list[AddedSource]:
    """Return the sources that were added in the explorer, as far as they are wished; say which."""
    found = [
        each._replace(wish=each.wish and within(each.wish, wish))
        for each in added_sources(cache, wish)
    ]
    found = [each for each in found if each.wish or each.problem]
    if found:
        names = ", ".join(each.text for each in found)
        what = counted(len(found), "source")
        sys.stderr.write(plain(f"trailhound: Also syncs {what} added in the explorer: {names}."))
        sys.stderr.write("\n")
    return found


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
