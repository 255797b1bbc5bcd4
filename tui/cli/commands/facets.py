"""`trailhound facets`: how many of the found events have which values."""

from __future__ import annotations

import argparse
import json
import sys
from difflib import get_close_matches

from tui.cli.caching import open_cache
from tui.cli.filtering import filter_of, number_of
from tui.cli.offering import say_offer
from tui.cli.plain import plain
from tui.cli.table import as_table
from tui.domain.answer import Answer, Query
from tui.domain.fields import BY_NAME
from tui.errors import UsageError

_LOST = 2


def run(parsed: argparse.Namespace) -> int:
    """Print the counts; 2 if records could not be had.

    Raises FilterError, TimeError, UsageError, CacheError.
    """
    fields = tuple(_field(name.strip()) for name in parsed.by.split(","))
    query = Query(filter_of(parsed), facets=fields, top=number_of(parsed.top, "--top"))
    from tui.jobs.exploring.explore import Explorer

    cache = open_cache(parsed)
    explorer = Explorer(cache)
    explorer.refresh()
    answer = explorer.decided(query).answer
    sys.stdout.write(_FORMS[parsed.format](answer))
    sys.stdout.flush()
    say_offer(cache, query.filter, answer.total)
    if answer.lost:
        sys.stderr.write(plain(f"trailhound: {answer.lost}") + "\n")
    return _LOST if answer.lost else 0


def _field(name: str) -> str:
    field = BY_NAME.get(name.lower())
    if field is None or not field.facet:
        facets = list(dict.fromkeys(each.name for each in BY_NAME.values() if each.facet))
        near = get_close_matches(name, facets, 1)
        hint = f" Did you mean {near[0]}?" if near else f" By any of these: {', '.join(facets)}."
        raise UsageError(f"Events cannot be counted by {name!r}.{hint}")
    return field.name


def _as_json(answer: Answer) -> str:
    facets = {
        facet.field: [{"value": pair.value, "count": pair.count} for pair in facet.counts]
        for facet in answer.facets
    }
    others = {facet.field: facet.others for facet in answer.facets}
    document = {"total": answer.total, "facets": facets, "other_values": others}
    return json.dumps(document, indent=2) + "\n"


def _as_table(answer: Answer) -> str:
    lines = [f"{answer.total:,} of {answer.cached:,} events"]
    for facet in answer.facets:
        rows = [(pair.value or "(none)", f"{pair.count:,}") for pair in facet.counts]
        lines += ["", *as_table((facet.field, "events"), rows)]
        if facet.others:
            lines.append(f"and {facet.others:,} other values")
    return "\n".join(lines) + "\n"


_FORMS = {"json": _as_json, "table": _as_table}
