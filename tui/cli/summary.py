"""Reading a source without a screen, and the summary of it on stdout."""

from __future__ import annotations

import json
import sys

from tui.cli.plain import plain
from tui.cli.reporting import Stderr
from tui.domain.objects import ObjectSource
from tui.errors import InputError
from tui.jobs.ingesting.ingest import Ingested, ingest
from tui.storage import reader
from tui.storage.cache import Cache

_SHOWN_SKIPS = 20


def load(cache: Cache, source: ObjectSource, form: str) -> int:
    """Read everything into the cache and print what came of it; 1 if something was skipped."""
    progress = Stderr()
    try:
        result = ingest(cache, source, progress)
    finally:
        progress.close()
    if not result.files and not result.unchanged:
        raise InputError(
            "No log files were found there. CloudTrail's end in .json.gz; "
            ".json, .jsonl, .log and .zip are read too."
        )
    with cache.connection() as connection:
        totals = reader.totals(connection)
        skips = reader.skips(connection, _SHOWN_SKIPS)
    sys.stdout.write(_FORMS[form](result, totals, skips))
    return 1 if totals.skipped else 0


def _as_json(result: Ingested, totals: reader.Totals, skips: list[reader.FileSkips]) -> str:
    document = {
        "events": totals.events,
        "files": totals.files,
        "skipped": totals.skipped,
        "added": {
            "events": result.events,
            "files": result.files,
            "skipped": result.skipped,
        },
        "seen_again": result.seen_again,
        "unchanged_files": result.unchanged,
        "passed_over": result.passed_over,
        "seconds": round(result.seconds, 3),
        "skips": [{"file": skip.uri, **skip.skipped._asdict()} for skip in skips],
    }
    return json.dumps(document, indent=2) + "\n"


def _as_text(result: Ingested, totals: reader.Totals, skips: list[reader.FileSkips]) -> str:
    lines = [
        f"added {result.events:,} events from {result.files:,} files in {result.seconds:.1f} s"
        + (f"; {result.seen_again:,} were known" if result.seen_again else "")
        + (f"; {result.unchanged:,} files unchanged" if result.unchanged else ""),
        f"cached {totals.events:,} events from {totals.files:,} files, {totals.skipped:,} skipped",
    ]
    if result.passed_over:
        kinds = "no logs by their names, links to folders, or no files"
        lines.append(f"passed over {result.passed_over:,} that are {kinds}")
    for skip in skips:
        where = "" if skip.skipped.ordinal is None else f" record {skip.skipped.ordinal}"
        lines.append(plain(f"  skipped {skip.uri}{where}: {skip.skipped.detail}"))
    if totals.skipped > len(skips):
        lines.append(f"  and {totals.skipped - len(skips):,} more")
    return "\n".join(lines) + "\n"


_FORMS = {"json": _as_json, "text": _as_text}
