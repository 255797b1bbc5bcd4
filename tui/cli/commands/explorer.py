"""`trailhound`: the explorer over what is cached, filled from AWS meanwhile."""

from __future__ import annotations

import argparse
import os
import time
from datetime import tzinfo
from functools import partial

from tui.cli.caching import open_cache
from tui.cli.limits import limits_of
from tui.cli.painting import first_paint
from tui.cli.parsing import parse
from tui.cli.settling import pace_drawing, settle
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.progress import Progress
from tui.domain.syncing import Wish
from tui.domain.verifying import Verified, Wanted
from tui.errors import SourceError, UsageError
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
    with first_paint(preview, parsed.settings, zone) as stage:
        from tui.app import explore

        return explore(
            cache,
            None,
            zone,
            preview,
            wish,
            partial(follow, wish) if wish else None,
            partial(audit, wish) if wish else None,
            settings=parsed.settings,
            demo=_demo,
            stage=stage,
        )


def _demo() -> int:
    """Explore the simulated organization instead."""
    from tui.cli.commands import demo

    parsed = parse(["demo"])
    settle(parsed)
    return demo.run(parsed)


def follow(base: Wish, cache: Cache, run: FeedRun) -> None:
    """Follow what is synced until the run says stop; raises SourceError, CacheError."""
    from tui.jobs.tailing.plan import TailWish, plan
    from tui.jobs.tailing.tail import tail

    wishes, problems = _everything(cache, base)
    followed = [
        TailWish(
            profiles=each.profiles,
            regions=each.regions,
            locations=each.locations,
            trails=each.trails,
        )
        for each in wishes
    ]
    planned = plan(cache, *followed, pacers=run.pacers)
    problems += planned.problems
    run.planned(problems, planned.offers)
    if not planned.feeds:
        why = " ".join(problems) or "No account could be asked."
        raise SourceError(f"There is nothing to follow. {why}")
    tail(cache, planned.feeds, run)


def audit(base: Wish, cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
    """Verify the trails and places that are synced; raises TrailhoundError."""
    from tui.jobs.verifying.audit import audit as verified
    from tui.jobs.verifying.plan import Target, Targets, plan, plan_with_any

    wishes, problems = _everything(cache, base)
    targets: dict[str, Target] = {}
    for each in wishes:
        alone = each.locations or each.trails  # they are read with one profile
        named = Targets(each.profiles, each.regions, each.trails, each.locations)
        try:
            found = (plan_with_any if alone else plan)(cache, named, progress.cancelled)
        except (SourceError, UsageError) as error:
            problems.append(str(error))
            continue
        for target in found.targets:
            targets.setdefault(target.evidence.target, target)
        problems += found.problems
    problems = list(dict.fromkeys(problems))
    if problems and not targets:
        raise SourceError(" ".join(problems))
    result = verified(cache, targets.values(), wanted, progress)
    result.problems += problems
    return result


def _everything(cache: Cache, base: Wish) -> tuple[list[Wish], list[str]]:
    """Return every wish, those of added sources too, and what is wrong with some; CacheError."""
    from tui.jobs.syncing.added import added_sources

    added = added_sources(cache, base)
    problems = [f"{each.text}: {each.problem}" for each in added if each.problem]
    return [base, *(each.wish for each in added if each.wish)], problems


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
