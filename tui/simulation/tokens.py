"""Identifiers and time stamps as CloudTrail writes them, from a seed and at speed.

Only operations with the same result on every Python are used: integers, `random()` and
`getrandbits`. It knows nothing of accounts or actions.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from random import Random
from time import gmtime, strftime

DAY = 86_400
SLOT = 300
"""Seconds between two deliveries."""

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))
_SECONDS = tuple(f"{second:02d}Z" for second in range(60))
_FREE = ~((0xF << 76) | (0x3 << 62))
_VERSION = (0x4 << 76) | (0x2 << 62)


def seed_of(*parts: object) -> int:
    """Return a number that depends on every part, the same in any process."""
    text = "/".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def seeded(*parts: object) -> Random:
    """Return a generator that depends on every part, the same in any process."""
    return Random(seed_of(*parts))


@lru_cache(maxsize=1024)
def _day(number: int) -> str:
    return strftime("%Y-%m-%dT", gmtime(number * DAY))


def stamp(seconds: int) -> str:
    """Return `2026-01-31T09:05:00Z` for seconds since 1970."""
    day, rest = divmod(seconds, DAY)
    minute, second = divmod(rest, 60)
    return _day(day) + _MINUTES[minute] + _SECONDS[second]


def spoken(seconds: int) -> str:
    """Return `Jan 31, 2026 9:05:00 AM`, as IAM and STS put times into responses."""
    time = gmtime(seconds)
    return strftime(f"%b {time.tm_mday}, %Y {time.tm_hour % 12 or 12}:%M:%S %p", time)


def uuid4(rng: Random) -> str:
    """Return a version 4 UUID."""
    text = f"{rng.getrandbits(128) & _FREE | _VERSION:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def base32(rng: Random, length: int) -> str:
    """Return capitals and digits as in the ids of keys, users and roles."""
    bits = rng.getrandbits(5 * length)
    return "".join([_BASE32[(bits >> (5 * place)) & 31] for place in range(length)])


def access_key(prefix: str, rng: Random) -> str:
    """Return an access key id, 20 characters, that nobody can take for a real one."""
    return f"{prefix}{base32(rng, 9)}EXAMPLE"


def base62(number: int, length: int) -> str:
    """Return the letters that make a log file's name unique."""
    letters = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        letters.append(_BASE62[digit])
    return "".join(letters)
