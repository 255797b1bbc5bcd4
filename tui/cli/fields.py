"""The fields `--fields` can name: filter fields, the row's number, where it was seen, and paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import NamedTuple

from tui.domain.answer import Row, Sighting
from tui.domain.event import Severity
from tui.domain.fields import BY_NAME, Field
from tui.domain.filter import Path
from tui.errors import UsageError
from tui.language.tokens import RECORD, is_known


class Printed(NamedTuple):
    """One event to be printed; what no column needs is empty."""

    row: Row
    record: bytes = b""
    sightings: Sequence[Sighting] = ()
    """The one its record is read from first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One printed field: its title and how to get it."""

    title: str
    value: Callable[[Printed], object]
    of_record: bool = False
    """Whether it needs the record, which takes opening its file."""
    of_sightings: bool = False
    """Whether it needs to know where the event was delivered to."""

    def cell(self, value: object) -> str:
        """Return a value as text."""
        if isinstance(value, list):
            return ", ".join(map(self.cell, value))
        if isinstance(value, dict):
            return f"{value['file']}#{value['ordinal']}"
        return "" if value is None else str(value)


_SEEN: dict[str, Callable[[Sequence[Sighting]], object]] = {
    "source": lambda seen: seen[0].source,
    "sources": lambda seen: list(dict.fromkeys(each.source for each in seen)),
    "ordinal": lambda seen: seen[0].ordinal,
    "sightings": lambda seen: [
        {"file": each.uri, "ordinal": each.ordinal, "source": each.source, "sha256": each.sha256}
        for each in seen
    ],
}
"""Where an event was delivered to: what its record is read from, and all of it."""


def columns_of(names: str) -> tuple[Column, ...]:
    """Return the columns of a comma-separated list; raises UsageError for an unknown one."""
    return tuple(_column(name.strip()) for name in names.split(","))


def _column(name: str) -> Column:
    field = BY_NAME.get(name.lower())
    if field:
        return Column(name, _of_row(field))
    if name == "number":
        return Column(name, lambda event: event.row.number)
    if name in _SEEN:
        return Column(name, lambda event: _SEEN[name](event.sightings), of_sightings=True)
    if "." in name or (is_known(name) and name.lower() != RECORD):
        path = Path(name)
        return Column(name, lambda event: _at(event.record, path), of_record=True)
    if name.lower() == RECORD:
        raise UsageError("The whole record is no field: it is what jsonl prints without --fields.")
    near = get_close_matches(name, [*BY_NAME, *_SEEN, "number"], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(
        f"There is no field {name!r}.{hint} "
        "A CloudTrail path is such as requestID or userIdentity.arn."
    )


def _of_row(field: Field) -> Callable[[Printed], object]:
    if field.name == "time":
        return lambda event: (
            datetime.fromtimestamp(event.row.time / 1000, UTC).isoformat().replace("+00:00", "Z")
        )
    if field.name == "id":
        return lambda event: event.row.id
    if field.name == "severity":
        return lambda event: Severity(event.row.signal.severity).name.lower()
    if field.dimension == "resources":
        return lambda event: [
            value for each in event.row.resources if (value := getattr(each, field.attribute))
        ]
    return lambda event: getattr(getattr(event.row, field.dimension), field.attribute)


def _at(record: bytes, path: Path) -> object:
    from tui.language.match import shown_at  # only asked for when a path is
    from tui.sources.wire import untyped

    values = untyped(record)
    found = list(shown_at(values, path)) if isinstance(values, dict) else []
    return found if len(found) > 1 else (found[0] if found else None)
