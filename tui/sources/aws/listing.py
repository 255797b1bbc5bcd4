"""The log files of a range of time, day by day, newest day first.

Owns which days are listed, where in a day a listing may jump, and the order. Names sort by slot,
so a listing jumps over slots before the range and behind it, never over names of another form: what
sorts elsewhere is found as well. At most a few folders' days and one whole day are in memory.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from tui.domain.objects import LogObject
from tui.sources.aws.keys import (
    DAY_MS,
    MINUTE_MS,
    Folder,
    day_of,
    day_start,
    parse_day,
    parse_key,
    parse_stamp,
)
from tui.sources.aws.layout import Found
from tui.sources.aws.s3 import Bucket, ListedKey

SOURCE = "s3"
SLOT = 5 * MINUTE_MS
"""ms of one delivery slot; the slot in a name may lie this much before an event in the file."""
LATE = 60 * MINUTE_MS
"""ms after an event in which its file is looked for; CloudTrail delivers in 5 minutes on average
and documents no limit. Later deliveries are found when a later range is listed."""
_DIRECT_DAYS = 3
"""Up to so many days are listed without asking first which of them exist."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class Window(NamedTuple):
    """Which slots hold the events of a range; ms since 1970 UTC, `end` excluded."""

    start: int
    end: int
    first_day: date
    last_day: date

    def holds(self, stamp: int | None, day: date) -> bool:
        """Return whether a file may hold events of the range; without a slot its day decides."""
        if stamp is None:
            return day_of(self.start) <= day <= day_of(self.end - 1)
        return self.start <= stamp < self.end


def window(start: int, end: int, now: int) -> Window:
    """Return the slots and days for events from `start` up to, not including, `end`.

    The slots run from SLOT before the range, cut to its minute, to LATE after it. A day more is
    listed than the range has, as folders are delivery dates, but none after tomorrow.
    """
    first = max(0, start - SLOT) // MINUTE_MS * MINUTE_MS
    last_day = min(day_of(end), day_of(now)) + timedelta(days=1)
    return Window(first, end + LATE, day_of(first), last_day)


class ListedDay(NamedTuple):
    """All the log files of one delivery day, newest slot first."""

    day: date
    items: list[LogObject]
    passed_over: int
    """Objects that are no log files."""
    refused: list[tuple[str, str]]
    """Prefixes that could not be listed, each with the reason."""


class Plan(NamedTuple):
    """Which days each folder has, and the folders that do not say so."""

    days: dict[Folder, array[int]]
    """Ordinals of days, ascending: four bytes each, as there may be millions."""
    refused: list[tuple[str, str]]
    """Prefixes that could not be listed, each with the reason."""


def planned(bucket: Bucket, found: Sequence[Found], within: Window, pool: Executor) -> Plan:
    """Look up which days there are to list; raises SourceError."""
    plan = Plan({}, [])
    futures = [pool.submit(folder_days, bucket, each, within) for each in found]
    for each, future in zip(found, futures, strict=True):
        try:
            plan.days[each.folder] = future.result()
        except OSError as error:
            plan.refused.append((each.folder.path(), str(error)))
    return plan


def folder_days(bucket: Bucket, found: Found, within: Window) -> array[int]:
    """Return the ordinals of a folder's days in the range, ascending.

    Few days are taken as they are; otherwise years, months and days are looked up, which takes one
    request for each month instead of one for each day. Raises OSError and SourceError.
    """
    first, last = (f"{day:%Y/%m/%d}/" for day in (within.first_day, within.last_day))
    path = found.folder.path()
    length = (within.last_day - within.first_day).days + 1
    if length <= _DIRECT_DAYS:
        dates = [f"{within.first_day + timedelta(days=n):%Y/%m/%d}/" for n in range(length)]
    else:
        dates = [""]
        for _ in ("years", "months", "days"):
            deeper = [each for date_ in dates for each in _dates_in(bucket, path, date_)]
            dates = [each for each in deeper if first[: len(each)] <= each <= last[: len(each)]]
            dates = [each for each in dates if _same_branch(each, found.date)]
    days = (parse_day(each[:-1]) for each in dates if each.startswith(found.date))
    return array("i", sorted(day.toordinal() for day in days if day is not None))


def _dates_in(bucket: Bucket, path: str, start: str) -> list[str]:
    pages = bucket.pages(path + start, folders=True)
    return [each.removeprefix(path) for page in pages for each in page.folders]


def _same_branch(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def listed_days(
    bucket: Bucket,
    days: Mapping[Folder, array[int]],
    within: Window,
    pool: Executor,
    threads: int,
) -> Iterator[ListedDay]:
    """Yield every planned day, newest first; raises SourceError.

    Days are listed ahead of the one that is taken, as far as it takes to keep the threads busy.
    """
    waiting: deque[tuple[date, list[tuple[Folder, Future[_Part]]]]] = deque()
    ahead = 0
    due = _due(days)
    following = next(due, None)
    while waiting or following:
        while following and (ahead < 2 * threads or not waiting):
            day, folders = following
            parts = [(each, pool.submit(_part, bucket, each, day, within)) for each in folders]
            waiting.append((day, parts))
            ahead += len(parts)
            following = next(due, None)
        day, parts = waiting.popleft()
        ahead -= len(parts)
        yield _merged(day, parts)


def _due(days: Mapping[Folder, array[int]]) -> Iterator[tuple[date, list[Folder]]]:
    """Yield each day, newest first, with the folders that have it."""
    left = {folder: array("i", ordinals) for folder, ordinals in days.items() if ordinals}
    while left:
        newest = max(ordinals[-1] for ordinals in left.values())
        folders = [folder for folder, ordinals in left.items() if ordinals[-1] == newest]
        yield date.fromordinal(newest), folders
        for folder in folders:
            left[folder].pop()
            if not left[folder]:
                del left[folder]


class _Part(NamedTuple):
    """One folder's share of a day: slots and objects."""

    items: list[tuple[int, LogObject]]
    passed_over: int


def _merged(day: date, parts: list[tuple[Folder, Future[_Part]]]) -> ListedDay:
    items: list[tuple[int, LogObject]] = []
    refused: list[tuple[str, str]] = []
    passed_over = 0
    for folder, future in parts:
        try:
            part = future.result()
        except OSError as error:
            refused.append((folder.day_prefix(day), str(error)))
            continue
        items += part.items
        passed_over += part.passed_over
    items.sort(key=lambda each: (-each[0], each[1].uri))
    return ListedDay(day, [item for _, item in items], passed_over, refused)


def _part(bucket: Bucket, folder: Folder, day: date, within: Window) -> _Part:
    """List one day of one folder, as far as it may hold the wanted slots."""
    prefix = folder.day_prefix(day)
    items: list[tuple[int, LogObject]] = []
    passed_over = 0
    page = bucket.page(prefix)
    while True:
        for listed in page.keys:
            parsed = parse_key(listed.key)
            if parsed is None:
                passed_over += 1
            elif within.holds(parsed.stamp, day):
                stamp = day_start(day) if parsed.stamp is None else parsed.stamp
                items.append((stamp, object_of(bucket.name, listed)))
        if not page.token:
            return _Part(items, passed_over)
        after = _jump(folder, day, within, page.keys[-1].key) if page.keys else ""
        page = bucket.page(prefix, after=after, token="" if after else page.token)


def _jump(folder: Folder, day: date, within: Window, last: str) -> str:
    """Return the key after which listing may go on, if slots can be left out there."""
    prefix = folder.day_prefix(day)
    regular = prefix + folder.name_prefix()
    stamp = parse_stamp(last) if last.startswith(f"{regular}{day:%Y%m%d}T") else None
    if stamp is None:
        return ""
    if stamp < within.start:
        following = max(within.start, day_start(day))
        behind = following >= day_start(day) + DAY_MS
        return _day_end(regular, day) if behind else folder.start_after(following)
    return _day_end(regular, day) if stamp >= within.end else ""


def _day_end(regular: str, day: date) -> str:
    """Return what sorts behind all slots of a day and before names of another form."""
    return f"{regular}{day:%Y%m%d}T24"


def object_of(bucket: str, listed: ListedKey) -> LogObject:
    """Return what a listing says of one object."""
    modified = (listed.modified - _EPOCH) // _MS
    uri = f"s3://{bucket}/{listed.key}"
    return LogObject(uri, SOURCE, listed.size, modified, listed.etag.strip('"'))
