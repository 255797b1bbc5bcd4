"""What a file as delivered holds: one gzip member, and nothing after it.

Owns decompression for the purpose of hashing: it never holds more than a step of a log file, and
unlike reading for display it repairs nothing. What the content says is for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import cast

from isal import isal_zlib

CAP = 1 << 30
"""Most bytes that a file may decompress to; CloudTrail delivers 50 MB at most."""
DIGEST_CAP = 64 << 20
"""Most bytes that a digest may decompress to; 10,000 log files take about 5 MB."""
_STEP = 1 << 20
_WBITS_GZIP = 31
_DamagedError = cast("type[Exception]", isal_zlib.error)  # its stub declares an instance


class NotOneMember(Exception):
    """The bytes are not one gzip member; the text is a clause that says what they are."""


class TrailingData(NotOneMember):
    """Something follows the gzip member."""


def content(data: bytes, cap: int = DIGEST_CAP) -> bytes:
    """Return what the bytes decompress to; raises NotOneMember."""
    return b"".join(_steps(data, cap))


def content_hash(data: bytes, cap: int = CAP) -> str:
    """Return the SHA-256 of what the bytes decompress to, in hex; raises NotOneMember."""
    found = sha256()
    for step in _steps(data, cap):
        found.update(step)
    return found.hexdigest()


def _steps(data: bytes, cap: int) -> Iterator[bytes]:
    """Yield the content piece by piece; all of it is only good once this ends without raising."""
    stream = isal_zlib.decompressobj(wbits=_WBITS_GZIP)
    size = 0
    waiting = data
    while not stream.eof:
        try:
            step = stream.decompress(waiting, max_length=_STEP)
        except _DamagedError as error:
            raise NotOneMember(f"its gzip data is damaged ({error})") from None
        waiting = stream.unconsumed_tail
        size += len(step)
        if size > cap:
            raise NotOneMember(f"it decompresses to more than {cap:,} bytes")
        if not step and not waiting and not stream.eof:
            raise NotOneMember("its gzip data ends early" if data else "it is empty")
        yield step
    if stream.unused_data:
        raise TrailingData(f"{len(stream.unused_data):,} bytes follow its gzip data")
