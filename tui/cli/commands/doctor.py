"""`trailhound doctor`: what works and what does not, and the policy that would make it work."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from tui.cli.caching import cache_path
from tui.cli.doctor_report import Report, as_json, as_text
from tui.cli.plain import plain
from tui.cli.terminal import terminal
from tui.errors import UsageError
from tui.jobs.doctor import AccountHealth, examine, least_policy
from tui.sources.aws.queue import QueueName, parse_queue
from tui.storage.health import health

_MISSING = 1
_UNASKED = 2


def run(parsed: argparse.Namespace) -> int:
    """Print how everything is; 0 all works, 1 something is missing, 2 AWS could not be asked.

    Raises UsageError for the address of a queue that is none.
    """
    queues = [parse_queue(each) for each in parsed.queue]
    if queues and not parsed.policy:
        raise UsageError("--queue says what the policy is to allow: name it with --policy.")
    accounts = [
        examine(profile, parsed.region, permissions=not parsed.policy)
        for profile in parsed.profile or (None,)
    ]
    if parsed.policy:
        return _print_policy(accounts, queues)
    report = Report(accounts, terminal(os.environ, sys.stdout), health(cache_path(parsed)))
    form = as_json if parsed.format == "json" else as_text
    sys.stdout.write(form(report))
    if any(account.unasked() for account in accounts):
        return _UNASKED
    lacking = report.cache.trouble or any(account.lacking() for account in accounts)
    return _MISSING if lacking else 0


def _print_policy(accounts: Sequence[AccountHealth], queues: Sequence[QueueName]) -> int:
    """Print the policy alone; what it could not take into account is said on stderr."""
    sys.stdout.write(json.dumps(least_policy(accounts, queues), indent=2) + "\n")
    reasons = [account.problem for account in accounts if account.problem]
    unlisted = [reason for account in accounts for _, reason in account.trails.refused]
    for reason in dict.fromkeys((*reasons, *unlisted)):
        sys.stderr.write(f"trailhound: The policy may lack trails. {plain(reason)}\n")
    if reasons:
        return _UNASKED
    return _MISSING if unlisted else 0
