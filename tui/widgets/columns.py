"""The columns of the event table, as a table: what each shows, how wide, in which tone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from tui.domain.answer import Row
from tui.domain.event import FLAGGED, Result
from tui.widgets import wording
from tui.widgets.glyphs import UNICODE, Glyphs


class Setting(NamedTuple):
    """What a cell needs besides its row."""

    zone: tzinfo = UTC
    """In which times are told."""
    glyphs: Glyphs = UNICODE


Cell = Callable[[Row, Setting], str]
Tone = Callable[[Row], str]


def _text(_row: Row) -> str:
    return "text"


def _muted(_row: Row) -> str:
    return "muted"


def _severity_tone(row: Row) -> str:
    return wording.severity_tone(row.signal.severity)


def _result_tone(row: Row) -> str:
    return {str(Result.OK): "muted", str(Result.DENIED): "denied"}.get(row.outcome.result, "failed")


def _sign(row: Row, setting: Setting) -> str:
    signs = setting.glyphs.severity
    return signs[min(max(row.signal.severity, 0), len(signs) - 1)]


def _mark(row: Row, setting: Setting) -> str:
    flag = setting.glyphs.flag if row.flag.flagged == FLAGGED else " "
    return flag + wording.mark_sign(row.integrity.mark, setting.glyphs)


def _mark_tone(row: Row) -> str:
    tone = wording.mark_tone(row.integrity.mark)
    return "accent" if tone == "muted" and row.flag.flagged == FLAGGED else tone


def _verified_tone(row: Row) -> str:
    return wording.mark_tone(row.integrity.mark)


def _time(pattern: str) -> Cell:
    return lambda row, setting: wording.moment(row.time, setting.zone, pattern)


class Column(NamedTuple):
    """One column; `least` cells wide, plus its share by `weight` of what is left over."""

    id: str
    title: str
    least: int
    weight: int
    cell: Cell
    tone: Tone = _text


COLUMNS = (
    Column("severity", "", 3, 0, _sign, _severity_tone),
    Column("mark", "", 2, 0, _mark, _mark_tone),
    Column("clock", "TIME", 8, 0, _time("%H:%M:%S"), _muted),
    Column("time", "TIME", 14, 0, _time("%m-%d %H:%M:%S"), _muted),
    Column("date_time", "TIME", 19, 0, _time("%Y-%m-%d %H:%M:%S"), _muted),
    Column("caller", "CALLER", 14, 4, lambda r, s: wording.caller(r.actor, s.glyphs.within)),
    Column("action", "ACTION", 22, 2, lambda r, _: f"{r.call.service} {r.call.action}"),
    Column("resource", "RESOURCE", 15, 4, lambda r, _: wording.resources(r.resources)),
    Column("region", "REGION", 14, 0, lambda r, _: r.place.region or "", _muted),
    Column("account", "ACCOUNT", 12, 0, lambda r, _: r.place.account or "", _muted),
    Column("ip", "IP", 15, 0, lambda r, _: r.origin.ip or "", _muted),
    Column("agent", "AGENT", 12, 1, lambda r, _: r.origin.agent or "", _muted),
    Column("verb", "VERB", 11, 0, lambda r, _: r.call.verb, _muted),
    Column("mfa", "MFA", 5, 0, lambda r, _: r.actor.mfa or "", _muted),
    Column(
        "verified", "VERIFIED", 9, 0, lambda r, _: wording.mark(r.integrity.mark), _verified_tone
    ),
    Column("flagged", "FLAGGED", 7, 0, lambda r, _: r.flag.flagged, _muted),
    Column("result", "RESULT", 10, 1, lambda r, _: wording.result(r.outcome), _result_tone),
)
"""Every column there is."""

BY_ID = {column.id: column for column in COLUMNS}

_SETS = (
    (153, ("severity", "mark", "date_time", "caller", "action", "resource", "region", "account",
           "ip", "result")),
    (135, ("severity", "mark", "date_time", "caller", "action", "resource", "region", "ip",
           "result")),
    (111, ("severity", "mark", "time", "caller", "action", "resource", "region", "result")),
    (92, ("severity", "mark", "time", "caller", "action", "resource", "result")),
    (77, ("severity", "mark", "time", "caller", "action", "result")),
    (71, ("severity", "mark", "clock", "caller", "action", "result")),
    (66, ("mark", "clock", "caller", "action", "result")),
    (52, ("mark", "clock", "caller", "action")),
    (0, ("caller", "action")),
)  # fmt: skip
"""From this many cells on, these columns, unless the user chose others."""

GAP = 2
"""Cells between columns."""


def default_ids(width: int) -> tuple[str, ...]:
    """Return the columns for a table of so many cells."""
    return next(ids for least, ids in _SETS if width >= least)


def layout(ids: Sequence[str], width: int) -> tuple[tuple[Column, int], ...]:
    """Return the columns with their widths in cells, which with the gaps fill `width` exactly.

    Columns that do not fit are left out from the right, but never the first.
    """
    columns = [BY_ID[name] for name in ids]
    while len(columns) > 1 and _least(columns) > width:
        columns.pop()
    left = width - _least(columns)
    weights = sum(column.weight for column in columns)
    widths = [
        column.least + (left * column.weight // weights if weights and left > 0 else 0)
        for column in columns
    ]
    growing = [index for index, column in enumerate(columns) if column.weight] or [0]
    widths[growing[-1]] += width - sum(widths) - GAP * (len(columns) - 1)
    return tuple(zip(columns, (max(0, cells) for cells in widths), strict=True))


def _least(columns: Sequence[Column]) -> int:
    return sum(column.least for column in columns) + GAP * (len(columns) - 1)
