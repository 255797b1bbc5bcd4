"""Simulated digests are signed and chained as the user guide describes, checked from scratch."""

from __future__ import annotations

import gzip
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.servers.digested import BUCKET, HOME, HOURS, delivered
from tui.domain.digests import DigestFile
from tui.simulation.digests import Hour, Logged, Origin, Signer, chain
from tui.sources.aws.keys import parse_key

ORIGIN = Origin("logs", "org/AWSLogs/o-1234567890/", "123456789012", "eu-west-1", "a_b", HOME)
LOG = Logged("logs", "key", "00" * 32, "2026-01-01T00:00:00Z", "2026-01-01T00:10:00Z")
START = 1_767_225_600


def made(*restarts: int, backfill: bool = False) -> tuple[Signer, list[DigestFile]]:
    signer = Signer("eu-west-1", START)
    hours = [
        Hour(START + n * 3600, START + (n + 1) * 3600, (LOG,) * n, n in restarts) for n in range(4)
    ]
    return signer, list(chain(ORIGIN, hours, signer, backfill=backfill))


def test_each_digest_is_signed_and_names_its_predecessor() -> None:
    signer, files = made()
    key = load_der_public_key(signer.public().value)
    assert isinstance(key, RSAPublicKey)
    before: tuple[str | None, ...] = (None, None, None)
    for number, file in enumerate(files):
        text = gzip.decompress(file.body)
        body = json.loads(text)
        named = (body["previousDigestS3Object"], body["previousDigestHashValue"])
        assert (*named, body["previousDigestSignature"]) == before
        digest = hashlib.sha256(text).hexdigest()
        place = f"{body['digestS3Bucket']}/{body['digestS3Object']}"
        signed = "\n".join((body["digestEndTime"], place, digest, before[2] or "null"))
        signature = file.metadata["signature"]
        key.verify(bytes.fromhex(signature), signed.encode(), PKCS1v15(), SHA256())
        assert file.uri == f"s3://{place}"
        assert len(body["logFiles"]) == number
        before = (body["digestS3Object"], digest, signature)


def test_the_key_of_a_digest_reads_as_its_place_and_hour() -> None:
    _, files = made(backfill=True)
    key = parse_key(files[0].uri.split("/", 3)[3])
    assert key
    assert (key.prefix, key.organization, key.region) == ("org/", "o-1234567890", "eu-west-1")
    assert key.digest == ("a_b", HOME, True)
    assert key.stamp == (START + 3600) * 1000
    assert files[0].metadata["backfill-generation-timestamp"] == "2026-01-01T01:00:00Z"


def test_a_restart_begins_a_new_chain() -> None:
    _, files = made(2)
    starts = [json.loads(gzip.decompress(each.body))["previousDigestS3Object"] for each in files]
    assert [each is None for each in starts] == [True, False, True, False]


def test_a_key_is_valid_for_thirty_days_and_named_by_the_md5_of_its_value() -> None:
    public = Signer("eu-west-1", START).public()
    assert public.end - public.start == 30 * 86_400_000
    assert public.fingerprint == hashlib.md5(public.value).hexdigest()
    assert public.value.startswith(b"\x30\x82\x01\x0a")


def test_two_days_are_delivered_with_a_digest_an_hour() -> None:
    given = delivered()
    assert [len(given.digests[region]) for region in given.digests] == [HOURS, HOURS]
    assert sum(map(len, given.logs.values())) >= 1_000
    named = {
        f"s3://{each['s3Bucket']}/{each['s3Object']}"
        for keys in given.digests.values()
        for key in keys
        for each in json.loads(gzip.decompress(given.objects[key][0]))["logFiles"]
    }
    assert named == {f"s3://{BUCKET}/{key}" for keys in given.logs.values() for key in keys}
