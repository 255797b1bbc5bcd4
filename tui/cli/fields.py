"""The fields `--fields` can name: filter fields, the row's own number, and CloudTrail paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from tui.domain.answer import Row
from tui.domain.event import Severity
from tui.domain.fields import BY_NAME, Field
from tui.domain.filter import Path
from tui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Column:
    """One printed field: its title and how to get it."""

    title: str
    value: Callable[[Row, bytes], object]
    of_record: bool = False
    """Whether it needs the record, which takes opening its file."""

    def cell(self, value: object) -> str:
        """Return a value as text."""
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return "" if value is None else str(value)


def columns_of(names: str) -> tuple[Column, ...]:
    """Return the columns of a comma-separated list; raises UsageError for an unknown one."""
    return tuple(_column(name.strip()) for name in names.split(","))


def _column(name: str) -> Column:
    field = BY_NAME.get(name.lower())
    if field:
        return Column(name, _of_row(field))
    if name == "number":
        return Column(name, lambda row, _: row.number)
    if "." in name:
        path = Path(name)
        return Column(name, lambda _, record: _at(record, path), of_record=True)
    near = get_close_matches(name, [*BY_NAME, "number"], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(
        f"There is no field {name!r}.{hint} A CloudTrail path has a dot, such as userIdentity.arn."
    )


def _of_row(field: Field) -> Callable[[Row, bytes], object]:
    if field.name == "time":
        return lambda row, _: (
            datetime.fromtimestamp(row.time / 1000, UTC).isoformat().replace("+00:00", "Z")
        )
    if field.name == "id":
        return lambda row, _: row.id
    if field.name == "severity":
        return lambda row, _: Severity(row.signal.severity).name.lower()
    if field.dimension == "resources":
        return lambda row, _: [
            value for each in row.resources if (value := getattr(each, field.attribute))
        ]
    return lambda row, _: getattr(getattr(row, field.dimension), field.attribute)


def _at(record: bytes, path: Path) -> object:
    from tui.language.match import values_at  # only asked for when a path is
    from tui.sources.wire import untyped

    values = untyped(record)
    found = list(values_at(values, path)) if isinstance(values, dict) else []
    return found if len(found) > 1 else (found[0] if found else None)
