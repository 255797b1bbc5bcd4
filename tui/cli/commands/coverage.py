"""`trailhound coverage`: what the cache covers, day by day."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tui.cli.caching import open_cache
from tui.cli.table import as_table
from tui.cli.zones import zone_of
from tui.domain.answer import Span
from tui.domain.coverage import Cell
from tui.jobs.syncing.coverage import coverage
from tui.jobs.syncing.naming import account_names, named
from tui.language.moment import parse_span

_DAY = 86_400_000
_DEFAULT_DAYS = 90


def run(parsed: argparse.Namespace) -> int:
    """Print the days; raises TimeError, CacheError."""
    now = int(time.time() * 1000)
    asked = parse_span(parsed.since, parsed.until, now, zone_of(parsed))
    start = asked.start or now - _DEFAULT_DAYS * _DAY
    end = min(asked.end, now)
    window = Span(start // _DAY * _DAY, -(-end // _DAY) * _DAY)
    cache = open_cache(parsed)
    found = coverage(cache, window, _DAY, now)
    sys.stdout.write(_FORMS[parsed.format](found, account_names(cache)))
    return 0


def _day(cell: Cell) -> str:
    return datetime.fromtimestamp(cell.span.start / 1000, UTC).strftime("%Y-%m-%d")


def _as_json(cells: Sequence[Cell], names: Mapping[str, str]) -> str:
    document = [
        {
            "account": cell.account,
            "name": names.get(cell.account),
            "region": cell.region,
            "day": _day(cell),
            "state": cell.state,
            "share": round(cell.share, 4),
            "reason": cell.reason,
        }
        for cell in cells
    ]
    return json.dumps(document, indent=2) + "\n"


def _as_table(cells: Sequence[Cell], names: Mapping[str, str]) -> str:
    if not cells:
        return "Nothing was synced yet: trailhound sync\n"
    rows = (
        (named(c.account, names), c.region, _day(c), c.state, f"{c.share:.0%}", c.reason or "")
        for c in cells
    )
    titles = ("account", "region", "day", "state", "covered", "reason")
    return "\n".join(as_table(titles, rows)) + "\n"


_FORMS = {"json": _as_json, "table": _as_table}
