"""One log file and what its digest says of it.

Owns the comparison; whether the digest itself can be believed is not asked here.
"""

from __future__ import annotations

from hashlib import sha256

from tui.domain.integrity import LOG_KINDS, Finding, LogVerdict, Stream
from tui.integrity.digest import Log
from tui.integrity.member import NotOneMember, TrailingData, content_hash

_GZIP_MAGIC = b"\x1f\x8b"
_SENTENCES = {
    LogVerdict.MISSING: "A digest names this log file, but it is not there: it was deleted.",
    LogVerdict.MODIFIED: "Its content is not what AWS delivered: its SHA-256 is another.",
    LogVerdict.INVALID_FORMAT: "It is not what AWS delivered: it is no whole gzip file.",
    LogVerdict.TRAILING_DATA: "Something was appended to what AWS delivered.",
}


def check(log: Log, data: bytes | None, *, unpacked: bool = False) -> LogVerdict:
    """Return what a log file is; None stands for one that is not there.

    `unpacked` allows plain text, as copies on disk may be decompressed: it is the content that is
    hashed. In a bucket, what is no gzip file is not what was delivered.
    """
    if data is None:
        return LogVerdict.MISSING
    if unpacked and not data.startswith(_GZIP_MAGIC):
        return _compared(log, sha256(data).hexdigest())
    try:
        return _compared(log, content_hash(data))
    except TrailingData:
        return LogVerdict.TRAILING_DATA
    except NotOneMember:
        return LogVerdict.INVALID_FORMAT


def finding(
    log: Log, verdict: LogVerdict, stream: Stream, span: tuple[int, int], uri: str | None = None
) -> Finding:
    """Return the finding that a bad verdict is; `span` is the hour of its digest, in ms.

    `uri` is where the file was looked for, if not where the digest says.
    """
    return Finding(
        LOG_KINDS[verdict],
        uri or log.uri,
        _SENTENCES[verdict],
        stream.account,
        stream.region,
        *span,
        trail=stream.trail,
    )


def _compared(log: Log, found: str) -> LogVerdict:
    return LogVerdict.VALID if found == log.sha256 else LogVerdict.MODIFIED
