"""`trailhound`: the explorer over what is cached, filled from AWS meanwhile."""

from __future__ import annotations

import argparse
import os
import time
from datetime import tzinfo
from functools import partial

from tui.cli.caching import open_cache
from tui.cli.limits import limits_of
from tui.cli.parsing import parse
from tui.cli.settling import pace_drawing, settle
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.progress import Progress
from tui.domain.syncing import Wish
from tui.domain.verifying import Verified, Wanted
from tui.errors import SourceError
from tui.jobs.exploring.preview import Preview
from tui.screens.following.feed_board import FeedRun
from tui.settings.model import Settings
from tui.storage.cache import Cache

_DAY = 86_400_000
_MINUTE_S = 60.0


def run(parsed: argparse.Namespace) -> int:
    """Explore the cache; raises UsageError, TimeError, CacheError."""
    zone = zone_of(parsed)
    wish = None if parsed.offline else _wish(parsed, zone)
    cache = open_cache(parsed)
    preview = Preview(cache)
    pace_drawing(parsed.settings, os.environ)
    from tui.app import explore

    follower = partial(follow, tuple(parsed.profile), tuple(parsed.region)) if wish else None
    return explore(
        cache,
        None,
        zone,
        preview,
        wish,
        follower,
        None if parsed.offline else partial(audit, wish),
        settings=parsed.settings,
        demo=_demo,
    )


def _demo() -> int:
    """Explore the simulated organization instead."""
    from tui.cli.commands import demo

    parsed = parse(["demo"])
    settle(parsed)
    return demo.run(parsed)


def follow(profiles: tuple[str, ...], regions: tuple[str, ...], cache: Cache, run: FeedRun) -> None:
    """Follow AWS until the run says stop; raises SourceError, CacheError."""
    from tui.jobs.tailing.plan import TailWish, plan
    from tui.jobs.tailing.tail import tail

    planned = plan(cache, TailWish(profiles, regions), run.pacers)
    run.planned(planned.problems, planned.offers)
    if not planned.feeds:
        why = " ".join(planned.problems) or "No account could be asked."
        raise SourceError(f"There is nothing to follow. {why}")
    tail(cache, planned.feeds, run)


def audit(wish: Wish | None, cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
    """Verify the trails of the accounts that are explored; raises TrailhoundError."""
    from tui.jobs.verifying.audit import audit as verified
    from tui.jobs.verifying.plan import Targets, plan

    profiles = tuple(each for each in wish.profiles if each) if wish else ()
    found = plan(cache, Targets(profiles, wish.regions if wish else ()), progress.cancelled)
    result = verified(cache, found.targets, wanted, progress)
    result.problems += found.problems
    return result


def _wish(parsed: argparse.Namespace, zone: tzinfo) -> Wish:
    now = int(time.time() * 1000)
    profiles, regions = tuple(parsed.profile), tuple(parsed.region)
    settings: Settings = parsed.settings
    every = settings.sync_minutes * _MINUTE_S or None
    limits = limits_of(parsed)
    if parsed.since:
        from tui.language.moment import parse_span

        window = Span(parse_span(parsed.since, None, now, zone).start, now)
        return Wish(window, profiles, regions, every=every, limits=limits)
    days_wanted = (settings.history_days, settings.log_file_days)
    window, log_files = (Span(now - days * _DAY, now) for days in days_wanted)
    return Wish(window, profiles, regions, s3_window=log_files, every=every, limits=limits)
