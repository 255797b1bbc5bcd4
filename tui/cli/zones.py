"""The time zone of a command line."""

from __future__ import annotations

import argparse
from datetime import UTC, tzinfo

from tui.errors import UsageError


def zone_of(parsed: argparse.Namespace) -> tzinfo:
    """Return the time zone asked for; raises UsageError."""
    return zone_named(parsed.tz)


def zone_named(name: str) -> tzinfo:
    """Return a time zone of the IANA database; raises UsageError."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"There is no time zone {name!r}. Name one such as UTC or Europe/Berlin."
        ) from error
