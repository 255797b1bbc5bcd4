"""The time zone of a command line."""

from __future__ import annotations

import argparse
from datetime import UTC, tzinfo

from tui.errors import UsageError


def zone_of(parsed: argparse.Namespace) -> tzinfo:
    """Return the time zone asked for; raises UsageError."""
    if parsed.tz == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(parsed.tz)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"There is no time zone {parsed.tz!r}. Name one such as UTC or Europe/Berlin."
        ) from error
