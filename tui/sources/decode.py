"""From files to a batch of dictionary-coded rows: the fast way to what `domain.derive` says.

The ordinary record is decoded into a few typed fields, its larger objects left as bytes: the same
identity, resources and call come again and again, so what they mean is looked up by their bytes.
Whatever does not fit (wrong types, Insights and aggregated events, records without an account)
goes through `derive`. Both ways give the same event; a property test holds them to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from tui.domain.batch import Batch, FileRead
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why
from tui.sources import envelope
from tui.sources.container import CAP, unpack
from tui.sources.rows import Rows
from tui.sources.wire import ELEMENTS, ONE, WHOLE, WireRecord, untyped

Delivered: TypeAlias = tuple[LogObject, bytes | str]
"""An object and its bytes as delivered, or the sentence that says why there are none."""


def decode(delivered: Iterable[Delivered], cap: int = CAP) -> Batch:
    """Decode some files into one batch; never raises for what is in them."""
    batch = Batch()
    rows = Rows(batch)
    for item, content in delivered:
        before = len(batch)
        rows.file = len(batch.files)
        if isinstance(content, str):
            problem = Skipped(Why.UNREADABLE, content)
            batch.files.append(FileRead(item, b"", None, 0, (problem,)))
            continue
        skipped = tuple(_decode_file(content, cap, rows))
        digest = hashlib.sha256(content).digest()
        batch.files.append(FileRead(item, digest, content, len(batch) - before, skipped))
    return batch


def split(content: bytes, cap: int = CAP) -> list[envelope.Piece]:
    """Return the records of a file in the order that `ordinal` counts."""
    return list(envelope.records(unpack(content, cap).text))


def _decode_file(content: bytes, cap: int, rows: Rows) -> Iterable[Skipped]:
    text, problem = unpack(content, cap)
    if problem:
        yield problem
    if not text:
        return
    ordinary = _ordinary(text)
    if ordinary:
        yield from _add_ordinary(text, ordinary, rows)
        return
    for ordinal, piece in enumerate(envelope.records(text)):
        if isinstance(piece, bytes):
            yield from _add_piece(ordinal, piece, rows)
        elif problem is None or piece.why is not Why.NOT_JSON:  # a file cut short says so once
            yield piece._replace(ordinal=ordinal)


def _ordinary(text: bytes) -> list[WireRecord]:
    """Return the records of a log file as AWS writes it, or nothing if it is anything else.

    With an event id in each, every element is one record to `envelope` too: ordinals agree.
    """
    try:
        records = WHOLE.decode(text).Records
    except (msgspec.DecodeError, RecursionError):
        return []
    return records if all(record.eventID for record in records) else []


def _add_ordinary(text: bytes, records: list[WireRecord], rows: Rows) -> Iterable[Skipped]:
    others = [ordinal for ordinal, record in enumerate(records) if not rows.add(ordinal, record)]
    if others:
        pieces = ELEMENTS.decode(text).Records
        for ordinal in others:
            yield from _add_slowly(ordinal, bytes(pieces[ordinal]), rows)


def _add_piece(ordinal: int, piece: bytes, rows: Rows) -> Iterable[Skipped]:
    try:
        if rows.add(ordinal, ONE.decode(piece)):
            return
    except (msgspec.DecodeError, RecursionError):
        pass
    yield from _add_slowly(ordinal, piece, rows)


def _add_slowly(ordinal: int, piece: bytes, rows: Rows) -> Iterable[Skipped]:
    record = untyped(piece)
    if isinstance(record, Skipped):
        yield record._replace(ordinal=ordinal)
        return
    problem = rows.add_derived(ordinal, record)
    if problem:
        yield problem._replace(ordinal=ordinal)
