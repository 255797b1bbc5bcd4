"""Times as people type them, into ms since 1970 UTC.

Owns the forms a time may take and how long each lasts: a date is a day, `14:05` is a minute. It
knows no clock and no local zone: both are given. Where a wall clock skips an hour or repeats one,
the rules of `datetime` (PEP 495) decide: the first of two, and past the gap by the gap's length.

    moment   = "now" | ago | [day] [("T" | " ") clock [offset]]      at least one of day and clock
    ago      = ["-"] (number unit)+      unit = s, m, h, d (24 h), w      `-3h`, `90m`, `1d12h`
    day      = YYYY-MM-DD | "today" | "yesterday" | weekday    the latest such day, today included
    clock    = HH:MM[:SS[.fraction]]     offset = "Z" | ±HH:MM | ±HHMM
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from tui.domain.answer import Span
from tui.errors import TimeError

EXAMPLES = "2026-11-20, 2026-11-20T14:05Z, 14:05, -3h, 2d, today, yesterday 14:00, monday or now"

LATEST = 253_402_300_799_000
"""The last second of the year 9999 in ms: an open end."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STEP = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_AGO = re.compile(r"-?(?:\d{1,6}[smhdw])+", re.ASCII)
_FORM = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d|[a-z]+)?"
    r"(?:(?:(?<=\d)t|(?<=[\da-z])[ ]+|^)"
    r"(?P<clock>\d{1,2}:\d\d(?P<second>:\d\d(?P<fraction>\.\d{1,9})?)?)"
    r"[ ]?(?P<offset>z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def parse_moment(text: str, now: int, zone: tzinfo = UTC) -> int:
    """Return the moment in ms since 1970 UTC; a day or a minute is where it begins.

    Raises TimeError with examples when the text is no time.
    """
    return parse_period(text, now, zone).start


def parse_period(text: str, now: int, zone: tzinfo = UTC) -> Span:
    """Return from where to where the named time lasts: a day, a minute, a second or 1 ms.

    Raises TimeError with examples when the text is no time, or none from 1970 to 9999.
    """
    form = text.strip().lower()
    try:
        period = _relative(form, now) if is_relative(form) else _calendar(form, now, zone)
    except (ValueError, OverflowError) as error:
        raise TimeError(f'"{text[:60]}" is not a time. Write it as {EXAMPLES}.') from error
    if not 0 <= period.start < period.end <= LATEST + 1_000:
        raise TimeError(f'"{text[:60]}" lies before 1970. Write a time as {EXAMPLES}.')
    return period


def is_relative(text: str) -> bool:
    """Return whether the text counts from now, such as `-3h`: an instant without a length."""
    form = text.strip().lower()
    return form == "now" or _AGO.fullmatch(form) is not None


def parse_span(since: str | None, until: str | None, now: int, zone: tzinfo = UTC) -> Span:
    """Return the range from `since` up to, not including, `until`.

    An open end is 1970 or the year 9999, not now: a slow clock must not hide the newest events.
    So clip the range to the events at hand before drawing it. Raises TimeError for a text that is
    no time and for a range that holds no moment.
    """
    start = 0 if since is None else parse_moment(since, now, zone)
    end = LATEST if until is None else parse_moment(until, now, zone)
    if start >= end:
        raise TimeError(
            f"The range begins at {format_moment(start)} but ends at {format_moment(end)}. "
            "Put the earlier time first; the end itself is not part of the range."
        )
    return Span(start, end)


def format_moment(ms: int) -> str:
    """Return the time in ISO 8601 UTC, with a fraction only where there is one."""
    moment = _EPOCH + ms * _MS
    precision = "milliseconds" if ms % 1_000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _relative(form: str, now: int) -> Span:
    start = now - sum(int(count) * _UNITS[unit] for count, unit in _STEP.findall(form))
    return Span(start, start + 1)


def _calendar(form: str, now: int, zone: tzinfo) -> Span:
    found = _FORM.fullmatch(form)
    if found is None or not form:
        raise ValueError(form)
    zone = _offset(found["offset"]) if found["offset"] else zone
    day = _day(found["day"], (_EPOCH + now * _MS).astimezone(zone).date())
    if not found["clock"]:
        following = day + timedelta(days=1)
        return Span(*(_ms(datetime.combine(each, time(), zone)) for each in (day, following)))
    hour, minute, *second = found["clock"].split(":")
    whole, _, fraction = second[0].partition(".") if second else ("0", "", "")
    clock = time(int(hour), int(minute), int(whole), int(f"{fraction:0<6}"[:6]))
    start = _ms(datetime.combine(day, clock, zone))
    length = 1 if found["fraction"] else 1_000 if found["second"] else 60_000
    return Span(start, start + length)


def _day(word: str | None, today: date) -> date:
    if word is None or word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    names = [name for name in _WEEKDAYS if len(word) >= 3 and name.startswith(word)]
    if names:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(names[0])) % 7)
    return date.fromisoformat(word)


def _offset(text: str) -> tzinfo:
    if text == "z":
        return UTC
    digits = text[1:].replace(":", "")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MS
