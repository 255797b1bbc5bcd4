"""From JSON text to single records, whatever they are wrapped in.

Owns the wrappers: log files (`Records`), bare lists and records, LookupEvents output, CloudWatch
Logs events, EventBridge events, SQS and SNS messages, JSON lines, each inside the other. It does
not look inside a record. The order is stable: the n-th thing this yields for a file is its n-th
record for good, which is how the cache points at it.

Sources: CloudTrail user guide "CloudTrail log file examples"; API references of LookupEvents,
FilterLogEvents, ReceiveMessage; EventBridge "Events from AWS services".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

import msgspec

from tui.domain.skipped import Skipped, Why
from tui.sources.wire import UNREADABLE, untyped

Piece: TypeAlias = bytes | Skipped
Members: TypeAlias = dict[str, msgspec.Raw]

Decoded = TypeVar("Decoded")


class _Name:
    """The name of a member, which may be there again."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PAIRS = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda name, text: name(text))
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_STRING = msgspec.json.Decoder(str)
_ANY = msgspec.json.Decoder(msgspec.Raw)

_RECORDS = "Records"
_LISTS = ("Events", "events", "logEvents", "Messages")
"""Members that hold a list of things to open."""
_WRAPS = ("CloudTrailEvent", "message", "detail", "Body", "body", "Message")
"""Members that hold one thing to open, as an object or as JSON text."""
_RECORD_SIGNS = ("eventVersion", "eventName", "eventSource", "eventCategory", "eventID", "eventId")
_DIGEST = Skipped(Why.DIGEST, "A digest file: it proves log files and holds no events.")
_OTHERS = (
    ("digestStartTime", _DIGEST),
    ("digestPublicKeyFingerprint", _DIGEST),
    ("s3", Skipped(Why.NOT_A_RECORD, "An S3 notification: it names an object, not an event.")),
)
"""Members of what is delivered beside records."""
_DEPTH = 12
"""Wrappers inside wrappers: SQS in SNS in S3 in a list is six."""
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[{}\[\]]', re.DOTALL)
"""A string, or a bracket outside of strings; a string that never ends is read only once."""
_BETWEEN = re.compile(rb'\s*+(?:\]\s*+\}\s*+)?,?\s*+(?:\{\s*+"Records"\s*+:\s*+)?\[?\s*+')
"""What stands between whole records, and before the first, where nothing is damaged.

No space is ever given back: of thousands, each share among the five places would be tried."""
_SPACE = re.compile(rb"\s*")
_RESYNC = b'{"eventVersion"'
"""How every delivered record begins; where reading starts again after a damaged place."""

_CLOSINGS = (b"}", b"]}", b"]")
"""What a file lacks that was cut off just behind a record."""
_LARGEST = 2 << 20
"""Longest record looked for in a damaged file, in bytes; CloudTrail's own limit is 1 MiB."""
_IN_VAIN = 16 << 20
"""Bytes read again behind damaged places before the rest counts as damaged: crafted files stay
cheap."""


def records(text: bytes) -> Iterator[Piece]:
    """Yield each record of a file as its own JSON bytes, or why there is none in its place."""
    try:
        _ANY.decode(text)
    except UNREADABLE as error:
        yield from _lines_or_salvage(text, error)
    else:
        yield from _open(text, 0, Why.NO_RECORDS)


def _lines_or_salvage(text: bytes, error: Exception) -> Iterator[Piece]:
    if _is_json(text.lstrip().split(b"\n", 1)[0]):
        yield from _lines(text)
        return
    start = _skip_space(text, 0)
    while (end := _value_end(text, start)) is not None:
        yield from _open(text[start:end], 0, Why.NO_RECORDS)
        start = _skip_space(text, end)
    if start < len(text) or not text.strip():
        yield from _salvage(text[start:], error)


def _skip_space(text: bytes, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _lines(text: bytes) -> Iterator[Piece]:
    start = 0
    number = 0
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        start = end + 1
        number += 1
        if not line:
            continue
        try:
            _ANY.decode(line)
        except UNREADABLE as error:
            if _is_record(line):
                yield line
            else:
                yield Skipped(Why.NOT_JSON, f"Line {number} is not JSON: {error}.")
        else:
            yield from _open(line, 0, Why.NOT_A_RECORD)


def _salvage(text: bytes, error: Exception) -> Iterator[Piece]:
    """Yield the whole records of a damaged file, and one skip for each damaged stretch."""
    done = in_vain = 0
    start = text.find(_RESYNC)
    damaged = start < 0
    while start >= 0 and in_vain < _IN_VAIN:
        damaged = damaged or not _BETWEEN.fullmatch(text, done, start)
        limit = min(start + _LARGEST, len(text))
        end = _closing(text, start, limit)
        if end is None or not (_is_json(text[start:end]) or _is_record(text[start:end])):
            damaged = True
            in_vain += (end or limit) - start
            start = text.find(_RESYNC, start + 1)
            continue
        if damaged:
            yield _damage(text, done, start, error)
        yield text[start:end]
        done, damaged = end, False
        start = text.find(_RESYNC, end)
    if damaged or text[done:].strip(b"]} \r\n\t"):
        yield _damage(text, done, len(text), error)
    elif any(_is_json(text + closing) for closing in _CLOSINGS):
        yield Skipped(Why.NOT_JSON, "The text ends before it is closed: records may be missing.")


def _damage(text: bytes, start: int, end: int, error: Exception) -> Skipped:
    if not text.strip():
        return Skipped(Why.EMPTY, "The file is empty.")
    return Skipped(Why.NOT_JSON, f"Bytes {start:,} to {end:,} are not JSON: {error}.")


def _is_record(text: bytes) -> bool:
    """Return whether it is a record as lenient readers read it, though it is not quite JSON."""
    values = untyped(text)
    return isinstance(values, dict) and any(sign in values for sign in _RECORD_SIGNS)


def _value_end(text: bytes, start: int) -> int | None:
    """Return where the object or list that begins at `start` ends, or None if it is not whole."""
    end = _closing(text, start, sys.maxsize)
    return end if end is not None and _is_json(text[start:end]) else None


def _closing(text: bytes, start: int, limit: int) -> int | None:
    """Return where the bracket at `start` is closed."""
    depth = 0
    for match in _STRUCTURE.finditer(text, start, limit):
        sign = match[0]
        depth += (sign in b"{[") - (sign in b"}]")
        if depth <= 0:
            return match.end()
    return None


def _open(text: bytes, depth: int, otherwise: Why) -> Iterator[Piece]:
    first = text.lstrip()[:1]
    if depth > _DEPTH:
        yield Skipped(Why.NOT_A_RECORD, "It is wrapped too many times.")
    elif first == b"{":
        yield from _open_object(text, depth, otherwise)
    elif first == b"[":
        yield from _elements([text.lstrip()], depth)
    elif first == b'"':
        yield from _open_string(text, depth, otherwise)
    else:
        yield Skipped(otherwise, f"{_shown(text)} is not a CloudTrail record.")


def _open_object(text: bytes, depth: int, otherwise: Why) -> Iterator[Piece]:
    members = _decoded(_MEMBERS, text)
    if _has_id(members):
        yield text
        return
    if lists := _all(text, members, (_RECORDS,), b"["):
        yield from _elements(lists, depth)
        return
    other = next((skip for sign, skip in _OTHERS if sign in members), None)
    if other:
        yield other
    elif any(sign in members for sign in _RECORD_SIGNS) and "CloudTrailEvent" not in members:
        yield text
    elif lists := _all(text, members, _LISTS, b"["):
        yield from _elements(lists, depth)
    elif wrapped := _all(text, members, _WRAPS, b'{"'):
        for each in wrapped:
            yield from _open(each, depth + 1, Why.NOT_A_RECORD)
    else:
        yield Skipped(otherwise, f"{_shown(text)} holds no CloudTrail records.")


def _has_id(members: Members) -> bool:
    """Return whether these members are a record's beyond doubt, whatever else is among them."""
    try:
        return bool(_STRING.decode(members["eventID"]))
    except (KeyError, *UNREADABLE):
        return False


def _all(text: bytes, members: Members, names: tuple[str, ...], begin: bytes) -> list[bytes]:
    """Return every value of the first of these names that has one that begins so.

    An object may have a member twice. Of `members` the last is left, as other readers have it.
    """
    if not any(name in members for name in names):
        return []
    pairs = [(name.text, bytes(value)) for name, value in _decoded(_PAIRS, text).items()]
    for each in names:
        values = [value for name, value in pairs if name == each]
        if any(value[:1] in begin for value in values):
            return values
    return []


def _elements(lists: Iterable[bytes], depth: int) -> Iterator[Piece]:
    for each in lists:
        if each[:1] != b"[":
            yield Skipped(Why.NOT_A_RECORD, f"{_shown(each)} stands where a list belongs.")
            continue
        for element in _ELEMENTS.decode(each):
            yield from _open(bytes(element), depth + 1, Why.NOT_A_RECORD)


def _decoded(decoder: msgspec.json.Decoder[Decoded], text: bytes) -> Decoded:
    try:
        return decoder.decode(text)
    except UNREADABLE:
        return decoder.decode(text.decode("utf-8", "replace"))


def _open_string(text: bytes, depth: int, otherwise: Why) -> Iterator[Piece]:
    try:
        inner = _STRING.decode(text).encode("utf-8", "replace")
    except UNREADABLE:
        inner = b""
    if _is_json(inner):
        yield from _open(inner, depth + 1, otherwise)
    elif _is_record(inner):
        yield inner
    else:
        yield Skipped(otherwise, f"{_shown(text)} is text, not a CloudTrail record.")


def _is_json(text: bytes) -> bool:
    try:
        _ANY.decode(text)
    except UNREADABLE:
        return False
    return True


def _shown(text: bytes) -> str:
    start = text.lstrip()[:60].decode("utf-8", "replace")
    return ascii(start)
