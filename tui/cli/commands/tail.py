"""`trailhound tail`: print events as they come, each once, until told to stop."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.caching import open_cache, user_path
from tui.cli.ending import INTERRUPTED, Ending
from tui.cli.filtering import number_of, saved_for, text_of
from tui.cli.tail_print import Printer
from tui.cli.tail_talk import Talk, say
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.tailing import SETTLES, FeedKind, FeedPhase, FeedState
from tui.errors import TrailhoundError, UsageError
from tui.jobs.tailing.plan import TailPlan, TailWish, plan
from tui.jobs.tailing.tail import AGAIN_WITHIN, tail
from tui.jobs.tailing.unprinted import Pipe
from tui.language.grammar import parse
from tui.language.moment import LATEST, parse_span
from tui.language.references import expanded
from tui.storage.cache import Cache

_INCOMPLETE = 2
_SEED = 7
"""Of the simulated accounts."""


def run(parsed: argparse.Namespace) -> int:
    """Print what comes; raises FilterError, TimeError, UsageError, CacheError, RecordMissing."""
    now = int(time.time() * 1000)
    text = text_of(parsed)
    saved = saved_for(text)
    tree = parse(text, now, zone_of(parsed), saved)
    text = expanded(text, saved)  # the same name may stand for another filter the next time
    count = number_of(parsed.count, "--count")
    since, until = _range(parsed, now)
    within = Span(since or now - AGAIN_WITHIN, LATEST if until is None else until)
    opened = _simulated if parsed.demo else _of_aws
    with opened(parsed) as (cache, planned), Ending() as ending, cache.connection() as connection:
        pipe = Pipe(connection, tree, text, within, now)
        if since is not None:
            _say_known(pipe.known(within))
        talk = Talk(zone_of(parsed))
        printer = Printer(pipe, parsed.format, talk, ending, until, count)
        try:
            states = tail(cache, planned.feeds, printer, since, until)
            printer.conclude()
        finally:
            pipe.keep()
    return _code(ending.signal, states, planned)


def _say_known(known: int) -> None:
    """Tell of events that somebody may miss among the lines."""
    if known:
        say(
            f"{known:,} events of that time are in the cache already and not printed again; "
            "trailhound events prints them."
        )


def _range(parsed: argparse.Namespace, now: int) -> tuple[int | None, int | None]:
    """Return since and until, where they are given; raises TimeError, UsageError."""
    span = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    since = None if parsed.since is None else span.start
    until = None if parsed.until is None else span.end
    if since is None and until is not None and until <= now - SETTLES:
        raise UsageError("--until is over already. Say with --since where to begin.")
    return since, until


@contextmanager
def _simulated(parsed: argparse.Namespace) -> Iterator[tuple[Cache, TailPlan]]:
    """Yield the simulated accounts in a cache that is gone afterwards; raises UsageError."""
    from tui.cli.commands.demo import rate_of
    from tui.jobs.tailing.demo_feed import DemoFeed
    from tui.simulation.accounts import SimulatedAccounts

    now = int(time.time() * 1000)
    live = SimulatedAccounts(seed=_SEED, now=now, events=0).live(now, rate_of(parsed.rate))
    planned = TailPlan([DemoFeed(live)])
    with nullcontext("") if parsed.cache else TemporaryDirectory(prefix="trailhound-") as folder:
        yield Cache(user_path(parsed.cache) if parsed.cache else Path(folder) / "cache.db"), planned


@contextmanager
def _of_aws(parsed: argparse.Namespace) -> Iterator[tuple[Cache, TailPlan]]:
    """Yield the cache and what can be followed, and say what it lacks.

    Raises UsageError, CacheError, and TrailhoundError if nothing can be followed.
    """
    wish = TailWish(
        profiles=tuple(parsed.profile),
        regions=tuple(parsed.region),
        sources=tuple(FeedKind(each) for each in parsed.source),
        locations=tuple(parsed.s3),
        log_groups=tuple(parsed.log_group),
        queues=tuple(parsed.queue),
        own_queue=parsed.own_queue,
    )
    wish.check()
    cache = open_cache(parsed)
    planned = plan(cache, wish)
    for sentence in (*planned.problems, *planned.offers):
        say(sentence)
    if not planned.feeds:
        raise TrailhoundError("There is nothing to follow: no source could be asked.")
    yield cache, planned


def _code(ended_by: int | None, states: list[FeedState], planned: TailPlan) -> int:
    """Return 130 for an interrupt, 2 if a source could not be had to the end, else 0."""
    if ended_by == signal.SIGINT:
        return INTERRUPTED
    if ended_by is not None:  # asked politely, and there is nothing wrong with ending
        return 0
    failed = any(state.phase is FeedPhase.FAILED or state.problem for state in states)
    return _INCOMPLETE if failed or planned.problems else 0
