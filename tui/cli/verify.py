"""`trailhound verify`: whether all that AWS delivered is there, and is what it was."""

from __future__ import annotations

import argparse
import sys
import time

from tui.cli.caching import open_cache
from tui.cli.plain import plain
from tui.cli.reporting import Stderr
from tui.cli.verify_forms import FORMS
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.verifying import Verified, Wanted
from tui.errors import CredentialsError, SourceError
from tui.jobs.verify import verify
from tui.jobs.verify_plan import Plan, Targets, plan
from tui.language.moment import parse_span
from tui.storage.cache import Cache

_FINDING, _INCOMPLETE = 1, 2


def run(parsed: argparse.Namespace) -> int:
    """Verify what was asked for; 1 with any finding, 2 if nothing or not all could be verified.

    Raises UsageError, CredentialsError, CacheError.
    """
    now = int(time.time() * 1000)
    window = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    window = Span(window.start, max(window.start, min(window.end, now)))
    wanted = Wanted(window, now, full=parsed.full)
    named = Targets(
        tuple(parsed.profile), tuple(parsed.region), tuple(parsed.trail), tuple(parsed.s3)
    )
    results = _verified(open_cache(parsed), plan(named), wanted)
    for each in results:
        for problem in each.problems:
            sys.stderr.write(plain(f"trailhound: {problem}") + "\n")
    sys.stdout.write(FORMS[parsed.format](results))
    return exit_code(results)


def exit_code(results: list[Verified]) -> int:
    """Return what the results mean for a script."""
    if any(each.findings for each in results):
        return _FINDING
    proven = results and not any(each.nothing or each.problems for each in results)
    return 0 if proven else _INCOMPLETE


def _verified(cache: Cache, planned: Plan, wanted: Wanted) -> list[Verified]:
    """Verify one target after the other; what cannot be read is a problem of that one."""
    results = []
    progress = Stderr()
    try:
        for target in planned.targets:
            asked = Wanted(wanted.window, wanted.now, target.trails, wanted.full)
            try:
                results.append(verify(cache, target.evidence, asked, progress))
            except CredentialsError:
                raise
            except SourceError as error:
                results.append(
                    Verified(target.evidence.target, wanted.window, problems=[str(error)])
                )
    finally:
        progress.close()
    if planned.problems or not results:
        missing = planned.problems or ["There is no trail in the Regions asked."]
        results.append(Verified(window=wanted.window, problems=missing))
    for each in results:
        if each.nothing and not each.problems:
            each.problems.append(
                f"Nothing was verified: {each.target} has no digest of that time. "
                "Check the time and the Regions, and whether log file validation is on."
            )
    return results
