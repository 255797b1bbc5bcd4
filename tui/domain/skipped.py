"""What could not be read, as a value: it is stored, counted and shown, never dropped."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Why(StrEnum):
    """The kinds of reason, for counting; the detail is a sentence."""

    UNREADABLE = "unreadable"
    """The file could not be opened or read."""
    EMPTY = "empty"
    NOT_COMPRESSED_RIGHT = "bad-compression"
    TRUNCATED = "truncated"
    TRAILING_DATA = "trailing-data"
    """Something follows the gzip data that is no gzip data."""
    TOO_LARGE = "too-large"
    """Decompresses to more than the cap."""
    NOT_JSON = "not-json"
    NO_RECORDS = "no-records"
    """JSON, but no shape that CloudTrail delivers."""
    NOT_A_RECORD = "not-a-record"
    """An element where a record should stand that is none."""
    NO_TIME = "no-time"
    """A record whose time is absent or cannot be read, so it has no place on a timeline."""
    DIGEST = "digest"
    """A digest file: kept for the integrity check, holds no events."""


class Skipped(NamedTuple):
    """One file (`ordinal` is None) or one record that gave no event, and why."""

    why: Why
    detail: str
    ordinal: int | None = None
