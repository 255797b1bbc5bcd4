"""A digest file as a value: read from exactly the bytes that were delivered.

Owns the format, and which of its claims can be checked without a key: where it says it lies, and
which algorithms it names. Nothing is ever written again: hashes are those of the bytes as stored.

Source: CloudTrail user guide, "CloudTrail digest file structure".
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

import msgspec

from tui.deriving.times import event_time
from tui.integrity.member import NotOneMember, content

SIGNED_WITH = "SHA256withRSA"
HASHED_WITH = "SHA-256"
_HEX = 64


class Metadata(NamedTuple):
    """What S3 keeps beside a digest, as strings of its user metadata; None is an absent entry."""

    signature: str | None = None
    """`signature`: lower-case hex."""
    algorithm: str | None = None
    """`signature-algorithm`."""
    generated: str | None = None
    """`backfill-generation-timestamp`, of backfill digests."""


class Delivered(NamedTuple):
    """A digest file before it is read."""

    uri: str
    """`s3://bucket/key`, or the path of a copy."""
    data: bytes
    metadata: Metadata | None
    """None when it was not kept, as with a copy: then only a successor can vouch for it."""
    bucket: str | None = None
    """Where it lies; None when that is not known, as with a copy: then it is not compared."""
    key: str | None = None


class Log(NamedTuple):
    """A log file that a digest names."""

    bucket: str
    key: str
    sha256: str
    """Of the uncompressed content, in hex."""

    @property
    def uri(self) -> str:
        """Return where it was delivered."""
        return f"s3://{self.bucket}/{self.key}"


class Previous(NamedTuple):
    """What a digest says of its predecessor."""

    bucket: str
    key: str
    sha256: str | None
    """Of its uncompressed bytes, in hex; None when that is not said."""
    signature: str

    @property
    def uri(self) -> str:
        """Return where the predecessor was delivered."""
        return f"s3://{self.bucket}/{self.key}"


class Digest(NamedTuple):
    """What one digest file says; its hour is in ms since 1970 UTC, by time of delivery."""

    uri: str
    """Where it was found."""
    account: str
    start: int
    end: int
    end_text: str
    """`digestEndTime` exactly as written, which is what was signed."""
    bucket: str
    """Where it says it was delivered."""
    key: str
    fingerprint: str
    sha256: str
    """Of its own uncompressed bytes, in hex."""
    previous: Previous | None
    """None at the start of a chain."""
    logs: tuple[Log, ...]
    metadata: Metadata | None
    moved: bool
    """Whether it was found elsewhere than where it says it was delivered."""

    @property
    def home(self) -> str:
        """Return where it was delivered, which is how its successor calls it."""
        return f"s3://{self.bucket}/{self.key}"


class NoDigest(Exception):
    """The bytes are no digest file; the text is a clause that says why."""


class _LogFile(msgspec.Struct, rename="camel"):
    s3_bucket: str
    s3_object: str
    hash_value: str
    hash_algorithm: str = HASHED_WITH


class _Body(msgspec.Struct, rename="camel"):
    """The fields that are needed; every other one is signed all the same."""

    aws_account_id: str
    digest_start_time: str
    digest_end_time: str
    digest_public_key_fingerprint: str
    log_files: list[_LogFile] | None
    digest_s3_bucket: str = msgspec.field(name="digestS3Bucket")
    digest_s3_object: str = msgspec.field(name="digestS3Object")
    previous_digest_signature: str | None
    digest_signature_algorithm: str = SIGNED_WITH
    previous_digest_s3_bucket: str | None = msgspec.field(
        name="previousDigestS3Bucket", default=None
    )
    previous_digest_s3_object: str | None = msgspec.field(
        name="previousDigestS3Object", default=None
    )
    previous_digest_hash_value: str | None = None
    previous_digest_hash_algorithm: str | None = HASHED_WITH


_DECODER = msgspec.json.Decoder(_Body)


def read(delivered: Delivered) -> Digest:
    """Return what a digest file says; raises NoDigest when it is none that CloudTrail writes."""
    try:
        text = content(delivered.data)
        body = _DECODER.decode(text)
    except NotOneMember as error:
        raise NoDigest(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoDigest(f"its JSON is not that of a digest ({error})") from None
    start, end = event_time(body.digest_start_time), event_time(body.digest_end_time)
    if start is None or end is None or start > end:
        raise NoDigest("the hour it covers cannot be read")
    if body.digest_signature_algorithm != SIGNED_WITH:
        raise NoDigest(f"it is signed with {body.digest_signature_algorithm[:40]}")
    return Digest(
        uri=delivered.uri,
        account=body.aws_account_id,
        start=start,
        end=end,
        end_text=body.digest_end_time,
        bucket=body.digest_s3_bucket,
        key=body.digest_s3_object,
        fingerprint=body.digest_public_key_fingerprint,
        sha256=sha256(text).hexdigest(),
        previous=_previous(body),
        logs=tuple(_log(each) for each in body.log_files or ()),
        metadata=delivered.metadata,
        moved=_moved(delivered, body),
    )


def _moved(delivered: Delivered, body: _Body) -> bool:
    found = (delivered.bucket, delivered.key)
    said = (body.digest_s3_bucket, body.digest_s3_object)
    return any(at is not None and at != claim for at, claim in zip(found, said, strict=True))


def _previous(body: _Body) -> Previous | None:
    """Return what it says of its predecessor: where it is and its signature, or nothing at all."""
    bucket, key = body.previous_digest_s3_bucket, body.previous_digest_s3_object
    signature, hashed = body.previous_digest_signature, body.previous_digest_hash_value
    if bucket is None and key is None and signature is None:
        return None
    if bucket is None or key is None or signature is None:
        raise NoDigest("it says only some things of its predecessor")
    if hashed is not None and body.previous_digest_hash_algorithm != HASHED_WITH:
        raise NoDigest("the hash of its predecessor is no SHA-256")
    return Previous(bucket, key, hashed, signature)


def _log(entry: _LogFile) -> Log:
    if entry.hash_algorithm != HASHED_WITH or len(entry.hash_value) != _HEX:
        raise NoDigest("the hash of a log file is no SHA-256")
    return Log(entry.s3_bucket, entry.s3_object, entry.hash_value)
