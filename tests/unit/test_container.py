from __future__ import annotations

import gzip
import os
import zlib
from random import Random
from time import process_time

import pytest

from tui.domain.skipped import Why
from tui.sources.container import unpack

TEXT = b'{"Records":[' + b",".join(b'{"eventID":"%d"}' % n for n in range(2_000)) + b"]}"
GZ = gzip.compress(TEXT)


def test_gzip_and_plain_text_give_the_same() -> None:
    assert unpack(GZ) == (TEXT, None)
    assert unpack(TEXT) == (TEXT, None)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert unpack(b"\xef\xbb\xbf" + TEXT).text == TEXT
    assert unpack(gzip.compress(b"\xef\xbb\xbf" + TEXT)).text == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_byte_order_mark(encoding: str) -> None:
    text = "\ufeff" + TEXT.decode() + "é\U0001f600"
    for data in (text.encode(encoding), gzip.compress(text.encode(encoding))):
        assert unpack(data) == (text[1:].encode(), None)
    assert unpack(text.encode(encoding) + b"\x00").text == (text[1:] + "\ufffd").encode()


@pytest.mark.parametrize("damage", [b"", b"\xff" * 400])
def test_utf_16_before_a_damaged_place_is_read_too(damage: bytes) -> None:
    data = gzip.compress(TEXT.decode().encode("utf-16"))
    text, problem = unpack(data[: len(data) * 3 // 4] + damage)
    assert problem
    assert text[:100] == TEXT[:100]


def test_no_byte_at_all_is_said_to_be_empty() -> None:
    text, problem = unpack(b"")
    assert text == b""
    assert problem
    assert problem.why is Why.EMPTY


def test_gzip_of_nothing_is_nothing_without_a_problem() -> None:
    assert unpack(gzip.compress(b"")) == (b"", None)


def test_every_gzip_member_is_read() -> None:
    members = [TEXT[:100], b"", TEXT[100:5_000], TEXT[5_000:]]
    assert unpack(b"".join(map(gzip.compress, members))) == (TEXT, None)


def test_the_bounds_of_members_may_lie_anywhere() -> None:
    random = Random(1)
    for _ in range(20):
        members = [random.randbytes(random.choice((0, 1, 900, 65_000, 70_000))) for _ in range(9)]
        text = b"".join(members)
        data = b"".join(gzip.compress(each, 0) for each in members)
        assert unpack(data) == (text, None)
        assert unpack(data, len(text)) == (text, None)
        assert unpack(data, len(text) - 1).text == b""


def test_reading_members_takes_as_long_as_their_bytes() -> None:
    few, many = (b"".join([gzip.compress(b"{}" * 50)] * count) for count in (10_000, 80_000))
    assert _seconds(many) < 24 * _seconds(few)  # eight times the bytes; it was sixty times as long


def _seconds(data: bytes) -> float:
    started = process_time()
    assert unpack(data).problem is None
    return process_time() - started


@pytest.mark.parametrize("kept", [2, 9, 10, 11, 100, len(GZ) // 2, len(GZ) - 9, len(GZ) - 1])
def test_gzip_cut_short_gives_its_beginning_and_says_so(kept: int) -> None:
    text, problem = unpack(GZ[:kept])
    assert TEXT.startswith(text)
    assert problem
    assert problem.why is Why.TRUNCATED
    if kept > len(GZ) // 2:
        assert len(text) > len(TEXT) // 4


def test_a_second_member_cut_short_keeps_the_first() -> None:
    text, problem = unpack(GZ + GZ[:-20])
    assert text.startswith(TEXT)
    assert problem
    assert problem.why is Why.TRUNCATED


@pytest.mark.parametrize("trailing", [b"\x00", b"\x00" * 512, b"-----signature-----", TEXT])
def test_what_follows_the_gzip_data_is_told_and_does_not_spoil_it(trailing: bytes) -> None:
    text, problem = unpack(GZ + trailing)
    assert text == TEXT
    assert problem
    assert problem.why is Why.TRAILING_DATA
    assert f"{len(trailing):,}" in problem.detail


def test_damage_in_the_middle_gives_what_stands_before_it() -> None:
    noise = bytearray(gzip.compress(os.urandom(40_000) + TEXT * 20))
    middle = 45_000
    noise[middle : middle + 64] = bytes(64)
    text, problem = unpack(bytes(noise))
    assert problem
    assert problem.why is Why.NOT_COMPRESSED_RIGHT
    assert len(text) > 40_000 - 8_192


def test_a_wrong_checksum_is_told() -> None:
    text, problem = unpack(GZ[:-8] + bytes(4) + GZ[-4:])
    assert problem
    assert problem.why is Why.NOT_COMPRESSED_RIGHT
    assert text == TEXT


def test_what_only_begins_like_gzip_is_damaged_and_never_raises() -> None:
    for rest in (b"", b"\x08", b"\xff" * 40, b"{}", b"\x08\x04" + b"\xff" * 20):
        _, problem = unpack(b"\x1f\x8b" + rest)
        assert problem
        assert problem.why in {Why.NOT_COMPRESSED_RIGHT, Why.TRUNCATED}


def test_a_bomb_is_stopped_at_the_cap() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    text, problem = unpack(bomb, cap=100_000)
    assert text == b""
    assert problem
    assert problem.why is Why.TOO_LARGE
    assert "100,000" in problem.detail


def test_a_bomb_in_many_members_is_stopped_at_the_cap() -> None:
    members = gzip.compress(bytes(60_000)) * 1_000
    text, problem = unpack(members, cap=100_000)
    assert text == b""
    assert problem
    assert problem.why is Why.TOO_LARGE


def test_the_cap_itself_still_fits() -> None:
    assert unpack(GZ, cap=len(TEXT)) == (TEXT, None)
    assert unpack(TEXT, cap=len(TEXT)) == (TEXT, None)
    for delivered in (GZ, TEXT):
        problem = unpack(delivered, cap=len(TEXT) - 1).problem
        assert problem
        assert problem.why is Why.TOO_LARGE


def test_raw_deflate_and_zlib_are_not_taken_for_gzip() -> None:
    data = zlib.compress(TEXT)
    assert unpack(data) == (data, None)
