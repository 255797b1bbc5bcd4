"""Opening events: the delivered record itself, from the file it came in.

A file is split once for all the records wanted from it; a few split files are kept, as neighbours
in time mostly stand in the same files.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

import msgspec

from tui.domain.answer import Sighting
from tui.domain.integrity import Voucher
from tui.domain.lost import Lost
from tui.errors import RecordMissing
from tui.jobs.ingesting.refetching import Again
from tui.jobs.verifying.vouching import voucher
from tui.sources.container import CAP
from tui.sources.envelope import Piece
from tui.sources.pieces import split
from tui.sources.wire import UNREADABLE, untyped
from tui.storage import reader
from tui.storage.cache import Cache, Connection

_Tried: TypeAlias = bytes | RecordMissing

_KEPT_BYTES = 64 << 20
"""Split files kept, by the size of their records; and as much of records read ahead."""
_FIRST, _MOST = 500, 1 << 15
"""Records looked for together: they double, as a large file may be split again for each time."""


class Opened(NamedTuple):
    """One event's record as delivered, and every place it was delivered to."""

    number: int
    record: bytes
    sightings: tuple[Sighting, ...]
    voucher: Voucher | None = None
    """What speaks for or against it; None where nothing was verified yet."""


class Records:
    """Opens records over one connection, from one thread at a time.

    Bytes that were let go are fetched again, many files at once, unless it is `offline`.
    """

    def __init__(self, connection: Connection, cap: int = CAP, *, offline: bool = False) -> None:
        self._connection = connection
        self._cap = cap
        self._files: OrderedDict[int, list[Piece]] = OrderedDict()
        self._sizes: dict[int, int] = {}
        self._kept = 0
        """The sum of these."""
        self._lost: dict[int, str] = {}
        """Files that cannot be had, and why: they are not asked for again."""
        self._again = Again(connection, offline=offline)

    def each(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (number, record) in the given order; raises RecordMissing."""
        for number, record in self.tried(numbers):
            if isinstance(record, RecordMissing):
                raise record
            yield number, record

    def had(self, numbers: Iterable[int], lost: Lost) -> Iterator[tuple[int, bytes]]:
        """Yield (number, record) in the given order; those that cannot be had are counted."""
        for number, record in self.tried(numbers):
            if isinstance(record, RecordMissing):
                lost.note(record)
            else:
                yield number, record

    def tried(self, numbers: Iterable[int]) -> Iterator[tuple[int, _Tried]]:
        """Yield (number, record) in the given order, or why a record cannot be had."""
        for some in _growing(numbers):
            pointers = reader.pointers(self._connection, some)
            files = dict.fromkeys(each.file for each in pointers if each.file not in self._files)
            with self._again.coming(list(files)):
                yield from self._in_order(pointers)

    def _in_order(self, pointers: Sequence[reader.Pointer]) -> Iterator[tuple[int, _Tried]]:
        """Read records in order; a file that has to be split gives its later ones too.

        Large files may take turns in time: when not all of them can be kept, each would be split
        again for every record.
        """
        of_file: dict[int, deque[reader.Pointer]] = {}
        for pointer in pointers:
            of_file.setdefault(pointer.file, deque()).append(pointer)
        ahead: dict[int, _Tried] = {}
        held = 0
        for pointer in pointers:
            later = of_file[pointer.file]
            later.popleft()
            if pointer.number in ahead:
                record = ahead.pop(pointer.number)
                held -= _size(record)
            else:
                kept = pointer.file in self._files
                record = self._tried(pointer)
                for each in () if kept or held > _KEPT_BYTES else later:
                    ahead[each.number] = self._tried(each)
                    held += _size(ahead[each.number])
                    if held > _KEPT_BYTES:
                        break
            yield pointer.number, record

    def _tried(self, pointer: reader.Pointer) -> _Tried:
        try:
            return self._record(pointer)
        except RecordMissing as missing:
            return missing

    def _record(self, pointer: reader.Pointer) -> bytes:
        pieces = self._pieces(pointer.file)
        if pointer.ordinal < len(pieces):
            piece = pieces[pointer.ordinal]
            if isinstance(piece, bytes) and _may_be(piece, pointer.id):
                return piece
        raise RecordMissing(
            f"The record of event {pointer.id} is not in the file the cache points at; "
            "the cache does not match it. Read the file again into a new cache."
        )

    def _pieces(self, file: int) -> list[Piece]:
        if file in self._files:
            self._files.move_to_end(file)
            return self._files[file]
        content = reader.body(self._connection, file)
        if content is None:
            content = self._fetched_again(file)
        pieces = split(content, self._cap)
        self._files[file] = pieces
        self._sizes[file] = sum(map(_size, pieces))
        self._kept += self._sizes[file]
        while len(self._files) > 1 and self._kept > _KEPT_BYTES:
            oldest, _ = self._files.popitem(last=False)
            self._kept -= self._sizes.pop(oldest)
        return pieces

    def _fetched_again(self, file: int) -> bytes:
        if file in self._lost:
            raise RecordMissing(self._lost[file])
        try:
            return self._again.body(file)
        except RecordMissing as missing:
            self._lost[file] = str(missing)
            raise


def open_record(cache: Cache, number: int, *, offline: bool = False) -> Opened:
    """Return one event's record; raises RecordMissing."""
    with cache.connection() as connection:
        ((_, record),) = Records(connection, offline=offline).each([number])
        seen = tuple(reader.sightings(connection, number))
        return Opened(number, record, seen, voucher(connection, number))


def as_line(record: bytes) -> bytes:
    """Return a record on one line, numbers and strings as they were written."""
    try:
        return msgspec.json.format(record, indent=-1)
    except UNREADABLE:  # what only lenient readers take: no string of it holds a line break
        return b" ".join(record.splitlines())


def readable(record: bytes) -> dict[str, object]:
    """Return a record as plain values; empty if it is no object."""
    values = untyped(record)
    return values if isinstance(values, dict) else {}


def _may_be(record: bytes, event_id: str) -> bool:
    """Return whether a record can be the event: an id that needs no escaping stands in it."""
    plain = event_id.replace("-", "").isalnum() and event_id.isascii()
    return not plain or event_id.encode() in record or _is(record, event_id)


def _is(record: bytes, event_id: str) -> bool:
    """Return whether it is the event, however its id is spelled; takes longer."""
    from tui.deriving.derive import id_of  # takes longer to load than to open a record

    return id_of(readable(record)) == event_id


def _size(piece: object) -> int:
    return len(piece) if isinstance(piece, bytes) else 0


def _growing(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield the numbers in parts that double."""
    coming = iter(numbers)
    size = _FIRST
    while some := list(islice(coming, size)):
        yield some
        size = min(2 * size, _MOST)
