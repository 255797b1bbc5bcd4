"""Chains of digests as AWS would sign them, made for one test each, small enough to read."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import md5, sha256

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tui.domain.integrity import HOUR, Stream
from tui.integrity.chain import Listed
from tui.integrity.digest import SIGNED_WITH, Delivered, Log, Metadata
from tui.integrity.judge import Judged, judge
from tui.integrity.signature import KeyRing, PublicKey

STREAM = Stream("audit", "us-east-1", "111122223333", "eu-west-1")
BUCKET = "trail-bucket"
NOON = 1_700_049_661_000
"""2023-11-15 12:01:01 UTC: each trail keeps its own minute and second."""
MONTH = 30 * 24 * HOUR


@cache
def private_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Return one of a few keys; they are made when first asked for."""
    del number
    return rsa.generate_private_key(65537, 2048)


def public_key(number: int = 0, *, encoding: PublicFormat = PublicFormat.PKCS1) -> PublicKey:
    value = private_key(number).public_key().public_bytes(Encoding.DER, encoding)
    return PublicKey(md5(value).hexdigest(), value, NOON - MONTH, NOON + MONTH)


def ring(*keys: PublicKey) -> KeyRing:
    return KeyRing(STREAM.region, keys or (public_key(),))


def text_of(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def key_of(end: int, *, backfill: bool = False) -> str:
    moment = datetime.fromtimestamp(end / 1000, UTC)
    name = f"{STREAM.account}_CloudTrail-Digest_{STREAM.region}_{STREAM.trail}"
    name += f"_{STREAM.home_region}_{moment:%Y%m%dT%H%M%SZ}{'_backfill' if backfill else ''}"
    folder = f"AWSLogs/{STREAM.account}/CloudTrail-Digest/{STREAM.region}/{moment:%Y/%m/%d}"
    return f"{folder}/{name}.json.gz"


def sign(text: bytes, number: int = 0) -> str:
    return private_key(number).sign(text, padding.PKCS1v15(), SHA256()).hex()


@dataclass(slots=True)
class Chain:
    """Digests in the order of their hours; every way to make the next one is a method."""

    number: int = 0
    backfill: bool = False
    made: list[Delivered] = field(default_factory=list)
    _last: tuple[str, str, str, str] | None = None
    """Bucket, key, hash and signature of the one before."""

    def add(
        self,
        end: int,
        *,
        start: int | None = None,
        logs: dict[str, bytes] | None = None,
        fresh: bool = False,
        bucket: str = BUCKET,
        **changes: object,
    ) -> Delivered:
        """Sign the digest of the hour that ends then; `changes` overwrite its JSON."""
        bucket_, key_, hash_, signature_ = (None,) * 4 if fresh or not self._last else self._last
        key = key_of(end, backfill=self.backfill)
        public = public_key(self.number)
        body: dict[str, object] = {
            "awsAccountId": STREAM.account,
            "digestStartTime": text_of(end - HOUR if start is None else start),
            "digestEndTime": text_of(end),
            "digestS3Bucket": bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": public.fingerprint,
            "digestSignatureAlgorithm": SIGNED_WITH,
            "newestEventTime": None,
            "oldestEventTime": None,
            "previousDigestS3Bucket": bucket_,
            "previousDigestS3Object": key_,
            "previousDigestHashValue": hash_,
            "previousDigestHashAlgorithm": "SHA-256" if hash_ else None,
            "previousDigestSignature": signature_,
            "logFiles": [entry(key, content) for key, content in (logs or {}).items()],
        }
        text = json.dumps(body | changes).encode()
        said = body | changes
        signed = (
            f"{said['digestEndTime']}\n{said['digestS3Bucket']}/{said['digestS3Object']}\n"
            f"{sha256(text).hexdigest()}\n{said['previousDigestSignature'] or 'null'}"
        )
        signature = sign(signed.encode(), self.number)
        generated = text_of(end) if self.backfill else None
        metadata = Metadata(signature, SIGNED_WITH, generated)
        data = gzip.compress(text, mtime=0)
        self.made.append(Delivered(f"s3://{bucket}/{key}", data, metadata, bucket, key))
        self._last = (bucket, key, sha256(text).hexdigest(), signature)
        return self.made[-1]

    def hours(self, count: int) -> list[Delivered]:
        """Add so many hours, one after the other, the first one ending at NOON."""
        first = NOON + len(self.made) * HOUR
        return [self.add(first + hour * HOUR) for hour in range(count)]


def entry(key: str, content: bytes) -> dict[str, str]:
    return {
        "s3Bucket": BUCKET,
        "s3Object": key,
        "hashValue": sha256(content).hexdigest(),
        "hashAlgorithm": "SHA-256",
    }


def log_of(content: bytes, key: str = "AWSLogs/log.json.gz") -> Log:
    return Log(BUCKET, key, sha256(content).hexdigest())


def judged(delivered: Delivered, keys: KeyRing | None = None) -> Judged:
    return judge(delivered, STREAM, listed(delivered).end, keys or ring())


def listed(delivered: Delivered) -> Listed:
    stamp = delivered.uri.removesuffix(".json.gz").removesuffix("_backfill")[-16:]
    moment = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return Listed(delivered.uri, int(moment.timestamp() * 1000))
