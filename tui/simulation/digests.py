"""Signed digest files: what CloudTrail delivers every hour so that its log files can be verified.

Owns the format, the signatures and the chain; which log files there are is told. Private keys are
made when they are needed and never leave the process. `cryptography` is imported then, too.

Sources: CloudTrail user guide, "CloudTrail digest file structure" and "Custom implementations of
CloudTrail log file integrity validation".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from isal import igzip

from tui.domain.digests import DigestFile, PublicKey
from tui.simulation.tokens import stamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

HOUR = 3_600
ALGORITHM = "SHA256withRSA"
_BITS = 2048
_EXPONENT = 65537
_VALID = 30 * 24 * HOUR
"""Seconds: every published key of CloudTrail is valid for 30 days."""


class Signer:
    """A key of one region, made when the first digest is signed."""

    def __init__(self, region: str, start: int) -> None:
        """`start` is when the key becomes valid, in seconds since 1970."""
        self._region = region
        self._start = start
        self._private: RSAPrivateKey | None = None
        self._public: PublicKey | None = None

    def public(self) -> PublicKey:
        """Return the key as ListPublicKeys gives it: PKCS#1, and the MD5 of that."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        if self._public is None:
            made = self._key().public_key()
            value = made.public_bytes(Encoding.DER, PublicFormat.PKCS1)
            fingerprint = hashlib.md5(value, usedforsecurity=False).hexdigest()
            span = (self._start * 1000, (self._start + _VALID) * 1000)
            self._public = PublicKey(self._region, fingerprint, value, *span)
        return self._public

    def sign(self, text: str) -> str:
        """Return the signature of a text in hex."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._key().sign(text.encode(), PKCS1v15(), SHA256()).hex()

    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

        if self._private is None:
            self._private = generate_private_key(_EXPONENT, _BITS)
        return self._private


class Logged(NamedTuple):
    """A log file that a digest names."""

    bucket: str
    key: str
    sha256: str
    """Of its uncompressed content, in hex."""
    oldest: str | None = None
    """Times of its events, as written in records."""
    newest: str | None = None


class Origin(NamedTuple):
    """Whose digests they are, and where they go."""

    bucket: str
    root: str
    """Ends in `AWSLogs/`, or in the organization's id and a slash."""
    account: str
    region: str
    trail: str
    home: str

    def key(self, end: int, *, backfill: bool = False) -> str:
        """Return the key of the digest that ends at a second since 1970."""
        written = stamp(end)
        packed = written.replace("-", "").replace(":", "")
        tail = "_backfill" if backfill else ""
        name = f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail}_{self.home}_{packed}"
        folder = f"{self.root}{self.account}/CloudTrail-Digest/{self.region}"
        return f"{folder}/{written[:10].replace('-', '/')}/{name}{tail}.json.gz"


class Hour(NamedTuple):
    """What one digest covers: deliveries from `start` up to `end`, in seconds since 1970."""

    start: int
    end: int
    logs: tuple[Logged, ...] = ()
    restart: bool = False
    """Whether a chain begins here: validation or logging was turned on again."""
    signer: Signer | None = None
    """Whose key it is signed with, if not that of the chain: keys change now and then."""
    origin: Origin | None = None
    """Where it goes, if not where the chain goes: trails are told to use other buckets."""


class _Made(NamedTuple):
    bucket: str
    key: str
    sha256: str
    signature: str


def chain(
    origin: Origin, hours: Iterable[Hour], signer: Signer, *, backfill: bool = False
) -> Iterator[DigestFile]:
    """Yield the digest of each hour, oldest first; the first one begins the chain."""
    before: _Made | None = None
    for hour in hours:
        before = None if hour.restart else before
        own, place = hour.signer or signer, hour.origin or origin
        text = json.dumps(_body(place, hour, own, before, backfill=backfill)).encode()
        key = place.key(hour.end, backfill=backfill)
        digest = hashlib.sha256(text).hexdigest()
        previous = before.signature if before else "null"
        signature = own.sign(f"{stamp(hour.end)}\n{place.bucket}/{key}\n{digest}\n{previous}")
        before = _Made(place.bucket, key, digest, signature)
        metadata = {"signature": signature, "signature-algorithm": ALGORITHM}
        if backfill:
            metadata["backfill-generation-timestamp"] = stamp(hour.end)
        body = igzip.compress(text, 1, mtime=0)
        version = hashlib.md5(body, usedforsecurity=False).hexdigest()
        yield DigestFile(f"s3://{place.bucket}/{key}", version, metadata, body)


def _body(
    origin: Origin, hour: Hour, signer: Signer, before: _Made | None, *, backfill: bool
) -> dict[str, object]:
    times = [each.oldest for each in hour.logs if each.oldest]
    latest = [each.newest for each in hour.logs if each.newest]
    return {
        "awsAccountId": origin.account,
        "digestStartTime": stamp(hour.start),
        "digestEndTime": stamp(hour.end),
        "digestS3Bucket": origin.bucket,
        "digestS3Object": origin.key(hour.end, backfill=backfill),
        "digestPublicKeyFingerprint": signer.public().fingerprint,
        "digestSignatureAlgorithm": ALGORITHM,
        "newestEventTime": max(latest, default=None),
        "oldestEventTime": min(times, default=None),
        "previousDigestS3Bucket": before.bucket if before else None,
        "previousDigestS3Object": before.key if before else None,
        "previousDigestHashValue": before.sha256 if before else None,
        "previousDigestHashAlgorithm": "SHA-256" if before else None,
        "previousDigestSignature": before.signature if before else None,
        "logFiles": [_log(each) for each in hour.logs],
    }


def _log(logged: Logged) -> dict[str, object]:
    return {
        "s3Bucket": logged.bucket,
        "s3Object": logged.key,
        "hashValue": logged.sha256,
        "hashAlgorithm": "SHA-256",
        "newestEventTime": logged.newest,
        "oldestEventTime": logged.oldest,
    }
