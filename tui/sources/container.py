"""From delivered bytes to JSON text in UTF-8: gzip or plain, never more than the cap.

Owns decompression only. What the text means is `envelope`. CloudTrail delivers gzip, but copied
buckets hold plain JSON under the same names (S3 layout facts), so the bytes decide, not the name.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import NamedTuple, cast

from isal import isal_zlib

from tui.domain.skipped import Skipped, Why

CAP = 1 << 30
"""Default limit for one decompressed file, in bytes."""

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
_WBITS_GZIP = 31
_STEP = 1 << 16
"""Bytes that a member is first fed with: more than most delivered files have."""
_STEPS = 16
"""A damaged file is read again in 2 to the power of this many steps; the one that fails is lost."""
_DamagedError = cast("type[Exception]", isal_zlib.error)  # its stub declares an instance


class Unpacked(NamedTuple):
    """The text that could be had, and what went wrong on the way to the rest, if anything."""

    text: bytes
    problem: Skipped | None


def unpack(data: bytes, cap: int = CAP) -> Unpacked:
    """Return the text of a delivered file; a damaged one gives what comes before the damage."""
    if not data:
        return Unpacked(b"", Skipped(Why.EMPTY, "The file is empty."))
    if data.startswith(GZIP_MAGIC):
        return _gunzip(data, cap)
    if len(data) > cap:
        return Unpacked(b"", _too_large(cap))
    return Unpacked(_in_utf8(data), None)


def _gunzip(data: bytes, cap: int) -> Unpacked:
    """Decompress every member: a file may be several gzip streams one after the other."""
    parts: list[bytes] = []
    size = start = 0
    while data.startswith(GZIP_MAGIC, start):
        try:
            part, end = _member(data, start, cap - size + 1)
        except _DamagedError as error:
            problem = Skipped(Why.NOT_COMPRESSED_RIGHT, f"The gzip data is damaged: {error}.")
            parts.append(_before_damage(data[start:], cap - size))
            return Unpacked(_in_utf8(b"".join(parts)), problem)
        parts.append(part)
        size += len(part)
        if size > cap:
            return Unpacked(b"", _too_large(cap))
        if end is None:
            problem = Skipped(Why.TRUNCATED, "The gzip data ends early.")
            return Unpacked(_in_utf8(b"".join(parts)), problem)
        start = end
    text = parts[0] if len(parts) == 1 else b"".join(parts)
    trailing = None
    if start < len(data):
        trailing = Skipped(Why.TRAILING_DATA, f"{len(data) - start:,} bytes follow the gzip data.")
    return Unpacked(_in_utf8(text), trailing)


def _member(data: bytes, start: int, limit: int) -> tuple[bytes, int | None]:
    """Return the text of the member that begins at `start`, and where it ends; None for nowhere.

    Never more than `limit` bytes of text. It is fed in steps that double, as what follows a member
    is copied with each: a file of a hundred thousand members would be, whole, as often.
    """
    stream = isal_zlib.decompressobj(wbits=_WBITS_GZIP)
    view = memoryview(data)
    parts: list[bytes] = []
    step = _STEP
    while start < len(data) and limit > 0:
        fed = view[start : start + step]
        parts.append(stream.decompress(fed, max_length=limit))
        limit -= len(parts[-1])
        start += len(fed) - len(stream.unused_data)
        if stream.eof:
            break
        step *= 2
    return parts[0] if len(parts) == 1 else b"".join(parts), start if stream.eof else None


def _before_damage(data: bytes, room: int) -> bytes:
    """Decompress in small steps, so that what lies before a damaged place is not lost."""
    stream = isal_zlib.decompressobj(wbits=_WBITS_GZIP)
    out = bytearray()
    step = max(1, len(data) >> _STEPS)
    for start in range(0, len(data), step):
        try:
            out += stream.decompress(data[start : start + step], max_length=max(room - len(out), 1))
        except _DamagedError:
            break
        if len(out) >= room:
            break
    return bytes(out)


def _in_utf8(text: bytes) -> bytes:
    """Take off a byte order mark; UTF-16, as PowerShell's `>` writes it, is told by its own."""
    if text.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return text.decode("utf-16", "replace").encode()
    return text.removeprefix(BOM_UTF8)


def _too_large(cap: int) -> Skipped:
    return Skipped(
        Why.TOO_LARGE,
        f"The file holds more than {cap:,} bytes once decompressed; "
        "raise the limit in the settings to read it.",
    )
