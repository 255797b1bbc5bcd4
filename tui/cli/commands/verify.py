"""`trailhound verify`: whether all that AWS delivered is there, and is what it was."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tui.cli.caching import open_cache, user_path
from tui.cli.plain import plain
from tui.cli.reporting import Stderr
from tui.cli.verify_forms import FORMS
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.evidence import Evidence
from tui.domain.verifying import Verified, Wanted
from tui.errors import InputError, UsageError
from tui.jobs.verifying.audit import each_verified
from tui.jobs.verifying.plan import Plan, Targets, plan
from tui.language.moment import parse_span
from tui.storage.cache import Cache

_FINDING, _INCOMPLETE = 1, 2
_UNCONFIRMED = (
    "trailhound: {:,} events of event history are in no log file, though their hours are verified. "
    "Whether the trail ought to have logged them is not known: name it by its ARN, and sync the "
    "event history of its home Region up to now. See them with "
    "trailhound events 'verified:no file:history://*'\n"
)
_UNSELECTED = (
    "trailhound: {:,} events of event history are in no log file, though their hours are verified: "
    "by its event selectors the trail does not log them.\n"
)


def run(parsed: argparse.Namespace) -> int:
    """Verify what was asked for; 1 with any finding, 2 if nothing or not all could be verified.

    Raises UsageError, InputError, CredentialsError, CacheError.
    """
    results = _rechecked(parsed) if parsed.recheck else _verified(parsed)
    for each in results:
        for problem in each.problems:
            sys.stderr.write(plain(f"trailhound: {problem}") + "\n")
        if each.unconfirmed:
            sys.stderr.write(_UNCONFIRMED.format(each.unconfirmed))
        if each.unselected:
            sys.stderr.write(_UNSELECTED.format(each.unselected))
    sys.stdout.write(FORMS[parsed.format](results))
    return exit_code(results)


def exit_code(results: Sequence[Verified]) -> int:
    """Return what the results mean for a script."""
    if any(each.findings for each in results):
        return _FINDING
    proven = results and not any(each.nothing or each.problems for each in results)
    return 0 if proven else _INCOMPLETE


def _verified(parsed: argparse.Namespace) -> list[Verified]:
    now = int(time.time() * 1000)
    window = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    window = Span(window.start, max(window.start, min(window.end, now)))
    named = Targets(
        *(tuple(parsed.profile), tuple(parsed.region), tuple(parsed.trail), tuple(parsed.s3)),
        tuple(user_path(text) for text in parsed.text),
    )
    cache = open_cache(parsed)
    planned = plan(cache, named)
    done = _all(cache, planned, Wanted(window, now, full=parsed.full))
    if parsed.report:
        from tui.jobs.verifying.report import document

        _write(user_path(parsed.report), document(cache, done))
    results = [result for _, result in done]
    if planned.problems or not results:
        missing = planned.problems or ["There is no trail in the Regions asked."]
        results.append(Verified(window=window, problems=missing))
    for each in results:
        if each.nothing and not each.problems:
            each.problems.append(
                f"Nothing was verified: {each.target} has no digest of that time. "
                "Check the time and the Regions, and whether log file validation is on."
            )
    return results


def _all(cache: Cache, planned: Plan, wanted: Wanted) -> list[tuple[Evidence, Verified]]:
    """Verify one target after the other; what cannot be read is a problem of that one."""
    progress = Stderr()
    try:
        return list(each_verified(cache, planned.targets, wanted, progress))
    finally:
        progress.close()


def _rechecked(parsed: argparse.Namespace) -> list[Verified]:
    from tui.jobs.verifying.report import recheck
    from tui.sources.report import decoded

    if parsed.report or parsed.trail or parsed.s3:
        raise UsageError("A report is checked by itself: leave --report, --trail and --s3 out.")
    paths = [user_path(text) for text in parsed.text]
    progress = Stderr()
    try:
        results = recheck(decoded(user_path(parsed.recheck)), paths, progress)
    finally:
        progress.close()
    if not paths:
        sys.stderr.write(
            "trailhound: Digests, chains and failed log files were checked again; that the other "
            "log files were valid is the report's word. Name a folder with them to check it too.\n"
        )
    return results


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"The report {path} cannot be written: {error.strerror}.") from error
