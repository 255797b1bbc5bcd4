"""The options that limit the cache: `--max-size 2G` and `--keep 400d`; unasked, nothing goes."""

from __future__ import annotations

import argparse
import re

from tui.domain.limits import Limits
from tui.errors import UsageError

_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>[kmgt]?)i?b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_KIBI = 1024
_DAYS = re.compile(r"(?P<days>[0-9]{1,6}) ?(?:d|days?)?", re.IGNORECASE)


def limits_of(parsed: argparse.Namespace) -> Limits:
    """Return the limits a command line sets; raises UsageError."""
    most = _bytes(parsed.max_size) if parsed.max_size else None
    days = _days(parsed.keep) if parsed.keep else None
    return Limits(most, days)


def _bytes(text: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found["number"]) * _KIBI ** _POWERS[found["unit"].lower()]) if found else 0
    if not size:
        raise UsageError(f"--max-size cannot be {text!r}. Write it as 500M or 2G.")
    return size


def _days(text: str) -> int:
    found = _DAYS.fullmatch(text.strip())
    days = int(found["days"]) if found else 0
    if not days:
        raise UsageError(f"--keep cannot be {text!r}. Write how many days, as 400d.")
    return days
