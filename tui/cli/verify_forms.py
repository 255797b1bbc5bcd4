"""The result of a verification as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from tui.cli.plain import plain
from tui.cli.table import as_table
from tui.domain.integrity import Finding
from tui.domain.verifying import Tally, Verified

_DIGESTS = ("valid", "invalid", "missing", "overdue", "unread")
_LOGS = ("valid", "invalid", "missing", "unlisted", "unread", "absent")


def as_json(results: Sequence[Verified]) -> str:
    """Return one document for all targets."""
    total = _total(results)
    document = {
        "digests": _counts(total.digests, _DIGESTS),
        "logs": _counts(
            total.logs, ("valid", "invalid", "missing", "unlisted", "unread", "absent")
        ),
        "findings": [_finding(each) for each in total.findings],
        "problems": total.problems,
        "unconfirmed": total.unconfirmed,
        "unselected": total.unselected,
        "targets": [
            {"target": each.target, "start": _iso(each.window.start), "end": _iso(each.window.end)}
            for each in results
            if each.target
        ],
        "fetched": total.fetched,
        "seconds": round(total.seconds, 3),
    }
    return json.dumps(document, indent=2) + "\n"


def as_text(results: Sequence[Verified]) -> str:
    """Return counts and findings for people."""
    lines = []
    for each in results:
        if each.target:
            since = f"from {_iso(each.window.start)} " if each.window.start else ""
            span = f"{since}to {_iso(each.window.end)}"
            lines.append(plain(f"{each.target}, delivered {span}"))
            lines.append(f"  digests    {_said(each.digests)}")
            lines.append(f"  log files  {_said(each.logs)}")
    total = _total(results)
    if total.unconfirmed or total.unselected:
        lines.append(
            f"  in event history alone: {total.unconfirmed:,} events of which it is not known "
            f"whether a trail logs them, {total.unselected:,} that it does not log"
        )
    took = f"{total.seconds:.1f} s, {total.fetched:,} files read anew"
    lines.append(f"{len(total.findings):,} findings in {took}")
    if total.findings:
        rows = (
            (each.kind, each.account, each.region, f"{_iso(each.start)}", each.detail, each.object)
            for each in total.findings
        )
        lines += ["", *_findings(rows)]
    return "\n".join(lines) + "\n"


def _findings(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return each finding as a line of a table, with its sentence and its object below, whole."""
    every = list(rows)
    titles = ("finding", "account", "region", "from")
    first, *lines = as_table(titles, (row[:4] for row in every))
    said = [first]
    for line, row in zip(lines, every, strict=True):
        said += [line, plain(f"  {row[4]}"), plain(f"  {row[5]}")]
    return said


def _total(results: Sequence[Verified]) -> Verified:
    total = Verified()
    for each in results:
        total.add(each)
        total.seconds += each.seconds
    return total


def _counts(tally: Tally, names: Iterable[str]) -> dict[str, int]:
    return {name: getattr(tally, name) for name in names}


def _said(tally: Tally) -> str:
    said = ((getattr(tally, name), name) for name in dict.fromkeys((*_DIGESTS, *_LOGS)))
    return ", ".join(f"{count:,} {name}" for count, name in said if count) or "none"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "object": finding.object,
        "detail": finding.detail,
        "account": finding.account,
        "region": finding.region,
        "trail": finding.trail,
        "start": _iso(finding.start),
        "end": _iso(finding.end),
        **({"events": finding.events} if finding.events else {}),
    }


def _iso(ms: int) -> str:
    """Return a moment in UTC, to the second."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


FORMS = {"json": as_json, "table": as_text}
