"""S3 log files as a source: what a trail delivered, found, ordered and read.

Owns what is wanted (a place, accounts, regions, kinds, a range of time) and turns what cannot be
listed into objects that cannot be read, so that it is stored and shown as missing. Finding the
folders is `layout`, listing their days `listing`, the requests `s3`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from functools import partial

from tui.domain.objects import LogObject
from tui.errors import Cancelled, SourceError, UsageError
from tui.sources.aws.allowed import Readers
from tui.sources.aws.areas import Area
from tui.sources.aws.keys import LOG_KINDS, ROOT, Folder, Kind
from tui.sources.aws.layout import Layout, Wanted, discover, placed, reads
from tui.sources.aws.listing import SOURCE, ListedDay, listed_days, planned, window
from tui.sources.aws.s3 import Bucket, ClientFactory, Usage
from tui.sources.aws.trails import Trail
from tui.sources.container import CAP

THREADS = 16
_SCHEME = "s3://"


def parse_location(text: str) -> tuple[str, str]:
    """Return bucket and prefix of `s3://bucket/prefix`; raises UsageError for anything else."""
    bucket, _, prefix = text.removeprefix(_SCHEME).partition("/")
    if not text.startswith(_SCHEME) or not bucket:
        raise UsageError(
            f'"{text[:100]}" is no place in S3. Write it as s3://bucket or s3://bucket/prefix.'
        )
    return bucket, prefix


def named(location: str | Trail) -> str:
    """Return what to call a place in S3, or that of a trail, however it was written.

    Raises UsageError for a location that is none.
    """
    if isinstance(location, Trail):
        own = "" if location.organization else f"{location.account()}/"
        return f"{_SCHEME}{location.bucket}/{location.root()}{own}"
    bucket, prefix = parse_location(location)
    return f"{_SCHEME}{bucket}/{placed(prefix).path}"


class BucketLogs:
    """The log files in a bucket whose slots may hold events from `start` up to `end`.

    `location` is `s3://bucket/prefix`, above or below `AWSLogs/`, or a trail: then only what that
    trail delivers. Times are ms since 1970 UTC; which slots count is said at `listing.window`.
    Empty accounts or regions mean all; `profile` is only named in advice. Nothing is asked of AWS
    before the first iteration.
    """

    def __init__(
        self,
        client_for: ClientFactory,
        location: str | Trail,
        *,
        start: int,
        end: int,
        accounts: Collection[str] = (),
        regions: Collection[str] = (),
        kinds: Collection[Kind] = LOG_KINDS,
        threads: int = THREADS,
        requester_pays: bool = False,
        profile: str | None = None,
        cap: int = CAP,
        cancelled: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if isinstance(location, Trail):
            name, prefix = location.bucket, location.root()
            accounts = accounts if location.organization else (location.account(),)
        else:
            name, prefix = parse_location(location)
        self._opened = partial(Bucket, name, requester_pays=requester_pays, cap=cap, sleep=sleep)
        self._bucket = self._opened(client_for, profile=profile)
        self._readers = Readers(self._bucket)
        self._start_place = placed(prefix)
        self._wanted = Wanted(accounts, regions, kinds)
        self.area = Area(
            *(name, self._start_place.path, frozenset(accounts), frozenset(regions)),
            frozenset(kinds),
            bool(self._start_place.date),
        )
        self._span = (start, end)
        self._threads = threads
        self._cancelled = cancelled
        self._clock = clock
        self._refused: dict[str, str] = {}
        self.layout = Layout()
        """What was found on the way to the log files, after listing has begun."""
        self.passed_over = 0
        """Objects that were come upon and are no log files."""

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self._bucket.name

    @property
    def usage(self) -> Usage:
        """Requests and bytes so far."""
        return self._bucket.usage

    @property
    def reader(self) -> str | None:
        """The profile that an object was read with last."""
        return self._readers.profile

    def read_also_with(self, client_for: ClientFactory, profile: str | None) -> None:
        """Read with these credentials what the others may not read."""
        self._readers.add(self._opened(client_for, profile=profile))

    def leave_out(self, areas: Collection[Area]) -> None:
        """Leave what lies in other areas of the bucket to those who read them."""
        self._wanted = self._wanted._replace(without=areas)

    def reads(self, path: str) -> bool:
        """Return whether a log file or a prefix is among what is read here, whatever its time.

        Of prefixes that is not known above `AWSLogs/`, and so it is not.
        """
        place = placed(path[: path.rfind("/") + 1])
        known = place.root is not None and path.startswith(self.area.path)
        return known and reads(place, self._wanted)

    def part(self, path: str, start: int, end: int) -> BucketLogs:
        """Return what reads a single prefix for another time; requests are counted together."""
        part = copy(self)
        part.narrow(path, (start, end))
        return part

    def narrow(self, path: str, span: tuple[int, int]) -> None:
        """Read a single prefix for another time from now on."""
        inner = max(path, self.area.path, key=len)  # a place may be a day of a folder
        self._start_place, self._span = placed(inner), span
        self._refused, self.layout, self.passed_over = {}, Layout(), 0

    def listable(self) -> bool:
        """Return whether the place to look for log files can be listed; takes a request or two."""
        try:
            self._bucket.page(self._start_place.path, folders=True)
        except (OSError, SourceError):
            return False
        return True

    def folders(self) -> list[Folder]:
        """Find and return the folders that hold days; raises SourceError, Cancelled."""
        with ThreadPoolExecutor(self._threads) as pool:
            self._discover(pool)
        return [each.folder for each in self.layout.found]

    def objects(self) -> Iterator[LogObject]:
        """Yield every log file, newest day and slot first; raises SourceError, Cancelled.

        A prefix that could not be listed is yielded too, under its own name and without a size:
        reading it says why.
        """
        self._refused.clear()
        for day in self.days():
            yield from self._unlisted(day.refused)
            yield from day.items
        yield from self._unlisted(self.layout.refused)

    def days(self) -> Iterator[ListedDay]:
        """Yield the log files day by day, newest first; raises SourceError, Cancelled.

        What could not be listed on the way to the days is in `layout.refused` from then on.
        """
        self.passed_over = 0
        now = int(self._clock() * 1000)
        within = window(*self._span, now)
        pool = ThreadPoolExecutor(self._threads)
        try:
            self._discover(pool)
            self.passed_over = self.layout.passed_over
            plan = planned(self._bucket, self.layout.found, within, pool)
            self.layout.refused += plan.refused
            for day in listed_days(self._bucket, plan.days, within, pool, self._threads):
                self._go_on()
                self.passed_over += day.passed_over
                yield day
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def read(self, item: LogObject) -> bytes:
        """Return an object's bytes as delivered.

        Raises OSError when this one cannot be had, SourceError when none can.
        """
        reason = self._refused.get(item.uri)
        if reason is not None:
            raise OSError(reason)
        place = f"{_SCHEME}{self.name}/"
        if not item.uri.startswith(place):
            raise FileNotFoundError(f"{item.uri} is not in the bucket {self.name}")
        return self._readers.read(item.uri.removeprefix(place))

    def _discover(self, pool: ThreadPoolExecutor) -> None:
        place = self._start_place
        self.layout = discover(self._bucket, place, self._wanted, pool, self._cancelled)
        self._go_on()
        if not self.layout.rooted and not self.layout.refused:
            raise SourceError(
                f"There is no {ROOT}/ folder below {_SCHEME}{self.name}/{place.path}"
                f"{self._unexplored()}. Check the prefix: CloudTrail delivers to PREFIX/{ROOT}/."
            )

    def _unexplored(self) -> str:
        count = self.layout.unexplored
        return f" ({count:,} other folders were not looked through)" if count else ""

    def _go_on(self) -> None:
        if self._cancelled():
            raise Cancelled(f"Listing {_SCHEME}{self.name} was stopped.")

    def _unlisted(self, refused: Iterable[tuple[str, str]]) -> Iterator[LogObject]:
        for prefix, reason in refused:
            uri = f"{_SCHEME}{self.name}/{prefix}"
            self._refused[uri] = reason
            yield LogObject(uri, SOURCE, 0)
