"""From files to a batch of dictionary-coded rows: the fast way to what `deriving.derive` says.

The ordinary record is decoded into a few typed fields, its larger objects left as bytes, and all
ordinary records of a batch are coded column by column (`rows`). Whatever does not fit (wrong types,
Insights and aggregated events, records without an account) goes through `derive` one by one. Both
ways give the same event; a property test holds them to it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeAlias

import msgspec

from tui.domain.batch import Batch, FileRead
from tui.domain.objects import LogObject
from tui.domain.skipped import Skipped, Why
from tui.sources import envelope
from tui.sources.container import CAP, unpack
from tui.sources.rows import Rows
from tui.sources.wire import ELEMENTS, ONE, RECORDS, UNREADABLE, WireRecord, untyped

Delivered: TypeAlias = tuple[LogObject, bytes | str]
"""An object and its bytes as delivered, or the sentence that says why there are none."""

_event_id = attrgetter("eventID")
_BEFORE = re.compile(rb'\s*+\{\s*+"Records"\s*+:')
"""How a log file begins, up to its list."""
_CUT_SHORT = (Why.TRUNCATED, Why.NOT_COMPRESSED_RIGHT)
"""What ends the text of a file in the middle of it."""
TOGETHER = 1024
"""Records coded in one go: enough to work by column, few enough for the processor's cache."""


@dataclass(slots=True)
class _File:
    """One file while its batch is being decoded."""

    item: LogObject
    content: bytes | str
    text: bytes = b""
    skipped: list[Skipped] = field(default_factory=list)

    def done(self, events: int, cap: int) -> FileRead:
        """Return what became of it under a cap."""
        if isinstance(self.content, str):
            return FileRead(self.item, b"", None, 0, tuple(self.skipped))
        digest = hashlib.sha256(self.content).digest()
        above = cap if any(each.why is Why.TOO_LARGE for each in self.skipped) else None
        return FileRead(self.item, digest, self.content, events, tuple(self.skipped), above)


class _Decoding:
    """One batch being decoded: ordinary records are collected, the others added at once."""

    def __init__(self, cap: int) -> None:
        self.batch = Batch()
        self._cap = cap
        self._rows = Rows(self.batch)
        self._files: list[_File] = []
        self._records: list[WireRecord] = []
        self._numbers: list[int] = []
        """For each collected record, the index of its file."""
        self._ordinals: list[int] = []
        self._coded = 0
        self._pieces: dict[tuple[int, int], bytes] = {}
        """Collected records that do not stand in a plain log file, as their bytes."""

    def read(self, item: LogObject, content: bytes | str) -> None:
        """Take one file."""
        file = _File(item, content)
        number = len(self._files)
        self._files.append(file)
        if isinstance(content, str):
            file.skipped.append(Skipped(Why.UNREADABLE, content))
            return
        file.text, problem = unpack(content, self._cap)
        if problem:
            file.skipped.append(problem)
        records = _ordinary(file.text)
        if records:
            self._records += records
            self._numbers += [number] * len(records)
            self._ordinals += range(len(records))
        elif file.text:
            cut_short = problem is not None and problem.why in _CUT_SHORT
            self._read_pieces(number, file, cut_short=cut_short)
        if len(self._records) >= TOGETHER:
            self._code()

    def finish(self) -> Batch:
        """Code what was collected and return the batch."""
        self._code()
        events = Counter(self.batch.file)
        self.batch.files = [
            file.done(events[number], self._cap) for number, file in enumerate(self._files)
        ]
        return self.batch

    def _code(self) -> None:
        """Code the records collected so far, and let go of the texts they stand in."""
        elements: dict[int, list[msgspec.Raw]] = {}
        for number, ordinal in self._add_ordinary():
            piece = self._pieces.get((number, ordinal))
            if piece is None:
                if number not in elements:
                    elements[number] = ELEMENTS.decode(_list_in(self._files[number].text))
                piece = bytes(elements[number][ordinal])
            self._add_slowly(number, ordinal, piece)
        self._records, self._numbers, self._ordinals, self._pieces = [], [], [], {}
        for file in self._files[self._coded :]:
            file.text = b""
        self._coded = len(self._files)

    def _add_ordinary(self) -> list[tuple[int, int]]:
        """Add the ordinary records; return (file, ordinal) of the others.

        What an object holds shows late: should one be beyond a strict reader, all are read slowly.
        """
        before = len(self.batch)
        try:
            return self._rows.add_ordinary(self._records, self._numbers, self._ordinals)
        except UNREADABLE:
            self._rows.forget(before)
            return list(zip(self._numbers, self._ordinals, strict=True))

    def _read_pieces(self, number: int, file: _File, *, cut_short: bool) -> None:
        for ordinal, piece in enumerate(envelope.records(file.text)):
            if isinstance(piece, bytes):
                self._add_piece(number, ordinal, piece)
            elif not (cut_short and piece.why is Why.NOT_JSON):  # that was said once
                file.skipped.append(piece._replace(ordinal=ordinal))

    def _add_piece(self, number: int, ordinal: int, piece: bytes) -> None:
        try:
            record = ONE.decode(piece)
        except UNREADABLE:
            self._add_slowly(number, ordinal, piece)
            return
        if record.eventID:
            self._records.append(record)
            self._numbers.append(number)
            self._ordinals.append(ordinal)
            self._pieces[number, ordinal] = piece
        else:
            self._add_slowly(number, ordinal, piece)

    def _add_slowly(self, number: int, ordinal: int, piece: bytes) -> None:
        record = untyped(piece)
        problem = (
            record
            if isinstance(record, Skipped)
            else self._rows.add_derived(number, ordinal, record)
        )
        if problem:
            self._files[number].skipped.append(problem._replace(ordinal=ordinal))


def decode(delivered: Iterable[Delivered], cap: int = CAP) -> Batch:
    """Decode some files into one batch; never raises for what is in them."""
    decoding = _Decoding(cap)
    for item, content in delivered:
        decoding.read(item, content)
    return decoding.finish()


def _ordinary(text: bytes) -> list[WireRecord]:
    """Return the records of a log file as AWS writes it, or nothing if it is anything else.

    With an event id in each, every element is one record to `envelope` too: ordinals agree.
    """
    try:
        records = RECORDS.decode(_list_in(text))
    except UNREADABLE:
        return []
    return records if all(map(_event_id, records)) else []


def _list_in(text: bytes) -> memoryview:
    """Return what stands in an object of `Records` alone; no list where there is more in it.

    Decoded by itself, so that nothing beside it goes unseen, such as a second list of that name.
    """
    start = _BEFORE.match(text)
    end = text.rfind(b"}")
    if start is None or text[end + 1 :].strip():
        return memoryview(b"")
    return memoryview(text)[start.end() : end]
