"""What `trailhound sync` says: a line about one source, and the summary of them all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from tui.cli.plain import plain
from tui.domain.syncing import Standing
from tui.domain.words import counted
from tui.jobs.syncing.naming import named
from tui.jobs.syncing.plan import Plan
from tui.jobs.syncing.sync import Synced

_CENT = 0.01
"""USD below which a price is not worth saying."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is to be said."""

    result: Synced
    plan: Plan
    names: Mapping[str, str]
    """Of accounts, by their numbers."""
    never_asked: Mapping[str, list[str]]
    """By account, the enabled regions of which nothing was ever asked."""


def line(standing: Standing, names: Mapping[str, str]) -> str:
    """Return how one source stands."""
    scope = standing.scope
    where = " ".join(
        part for part in (scope.source, named(scope.account, names), *scope[2:]) if part != "*"
    )
    share = "" if standing.share is None else f", {standing.share:.0%} of the time"
    reason = f": {standing.reason}" if standing.reason else ""
    cost = f", about ${standing.cost:.2f}" if standing.cost >= _CENT else ""
    return plain(
        f"{where}: {standing.phase}{reason} ({counted(standing.requests, 'request')}, "
        f"{standing.bytes / 1e6:,.1f} MB, {counted(standing.events, 'event')}{share}{cost})"
    )


def as_text(summary: Summary) -> str:
    """Return the summary for people."""
    result = summary.result
    added = f"added {counted(result.events, 'event')} from {result.files:,} files and pages"
    known = f"{result.seen_again:,} were known, {result.skipped:,} skipped"
    lines = [f"{added} in {result.seconds:.1f} s; {known}", _spent(result)]
    if result.replaced:
        lines.append(f"{counted(result.replaced, 'known event')} now come from log files")
    lines += result.shed.sentences()
    lines += [f"not complete: {line(each, summary.names)}" for each in result.incomplete]
    lines += [f"not asked: {sentence}" for sentence in summary.plan.problems]
    lines += [f"note: {sentence}" for sentence in summary.plan.notes]
    lines += [
        f"nothing is known of {len(regions):,} of "
        f"{counted(len(summary.plan.enabled[account]), 'region')} enabled for "
        f"{named(account, summary.names)}: {', '.join(regions)}"
        for account, regions in summary.never_asked.items()
    ]
    return "\n".join(map(plain, lines)) + "\n"


def _spent(result: Synced) -> str:
    requests = sum(each.requests for each in result.standings)
    size = sum(each.bytes for each in result.standings)
    cost = sum(each.cost for each in result.standings)
    priced = f"; those to S3 cost about ${cost:.4f}, without data transfer" if cost else ""
    return f"took {counted(requests, 'request')} and {size / 1e6:,.1f} MB{priced}"


def as_json(summary: Summary) -> str:
    """Return the summary for scripts."""
    result, plan = summary.result, summary.plan
    document = {
        "events": result.events,
        "seen_again": result.seen_again,
        "files": result.files,
        "skipped": result.skipped,
        "unread": sum(each.unread for each in result.standings),
        "replaced": result.replaced,
        "requests": sum(each.requests for each in result.standings),
        "bytes": sum(each.bytes for each in result.standings),
        "cost": round(sum(each.cost for each in result.standings), 6),
        "limits": asdict(result.shed),
        "seconds": round(result.seconds, 3),
        "sources": [
            {
                **asdict(standing),
                "scope": standing.scope._asdict(),
                "name": summary.names.get(standing.scope.account),
            }
            for standing in result.standings
        ],
        "problems": plan.problems,
        "notes": plan.notes,
        "never_asked": dict(summary.never_asked),
    }
    return json.dumps(document, indent=2) + "\n"


FORMS: dict[str, Callable[[Summary], str]] = {"text": as_text, "json": as_json}
