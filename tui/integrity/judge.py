"""One digest and its key: whether it is what AWS signed, where AWS put it.

Owns the verdict that a digest file allows by itself, and the few facts that the chain needs of it.
Judging needs no other digest, so they may come in any order and from many threads.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.domain.integrity import DigestVerdict, Finding, Kind, Stream
from tui.integrity.digest import SIGNED_WITH, Delivered, Digest, NoDigest, Previous, read
from tui.integrity.signature import (
    KeyRing,
    NoKey,
    NotSigned,
    PublicKey,
    check,
    key_for,
    string_to_sign,
)


class Unproven(NamedTuple):
    """What a successor's record of the signature can still be checked against."""

    signed: bytes
    key: PublicKey
    problem: Finding | None
    """What is wrong with the digest even if its successor vouches for its content."""


class Link(NamedTuple):
    """What the chain needs to know of one digest: about 2 KB, whatever it lists."""

    uri: str
    """Where it was found."""
    home: str
    """Where it was delivered, which is how its successor calls it."""
    start: int
    end: int
    sha256: str
    signature: str | None
    """As its metadata has it."""
    previous: Previous | None
    vouches: bool
    """Whether its content is known to be what AWS signed."""
    unproven: Unproven | None = None


class Judged(NamedTuple):
    """One digest file, judged by itself."""

    digest: Digest | None
    """None if it cannot be read; its log files need not be kept once they are checked."""
    link: Link | None
    verdict: DigestVerdict
    findings: tuple[Finding, ...]


def judge(delivered: Delivered, stream: Stream, end: int, ring: KeyRing) -> Judged:
    """Return what a digest file is; `end` is the stamp in its name, in ms, or when it was made.

    A digest without a signature of its own is UNSIGNED, or INVALID if it ought to have one, as
    `aws cloudtrail validate-logs` has it. `chain.follow` finds whether its successor vouches for
    its content all the same.
    """
    try:
        digest = read(delivered)
    except NoDigest as error:
        told = f"This digest cannot be read: {error}. It is not what AWS delivered."
        finding = _finding(Kind.DIGEST_INVALID_FORMAT, delivered.uri, told, stream, (end, end))
        return Judged(None, None, DigestVerdict.INVALID, (finding,))
    moved = [_moved(digest, stream)] if digest.moved else []
    try:
        key = key_for(digest, ring)
        problem = _signature_problem(digest, key, stream)
    except NoKey as error:
        told = f"Its signature cannot be checked: {error}."
        finding = _about(Kind.DIGEST_KEY_NOT_FOUND, digest, told, stream)
        link = _link(digest, vouches=False, unproven=None)
        return Judged(digest, link, DigestVerdict.INVALID, (*moved, finding))
    signed = problem is None and _has_signature(digest)
    unproven = None if signed else Unproven(string_to_sign(digest), key, problem)
    link = _link(digest, vouches=signed, unproven=unproven)
    findings = tuple(each for each in (*moved, problem) if each is not None)
    if findings:
        return Judged(digest, link, DigestVerdict.INVALID, findings)
    return Judged(digest, link, DigestVerdict.VALID if signed else DigestVerdict.UNSIGNED, ())


def _has_signature(digest: Digest) -> bool:
    return digest.metadata is not None and digest.metadata.signature is not None


def _signature_problem(digest: Digest, key: PublicKey, stream: Stream) -> Finding | None:
    """Return what is wrong with the signature; raises NoKey."""
    metadata = digest.metadata
    if metadata is None:
        return None  # it was not kept, which is no fault of the digest
    if metadata.signature is None:
        told = "It carries no signature: its metadata was removed, or it was copied here."
        return _about(Kind.DIGEST_INVALID_SIGNATURE, digest, told, stream)
    if metadata.algorithm != SIGNED_WITH:
        named = f"names {metadata.algorithm[:40]}" if metadata.algorithm else "names none"
        told = f"AWS signs digests with {SIGNED_WITH}; its metadata {named}."
        return _about(Kind.DIGEST_INVALID_SIGNATURE, digest, told, stream)
    try:
        check(string_to_sign(digest), metadata.signature, key)
    except NotSigned as error:
        told = f"It is not what AWS signed: {error}."
        return _about(Kind.DIGEST_INVALID_SIGNATURE, digest, told, stream)
    return None


def _link(digest: Digest, *, vouches: bool, unproven: Unproven | None) -> Link:
    return Link(
        digest.uri,
        digest.home,
        digest.start,
        digest.end,
        digest.sha256,
        digest.metadata.signature if digest.metadata else None,
        digest.previous,
        vouches,
        unproven,
    )


def _moved(digest: Digest, stream: Stream) -> Finding:
    told = f"It was delivered to {digest.home} and has been moved or copied here."
    return _about(Kind.DIGEST_MOVED, digest, told, stream)


def _about(kind: Kind, digest: Digest, detail: str, stream: Stream) -> Finding:
    return _finding(kind, digest.uri, detail, stream, (digest.start, digest.end))


def _finding(kind: Kind, uri: str, detail: str, stream: Stream, span: tuple[int, int]) -> Finding:
    return Finding(kind, uri, detail, stream.account, stream.region, *span, trail=stream.trail)
