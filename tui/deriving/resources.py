"""What a call was about: names from `resources`, else by the table `tui/data/resources.toml`.

Owns the order: what AWS lists comes first and is all there is, else the main thing first. However
many a call names, all are kept, as a filter would miss the others. Names are given as delivered: no
ARN is made up. serviceEventDetails is not looked at. Source of the facts: user guide, "CloudTrail
record contents", resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from tui.deriving.calls import AGGREGATED, INSIGHT, call_of, summarised
from tui.deriving.tables import PARTS, Needs, bare, pattern, rows, table, texts
from tui.deriving.texts import clean, first_text, text_of
from tui.deriving.walk import child, texts_at, values_at
from tui.domain.event import Resource

_NAMES_NOTHING = frozenset({"HIDDEN_DUE_TO_SECURITY_REASONS", "*"})


def resources_of(record: Mapping[str, object]) -> tuple[Resource, ...]:
    """Return what a record is about.

    An Insights event is about no resource; an aggregated one is about those it counts.
    """
    call = call_of(record)
    if call.category == INSIGHT:
        return ()
    if call.category == AGGREGATED:
        return _distinct(Resource(name) for name in summarised(record, "resourceARN"))
    request, response, additional = (record.get(part) for part in PARTS)
    return resources_from(
        call.service, call.action, record.get("resources"), request, response, additional
    )


def resources_from(
    service: str,
    action: str,
    resources: object,
    request: object,
    response: object,
    additional: object = None,
) -> tuple[Resource, ...]:
    """Return what an ordinary call was about, from the parts of its record.

    Parts that `needs_parameters` does not ask for may be None, and all of them where `resources`
    lists something.
    """
    listed = _distinct(_listed(resources))
    if listed:
        return listed
    return finder(service, action)((request, response, additional))


@lru_cache(maxsize=4096)
def finder(service: str, action: str) -> Callable[[Sequence[object]], tuple[Resource, ...]]:
    """Return what finds the resources of such calls in their PARTS, where none are listed."""
    plans = [plan for plan in _plans(service, bare(action)) if plan]

    def found(parts: Sequence[object]) -> tuple[Resource, ...]:
        for plan in plans:
            named = _found(plan, parts)
            if named:
                return _distinct(named) if len(named) > 1 else tuple(named)
        return ()

    return found


@lru_cache(maxsize=4096)
def needs_parameters(service: str, action: str) -> Needs:
    """Return which parts name what a call was about, if its `resources` list nothing."""
    plans = _plans(service, bare(action))
    return Needs.of(PARTS[position] for plan in plans for position, _ in plan)


def _listed(resources: object) -> Iterator[Resource]:
    for entry in values_at(resources, ()):
        name = first_text(*(child(entry, each) for each in ("ARN", "ARNPrefix")))
        if name:
            yield Resource(name, text_of(child(entry, "type")))


def _distinct(found: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple(dict.fromkeys(found))


_SHAPES = 64
"""How many sets of names are remembered for one part of one kind of call."""


class _Row(NamedTuple):
    """One path of the table; `rank` is its place in it."""

    rank: int
    steps: tuple[str, ...]
    """Below the first name, which is the index."""
    type: str | None
    under: str | None
    plain: bool
    """Whether the first name is the whole path, and nothing goes before what it leads to."""


class _Part:
    """The rows that look into one part of a record; most calls of a kind have the same names."""

    def __init__(self) -> None:
        self.rows: dict[str, list[_Row]] = {}
        """By the first name of their path, lower case."""
        self.told = lru_cache(_SHAPES)(self._told)

    def _told(self, names: tuple[str, ...]) -> Sequence[tuple[str, _Row]]:
        """Return which of an object's members which rows look at."""
        return [(name, row) for name in names for row in self.rows.get(name.lower(), ())]


_Plan: TypeAlias = tuple[tuple[int, _Part], ...]
"""Each with the position of its part in PARTS; only those that have rows."""


class _Plans(NamedTuple):
    """Where to look for what one action was about."""

    own: _Plan
    """By the rows for the action."""
    common: _Plan
    """By the rows for all actions of the service."""


def _found(plan: _Plan, parts: Sequence[object]) -> list[Resource]:
    ranked: list[tuple[int, Resource]] = []
    for position, own in plan:
        part = parts[position]
        if isinstance(part, dict):
            for name, row in own.told(tuple(part)):
                ranked += [(row.rank, each) for each in _named(row, part, part[name])]
    if len(ranked) > 1:
        ranked.sort(key=itemgetter(0))
    return [resource for _, resource in ranked]


def _named(row: _Row, node: Mapping[str, object], value: object) -> list[Resource]:
    if type(value) is str and row.plain:  # as most are: the same as below, only faster
        name = clean(value)
        return [Resource(name, row.type)] if name and name not in _NAMES_NOTHING else []
    names = [name for name in texts_at(value, row.steps) if name not in _NAMES_NOTHING]
    if row.under and names:
        parent = text_of(child(node, row.under))
        names = [text_of(f"{parent}/{name}") or name for name in names] if parent else []
    return [Resource(name, row.type) for name in names]


@lru_cache(maxsize=4096)
def _plans(service: str, action: str) -> _Plans:
    known = service if service in _rows_by_service() else "*"
    own = [row for row in _rows_by_service()[known] if "actions" in row and _is_for(row, action)]
    return _Plans(_plan(own), _common(known))


@cache
def _common(service: str) -> _Plan:
    return _plan([row for row in _rows_by_service()[service] if "actions" not in row])


def _is_for(row: Mapping[str, object], action: str) -> bool:
    return pattern(texts(row["actions"])).match(action) is not None


def _plan(chosen: list[Mapping[str, object]]) -> _Plan:
    plan = {part: _Part() for part in PARTS}
    paths = ((path, row) for row in chosen for path in texts(row["paths"]))
    for rank, (path, row) in enumerate(paths):
        part, first, *steps = path.split(".")
        kind, under = text_of(row.get("type")), text_of(row.get("under"))
        compiled = _Row(rank, tuple(steps), kind, under, plain=not steps and not under)
        plan[part].rows.setdefault(first.lower(), []).append(compiled)
    return tuple((position, own) for position, own in enumerate(plan.values()) if own.rows)


@cache
def _rows_by_service() -> Mapping[str, list[Mapping[str, object]]]:
    return {service: rows(listed) for service, listed in table("resources").items()}
