"""What can be done to a bucket of log files and digests, each with what is to be found of it.

Every way takes an hour of a region for itself, so that they can be planted alone or all together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.servers.digested import Delivery, Vault
from tui.domain.integrity import Kind
from tui.simulation.digests import Signer


class Hour(NamedTuple):
    """An hour of a region, by its number from the first."""

    region: str
    number: int

    def digest(self, made: Delivery) -> str:
        """Return the key of its digest."""
        return made.digests[self.region][self.number]

    def log(self, made: Delivery, which: int = 1) -> str:
        """Return the key of a log file that its digest names."""
        keys = made.logs[self.region]
        per_hour = len(keys) // len(made.digests[self.region])
        return keys[self.number * per_hour + which]


Do = Callable[[Vault, Hour], list[str]]


class Tampering(NamedTuple):
    """One way; `do` returns the keys that findings are to name."""

    do: Do
    kinds: frozenset[Kind]
    """All that is found when nothing else was done."""
    seen: bool = True
    """Whether `aws cloudtrail validate-logs` finds it."""


def _altered(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.edit(key, lambda document: document.update(Records=[]))
    return [key]


def _deleted(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.delete(key)
    return [key]


def _no_gzip(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.put(key, b'{"Records": []}')
    return [key]


def _appended(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.put(key, vault.body(key) + b"more")
    return [key]


def _added(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made, 4)
    added = key.replace(".json.gz", "0.json.gz")
    vault.put(added, vault.body(key))
    return [added]


def _digest_deleted(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.delete(key)
    return [key]


def _two_digests_deleted(vault: Vault, hour: Hour) -> list[str]:
    following = Hour(hour.region, hour.number + 1)
    return [*_digest_deleted(vault, hour), *_digest_deleted(vault, following)]


def _digest_altered(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.edit(key, lambda document: document.update(logFiles=[]))
    return [key]


def _signature_removed(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.put(key, vault.body(key))
    return [key]


def _other_signature(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    other = vault.metadata(Hour(hour.region, hour.number - 1).digest(vault.made))
    vault.put(key, vault.body(key), other)
    return [key]


def _weak_algorithm(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.put(key, vault.body(key), {**vault.metadata(key), "signature-algorithm": "SHA1withRSA"})
    return [key]


def _no_digest(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.put(key, b"nothing", vault.metadata(key))
    return [key]


def _replaced_by_another(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    other = Hour(hour.region, hour.number - 1).digest(vault.made)
    vault.put(key, vault.body(other), vault.metadata(other))
    return [key]


def _signed_by_another(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    stranger = Signer(hour.region, 0)
    fingerprint = stranger.public().fingerprint
    vault.sign(key, lambda doc: doc.update(digestPublicKeyFingerprint=fingerprint), stranger)
    return [key]


def _signed_anew(vault: Vault, hour: Hour) -> list[str]:
    """Do what only the holder of AWS's key could, or whoever made it sign something else."""
    key = hour.digest(vault.made)
    signer = vault.made.signers[hour.region]
    vault.sign(key, lambda document: document.update(logFiles=[]), signer)
    return [key]


def _swapped(vault: Vault, hour: Hour) -> list[str]:
    keys = [hour.log(vault.made, 1), hour.log(vault.made, 2)]
    for key, other in zip(keys, reversed(keys), strict=True):
        vault.put(key, vault.body(other))
    return keys


def _delivered_again(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.delete(key)
    vault.put(key, vault.body(hour.log(vault.made, 3)))
    return [key]


def _second_member(vault: Vault, hour: Hour) -> list[str]:
    key = hour.log(vault.made)
    vault.put(key, vault.body(key) + vault.body(hour.log(vault.made, 3)))
    return [key]


def _same_fingerprint(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    vault.sign(key, lambda document: document.update(logFiles=[]), Signer(hour.region, 0))
    return [key]


def _other_letters(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    signature = vault.metadata(key)["signature"].upper()
    vault.put(key, vault.body(key), {**vault.metadata(key), "signature": signature})
    return [key]


def _of_another_region(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    region = next(each for each in vault.made.digests if each != hour.region)
    other = Hour(region, hour.number).digest(vault.made)
    vault.put(key, vault.body(other), vault.metadata(other))
    return [key]


def _in_the_future(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    times = {f"digest{end}Time": f"2099-01-01T0{end == 'End':d}:00:00Z" for end in ("Start", "End")}
    vault.edit(key, lambda document: document.update(times))
    return [key]


def _begun_anew(vault: Vault, hour: Hour) -> list[str]:
    key = hour.digest(vault.made)
    ends = ("S3Bucket", "S3Object", "Signature", "HashValue", "HashAlgorithm")
    nothing: dict[str, object] = {f"previousDigest{end}": None for end in ends}
    signer = vault.made.signers[hour.region]
    vault.sign(key, lambda document: document.update(nothing, logFiles=[]), signer)
    return [key]


def _kinds(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


WAYS = {
    "log file altered": Tampering(_altered, _kinds(Kind.LOG_MODIFIED)),
    "log file deleted": Tampering(_deleted, _kinds(Kind.LOG_MISSING)),
    "log file no gzip": Tampering(_no_gzip, _kinds(Kind.LOG_INVALID_FORMAT)),
    "log file appended to": Tampering(_appended, _kinds(Kind.LOG_TRAILING_DATA)),
    "log file added": Tampering(_added, _kinds(Kind.LOG_UNLISTED), seen=False),
    "digest deleted": Tampering(_digest_deleted, _kinds(Kind.DIGEST_MISSING)),
    "two digests deleted": Tampering(_two_digests_deleted, _kinds(Kind.DIGEST_MISSING)),
    "digest altered": Tampering(
        _digest_altered, _kinds(Kind.DIGEST_INVALID_SIGNATURE, Kind.DIGEST_INVALID_HASH)
    ),
    "signature removed": Tampering(_signature_removed, _kinds(Kind.DIGEST_INVALID_SIGNATURE)),
    "signature of another": Tampering(_other_signature, _kinds(Kind.DIGEST_INVALID_SIGNATURE)),
    "weak algorithm": Tampering(_weak_algorithm, _kinds(Kind.DIGEST_INVALID_SIGNATURE), seen=False),
    "no digest at all": Tampering(_no_digest, _kinds(Kind.DIGEST_INVALID_FORMAT)),
    "replaced by another digest": Tampering(
        _replaced_by_another, _kinds(Kind.DIGEST_MOVED, Kind.CHAIN_MISMATCH)
    ),
    "signed by another": Tampering(
        _signed_by_another, _kinds(Kind.DIGEST_KEY_NOT_FOUND, Kind.DIGEST_INVALID_HASH)
    ),
    "signed anew": Tampering(
        _signed_anew,
        _kinds(Kind.DIGEST_INVALID_HASH, Kind.CHAIN_MISMATCH, Kind.LOG_UNLISTED),
        seen=False,
    ),
}

ALSO = {
    "log files swapped": Tampering(_swapped, _kinds(Kind.LOG_MODIFIED)),
    "log file delivered again": Tampering(_delivered_again, _kinds(Kind.LOG_MODIFIED)),
    "log file with a second member": Tampering(_second_member, _kinds(Kind.LOG_TRAILING_DATA)),
    "signed by another of the same name": Tampering(
        _same_fingerprint, _kinds(Kind.DIGEST_INVALID_SIGNATURE, Kind.DIGEST_INVALID_HASH)
    ),
    "signature in other letters": Tampering(
        _other_letters, _kinds(Kind.DIGEST_INVALID_SIGNATURE), seen=False
    ),
    "digest of another region": Tampering(
        _of_another_region, _kinds(Kind.DIGEST_MOVED, Kind.DIGEST_KEY_NOT_FOUND)
    ),
    "digest of the future": Tampering(
        _in_the_future,
        _kinds(Kind.DIGEST_KEY_NOT_FOUND, Kind.DIGEST_INVALID_HASH, Kind.CHAIN_MISMATCH),
    ),
    "chain begun anew": Tampering(
        _begun_anew,
        _kinds(*(Kind.CHAIN_GAP, Kind.CHAIN_MISMATCH, Kind.DIGEST_INVALID_HASH, Kind.LOG_UNLISTED)),
        seen=False,
    ),
}
"""More ways, each of which is planted alone."""
