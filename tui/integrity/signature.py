"""Who signed a digest: the string that was signed, the keys, and the check itself.

Owns RSA PKCS#1 v1.5 with SHA-256 and nothing else: whatever a digest's metadata names instead is
no signature of AWS. Keys are those of the region in which the events were recorded.

Source: CloudTrail user guide, "Custom implementations of CloudTrail log file integrity validation".
`cryptography` is imported when the first key is read, since it takes a while.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tui.integrity.digest import Digest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_LOWER_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_KEYS_READ = 1_000
"""Keys that are kept as objects: one a month and region, a handful at a time."""


class PublicKey(NamedTuple):
    """A key as ListPublicKeys gives it; times are ms since 1970 UTC."""

    fingerprint: str
    value: bytes
    """DER, either a PKCS#1 RSAPublicKey or an X.509 SubjectPublicKeyInfo."""
    start: int
    end: int


class KeyRing:
    """The public keys of one region."""

    def __init__(self, region: str, keys: Iterable[PublicKey]) -> None:
        self.region = region
        self._keys: dict[str, list[PublicKey]] = {}
        for key in keys:
            self._keys.setdefault(key.fingerprint, []).append(key)

    def named(self, fingerprint: str) -> list[PublicKey]:
        """Return the keys with that fingerprint."""
        return self._keys.get(fingerprint, [])


class NotSigned(Exception):
    """The signature does not hold; the text is a clause that says why."""


class NoKey(Exception):
    """There is no key to check with; the text is a clause that says why."""


def string_to_sign(digest: Digest) -> bytes:
    """Return the bytes that AWS signed for this digest."""
    previous = digest.previous.signature if digest.previous else "null"
    place = f"{digest.bucket}/{digest.key}"
    return f"{digest.end_text}\n{place}\n{digest.sha256}\n{previous}".encode()


def key_for(digest: Digest, ring: KeyRing) -> PublicKey:
    """Return the key that a digest names; raises NoKey.

    It must not have expired before the digest's hour ended. It may begin later than that: a digest
    that could not be delivered at first is signed when it is.
    """
    found = ring.named(digest.fingerprint)
    if not found:
        raise NoKey(f"no public key of {ring.region} has the fingerprint {digest.fingerprint[:64]}")
    usable = [key for key in found if key.end >= digest.end]
    if not usable:
        raise NoKey(f"the key {digest.fingerprint[:64]} had expired before the hour ended")
    return usable[0]


def check(signed: bytes, signature: str, key: PublicKey) -> None:
    """Check a signature in lower-case hex, as AWS writes it; raises NotSigned, NoKey."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    if not _LOWER_HEX.fullmatch(signature):
        raise NotSigned("what stands for its signature is not in lower-case hex")
    public = _read(key.value)
    try:
        public.verify(bytes.fromhex(signature), signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise NotSigned("its signature is not of this content") from None


@lru_cache(_KEYS_READ)
def _read(value: bytes) -> RSAPublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(value)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NoKey(f"its public key cannot be read ({error})") from None
    if not isinstance(key, RSAPublicKey):
        raise NoKey("its public key is no RSA key")
    return key
