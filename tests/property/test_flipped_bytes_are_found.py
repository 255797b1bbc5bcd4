"""Any single byte that is changed in a digest, its metadata or a log file is found.

What is vouched for is the content. A byte of the packaging that changes nothing of it (the time in
a gzip header, the padding of its last block) is no change of the record: then the content must be
the very same.
"""

from __future__ import annotations

import gzip
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.signed import NOON, Chain, judged, log_of, public_key, ring
from tui.domain.integrity import DigestVerdict, LogVerdict
from tui.integrity import logs
from tui.integrity.digest import Delivered
from tui.integrity.member import NotOneMember, content
from tui.integrity.signature import PublicKey

_CHAIN = Chain()
_CHAIN.add(NOON - 3_600_000)
DIGEST = _CHAIN.add(NOON, logs={f"AWSLogs/{number}": b"{}" for number in range(3)})
TEXT = b'{"Records": [' + b'{"eventID": "8f0e"},' * 40 + b"{}]}"
PACKED = gzip.compress(TEXT, mtime=0)

flips = st.integers(1, 255)
places = st.integers(0, 1 << 20)


def flipped(data: bytes, at: int, with_: int) -> bytes:
    place = at % len(data)
    return data[:place] + bytes([data[place] ^ with_]) + data[place + 1 :]


def same_content(one: bytes, other: bytes) -> bool:
    try:
        return content(one) == content(other)
    except NotOneMember:
        return False


def is_valid(delivered: Delivered, *keys: PublicKey) -> bool:
    return judged(delivered, ring(*keys)).verdict is DigestVerdict.VALID


@given(places, flips)
@settings(max_examples=400)
def test_a_flipped_byte_in_a_digest_is_found(at: int, with_: int) -> None:
    changed = DIGEST._replace(data=flipped(DIGEST.data, at, with_))
    assert not is_valid(changed) or same_content(changed.data, DIGEST.data)


@given(places, flips)
@settings(max_examples=400)
def test_a_flipped_byte_in_what_a_digest_says_is_found(at: int, with_: int) -> None:
    text = flipped(gzip.decompress(DIGEST.data), at, with_)
    assert not is_valid(DIGEST._replace(data=gzip.compress(text, 1)))


def test_every_flipped_byte_of_the_metadata_is_found() -> None:
    metadata = DIGEST.metadata
    assert metadata is not None
    assert is_valid(DIGEST)
    for name in ("signature", "algorithm"):
        value = getattr(metadata, name)
        for at in range(len(value)):
            for with_ in (1, 0x20):
                other = flipped(value.encode(), at, with_).decode()
                changed = metadata._replace(**{name: other})
                assert not is_valid(DIGEST._replace(metadata=changed)), (name, at, with_)


@given(places, flips)
@settings(max_examples=200)
def test_a_flipped_byte_in_the_public_key_is_found_or_changes_no_number(
    at: int, with_: int
) -> None:
    key = public_key()
    other = key._replace(value=flipped(key.value, at, with_))
    assert not is_valid(DIGEST, other)


@given(places, flips)
@settings(max_examples=1000)
def test_a_flipped_byte_in_a_log_file_is_found(at: int, with_: int) -> None:
    changed = flipped(PACKED, at, with_)
    valid = logs.check(log_of(TEXT), changed) is LogVerdict.VALID
    assert not valid or same_content(changed, PACKED)


def test_only_the_packaging_of_a_log_file_can_change_unnoticed() -> None:
    """Each bit of a file is flipped: beside header fields without content, few are left."""
    unnoticed = {
        at
        for at in range(len(PACKED))
        for bit in range(8)
        if logs.check(log_of(TEXT), flipped(PACKED, at, 1 << bit)) is LogVerdict.VALID
    }
    header = set(range(3, 10))
    assert len(unnoticed - header) <= 1
    assert all(at >= len(PACKED) - 10 for at in unnoticed - header)


@given(st.binary(max_size=2000), places, flips)
@settings(max_examples=200)
def test_content_is_never_taken_for_other_content(text: bytes, at: int, with_: int) -> None:
    packed = gzip.compress(text, mtime=0)
    verdict = logs.check(log_of(text), flipped(packed, at, with_))
    assert verdict is not LogVerdict.VALID or same_content(flipped(packed, at, with_), packed)
    assert sha256(content(packed)).hexdigest() == log_of(text).sha256
