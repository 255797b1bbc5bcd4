"""Digest files, keys and log files as evidence: what is kept so that it can be verified again.

Values only: what follows from them is `integrity`'s, where they are kept is `storage`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.domain.integrity import Stream

VALID = "valid"
"""The verdict where nothing is wrong; any other is the kind of finding."""


class PublicKey(NamedTuple):
    """A key that verifies the digests of one region, as ListPublicKeys gives it."""

    region: str
    fingerprint: str
    value: bytes
    """DER."""
    start: int
    """Validity, ms since 1970 UTC."""
    end: int


class DigestFile(NamedTuple):
    """A digest file as it was fetched."""

    uri: str
    version: str
    """ETag, or another sign of the same bytes."""
    metadata: Mapping[str, str]
    """Of the object, by lower-case names: the signature is there."""
    body: bytes
    """As stored."""


class SavedDigest(NamedTuple):
    """A digest file with what became of it."""

    file: DigestFile
    stream: Stream
    start: int | None
    """ms since 1970 UTC; None if it cannot be read."""
    end: int
    """ms since 1970 UTC, as its name says."""
    verdict: str
    at: int
    """When that was found, ms since 1970 UTC."""
    trusted: bool = False
    """Whether its content is what AWS signed: by its own signature, or as its successor says."""


class SavedLog(NamedTuple):
    """A log file, as a digest names it or as the bucket alone has it."""

    uri: str
    verdict: str
    version: str | None
    """ETag in the bucket at that time; None if it was not there."""
    size: int | None
    at: int
    """When that was found, ms since 1970 UTC."""
    held: tuple[tuple[bytes, str], ...] = ()
    """The SHA-256 of bytes as delivered, and what the digest makes of them."""
