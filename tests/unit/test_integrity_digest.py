from __future__ import annotations

import gzip
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.unit.signed import (
    NOON,
    STREAM,
    Chain,
    judged,
    private_key,
    public_key,
    ring,
)
from tui.domain.integrity import HOUR, DigestVerdict, Kind
from tui.integrity.digest import SIGNED_WITH, Delivered, Metadata, read
from tui.integrity.judge import Judged
from tui.integrity.signature import string_to_sign

LOGS = {f"AWSLogs/{number}.json.gz": b"{}" * number for number in range(3)}


@pytest.fixture
def digest() -> Delivered:
    return Chain().add(NOON, logs=LOGS)


def kinds(found: Judged) -> list[Kind]:
    return [finding.kind for finding in found.findings]


def resigned(delivered: Delivered, signature: str, algorithm: str = SIGNED_WITH) -> Delivered:
    return delivered._replace(metadata=Metadata(signature, algorithm))


def rewritten(delivered: Delivered, **changes: object) -> Delivered:
    body = json.loads(gzip.decompress(delivered.data)) | changes
    body = {key: value for key, value in body.items() if value is not ...}
    return delivered._replace(data=gzip.compress(json.dumps(body).encode()))


def test_a_digest_as_signed_is_valid_and_tells_its_hour_and_logs(digest: Delivered) -> None:
    found = judged(digest)
    assert (found.verdict, found.findings) == (DigestVerdict.VALID, ())
    assert found.digest is not None
    assert found.link is not None
    assert found.link.vouches
    assert (found.digest.start, found.digest.end) == (NOON - HOUR, NOON)
    assert [log.key for log in found.digest.logs] == list(LOGS)


def test_a_digest_of_an_hour_without_logs_is_valid() -> None:
    found = judged(Chain().add(NOON))
    assert found.verdict is DigestVerdict.VALID
    assert found.digest is not None
    assert found.digest.logs == ()


def test_the_signed_string_is_four_lines_without_a_last_line_feed() -> None:
    chain = Chain()
    first, second = (read(each) for each in chain.hours(2))
    place = f"{first.bucket}/{first.key}"
    assert string_to_sign(first) == f"{first.end_text}\n{place}\n{first.sha256}\nnull".encode()
    assert second.previous is not None
    assert string_to_sign(second).endswith(f"\n{second.previous.signature}".encode())


@pytest.mark.parametrize("encoding", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_keys_are_read_in_either_encoding(digest: Delivered, encoding: PublicFormat) -> None:
    key = public_key(encoding=encoding)._replace(fingerprint=public_key().fingerprint)
    assert judged(digest, ring(key)).verdict is DigestVerdict.VALID


def test_a_digest_of_which_a_byte_was_changed_is_not_signed(digest: Delivered) -> None:
    found = judged(rewritten(digest, newestEventTime="2023-11-15T11:30:00Z"))
    assert kinds(found) == [Kind.DIGEST_INVALID_SIGNATURE]
    assert found.verdict is DigestVerdict.INVALID


def test_another_digests_signature_is_none(digest: Delivered) -> None:
    other = Chain().add(NOON + HOUR)
    assert kinds(judged(digest._replace(metadata=other.metadata))) == [
        Kind.DIGEST_INVALID_SIGNATURE
    ]


@pytest.mark.parametrize("algorithm", ["SHA1withRSA", "", None])
def test_a_signature_by_another_algorithm_is_a_finding(
    digest: Delivered, algorithm: str | None
) -> None:
    assert digest.metadata is not None
    changed = digest._replace(metadata=digest.metadata._replace(algorithm=algorithm))
    assert kinds(judged(changed)) == [Kind.DIGEST_INVALID_SIGNATURE]


def test_a_sha1_signature_does_not_pass_for_a_sha256_one(digest: Delivered) -> None:
    signed = string_to_sign(read(digest))
    weak = private_key().sign(signed, padding.PKCS1v15(), SHA1()).hex()
    assert kinds(judged(resigned(digest, weak))) == [Kind.DIGEST_INVALID_SIGNATURE]


@pytest.mark.parametrize("signature", ["", "zz", "abc", "ab cd", "00" * 256])
def test_a_signature_that_is_no_hex_is_a_finding(digest: Delivered, signature: str) -> None:
    assert kinds(judged(resigned(digest, signature))) == [Kind.DIGEST_INVALID_SIGNATURE]


def test_a_digest_in_the_bucket_without_a_signature_is_a_finding(digest: Delivered) -> None:
    found = judged(digest._replace(metadata=Metadata()))
    assert kinds(found) == [Kind.DIGEST_INVALID_SIGNATURE]


def test_a_copy_without_kept_metadata_is_unsigned_and_no_finding(digest: Delivered) -> None:
    found = judged(digest._replace(metadata=None, bucket=None, key=None))
    assert (found.verdict, found.findings) == (DigestVerdict.UNSIGNED, ())
    assert found.link is not None
    assert not found.link.vouches


def test_an_unknown_fingerprint_is_a_key_not_found(digest: Delivered) -> None:
    found = judged(digest, ring(public_key(1)))
    assert kinds(found) == [Kind.DIGEST_KEY_NOT_FOUND]
    assert STREAM.region in found.findings[0].detail


def test_a_key_that_had_expired_is_not_used(digest: Delivered) -> None:
    expired = public_key()._replace(end=NOON - 1)
    assert kinds(judged(digest, ring(expired))) == [Kind.DIGEST_KEY_NOT_FOUND]


def test_a_key_may_begin_after_the_hour_it_signs_as_digests_are_delivered_late(
    digest: Delivered,
) -> None:
    key = public_key()._replace(start=NOON + HOUR)
    assert judged(digest, ring(key)).verdict is DigestVerdict.VALID


def test_of_keys_with_one_fingerprint_the_one_valid_then_is_used(digest: Delivered) -> None:
    old = public_key(1)._replace(fingerprint=public_key().fingerprint, end=NOON - 1)
    assert judged(digest, ring(old, public_key())).verdict is DigestVerdict.VALID


def elliptic() -> bytes:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("value", [b"", b"0\x82\x01", elliptic()], ids=["empty", "cut", "no rsa"])
def test_a_key_that_cannot_be_read_is_a_key_not_found(digest: Delivered, value: bytes) -> None:
    found = judged(digest, ring(public_key()._replace(value=value)))
    assert kinds(found) == [Kind.DIGEST_KEY_NOT_FOUND]


def test_a_digest_found_elsewhere_has_been_moved_though_its_signature_holds(
    digest: Delivered,
) -> None:
    found = judged(digest._replace(bucket="copies", uri=f"s3://copies/{digest.key}"))
    assert kinds(found) == [Kind.DIGEST_MOVED]
    assert digest.uri in found.findings[0].detail
    assert found.verdict is DigestVerdict.INVALID
    assert found.link is not None
    assert found.link.vouches


@pytest.mark.parametrize(
    "change",
    [
        {"digestEndTime": ...},
        {"digestEndTime": "noon"},
        {"digestStartTime": "2023-11-15T13:01:01Z"},
        {"digestS3Object": 7},
        {"logFiles": [{"s3Bucket": "b"}]},
        {"previousDigestS3Object": "AWSLogs/x"},
        {"digestSignatureAlgorithm": "SHA1withRSA"},
        {"logFiles": [{"s3Bucket": "b", "s3Object": "k", "hashValue": "00"}]},
    ],
)
def test_json_that_is_no_digest_is_an_invalid_format(
    digest: Delivered, change: dict[str, object]
) -> None:
    found = judged(rewritten(digest, **change))
    assert kinds(found) == [Kind.DIGEST_INVALID_FORMAT]
    assert (found.digest, found.link, found.verdict) == (None, None, DigestVerdict.INVALID)


def test_bytes_that_are_not_one_gzip_member_are_an_invalid_format(digest: Delivered) -> None:
    text = gzip.decompress(digest.data)
    damaged = [b"", text, digest.data[:-1], digest.data + b"\0", digest.data * 2]
    for data in [*damaged, gzip.compress(b"[]"), gzip.compress(b"\xff")]:
        assert kinds(judged(digest._replace(data=data))) == [Kind.DIGEST_INVALID_FORMAT]


def test_a_digest_that_decompresses_to_too_much_is_not_read(digest: Delivered) -> None:
    bomb = gzip.compress(b" " * (65 << 20), 1)
    found = judged(digest._replace(data=bomb))
    assert kinds(found) == [Kind.DIGEST_INVALID_FORMAT]
    assert "67,108,864" in found.findings[0].detail
