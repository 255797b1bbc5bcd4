"""One digest as a verification knows it: judged, and as it is kept.

Owns which verdict is kept of a digest: the first thing that is wrong with it, whether or not its
content is trusted.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from tui.domain.digests import VALID, DigestFile, SavedDigest
from tui.domain.evidence import ListedDigest
from tui.domain.integrity import DigestVerdict, Finding, Kind
from tui.integrity.chain import Followed
from tui.integrity.digest import Delivered, Metadata
from tui.integrity.judge import Link

OF_A_DIGEST = frozenset(
    {
        Kind.DIGEST_INVALID_SIGNATURE,
        Kind.DIGEST_INVALID_HASH,
        Kind.DIGEST_INVALID_FORMAT,
        Kind.DIGEST_MOVED,
        Kind.DIGEST_KEY_NOT_FOUND,
    }
)
"""Findings that make a digest itself invalid."""
_UNPROVEN = (Kind.DIGEST_INVALID_SIGNATURE, Kind.DIGEST_KEY_NOT_FOUND)
_VOUCHED = "The digest after it vouches for its content: its log files are held against it."


class Known(NamedTuple):
    """One digest, judged, without what it lists."""

    file: DigestFile
    link: Link | None
    verdict: DigestVerdict
    findings: tuple[Finding, ...]
    logs: int


def delivered(file: DigestFile) -> Delivered:
    """Return a digest file as the verifier takes it; a path is not held against its place."""
    _, _, rest = file.uri.partition("s3://")
    bucket, _, key = rest.partition("/")
    metadata = Metadata(
        file.metadata.get("signature"),
        file.metadata.get("signature-algorithm"),
        file.metadata.get("backfill-generation-timestamp"),
    )
    if not bucket:  # a copy: what is not saved with it says nothing against it
        return Delivered(file.uri, file.body, metadata if file.metadata else None)
    return Delivered(file.uri, file.body, metadata, bucket, key)


def told(finding: Finding, followed: Followed) -> Finding:
    """Return a finding about a digest with what its successor says of its content."""
    if finding.kind not in _UNPROVEN or finding.object not in followed.vouched:
        return finding
    return finding._replace(detail=f"{finding.detail} {_VOUCHED}")


def by_itself(known: Known, listed: ListedDigest) -> SavedDigest:
    """Return what to keep of a digest before its chain is followed."""
    trusted = known.link is not None and known.link.vouches
    return saved(known, listed, known.findings, trusted=trusted)


def saved(
    known: Known, listed: ListedDigest, findings: Sequence[Finding], *, trusted: bool
) -> SavedDigest:
    """Return what to keep of a digest; `findings` may be about others as well."""
    uri = known.file.uri
    kinds = (each.kind for each in findings if each.object == uri and each.kind in OF_A_DIGEST)
    lacking = known.verdict is DigestVerdict.UNSIGNED and not trusted
    verdict = next(kinds, "unsigned" if lacking else VALID)
    start, now = known.link.start if known.link else None, int(time.time() * 1000)
    return SavedDigest(known.file, listed.stream, start, listed.end, verdict, now, trusted)
