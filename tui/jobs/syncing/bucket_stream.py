"""The log files of one location as a stream of a sync.

Folders are always listed anew, as late files are delivered into old ones; what is there and was not
changed is not fetched again. Owns what that covers: `answered` knows what is lacking.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, WITHOUT_MANAGEMENT, Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.spans import missing
from tui.domain.syncing import Aside, Reached, Standing
from tui.errors import SourceError
from tui.jobs.asking.answered import Answered
from tui.jobs.syncing.streams import now_ms
from tui.jobs.syncing.sync import Delivery
from tui.sources.aws.areas import Area
from tui.sources.aws.bucket import THREADS, BucketLogs
from tui.sources.aws.download import fetched
from tui.sources.aws.keys import Folder, Kind, day_start
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.container import CAP
from tui.sources.decode import Delivered
from tui.storage import reader
from tui.storage.cache import Connection
from tui.storage.versions import Versions, versions

_TOGETHER = 100
"""Log files in one delivery."""
_FIRST = "; the first is "
_BYTES_TOGETHER = 1 << 20
"""Bytes as delivered after which a delivery is full."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache has of buckets."""

    versions: Versions = field(default_factory=Versions)
    unlisted: Collection[str] = ()
    """URIs of prefixes that could not be listed before."""


def known_objects(connection: Connection, cap: int = CAP) -> Known:
    """Return what the cache has; files above a lower cap than this, in bytes, count as unread."""
    return Known(versions(connection, "s3", cap), reader.unlisted(connection, "s3"))


class BucketStream:
    """The log files below one location."""

    def __init__(
        self,
        logs: BucketLogs,
        location: str,
        window: Span,
        known: Known,
        clock: Callable[[], int] = now_ms,
        account: Account | None = None,
        *,
        management: bool = True,
    ) -> None:
        """Build it; `account` is whose credentials the logs are read with, if they can expire.

        `management` is whether management events are logged there at all.
        """
        self.standing = Standing(Scope("s3", location, "*", "*"))
        self._logs = logs
        self._window = window
        self._known = known
        self._clock = clock
        self._account = account
        self._reached = Reached(logs.name, account.profile if account else None)
        self._events = str(Kind.EVENTS) if management else WITHOUT_MANAGEMENT
        self._client: Client | None = None

    @property
    def area(self) -> Area:
        """What of the bucket it reads."""
        return self._logs.area

    @property
    def profile(self) -> str | None:
        """The profile it reads with."""
        return self._account.profile if self._account else None

    def leave_out(self, areas: Collection[Area]) -> None:
        """Leave what lies in other areas to others."""
        self._logs.leave_out(areas)

    def listable(self) -> bool:
        """Return whether its credentials can list it; asks AWS."""
        return self._logs.listable()

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield what the cache does not have, newest day first; raises SourceError."""
        del covered
        self.standing.unread = 0
        if self._account:
            self._client = self._account.client("s3")
        now = self._clock()  # before anything is listed: what is delivered later is not seen
        settled = min(self._window.end, now - HISTORY_SETTLES)
        answered = Answered()
        for day in self._logs.days():
            answered.begins(day)
            contents = fetched(self._logs, self._known.versions.unread(day.items), THREADS, stopped)
            for some in grouped(contents):
                yield self._delivery(some, answered)
                self._known.versions.add(item for item, got in some if isinstance(got, bytes))
            if stopped():
                return
            start = day_start(day.day)
            covered_now = list(self._covered(answered, start, settled))
            yield Delivery(self._refused(day.refused), covered_now)
            self.standing.share = self._share(start)
            self._count()
        listed = Aside(listed=self._listed_again(answered))
        yield Delivery(self._refused(self._logs.layout.refused), aside=listed)
        self.standing.share = 1.0

    def renew(self) -> None:
        """Read the credentials anew, unless another stream did."""
        if self._account:
            self._account.renew(self._client)

    def _delivery(self, some: list[Delivered], answered: Answered) -> Delivery:
        """Hand over files; what of them cannot be had, is not covered any more if it ever was."""
        holes = answered.fetched(some)
        lost = [Covered(self._scope(folder), hole) for folder, hole in holes]
        self._count()
        self.standing.bytes += sum(len(data) for _, data in some if isinstance(data, bytes))
        self._lacks(some)
        got = any(isinstance(data, bytes) for _, data in some)
        return Delivery(some, aside=Aside(self._reached if got else None, lost))

    def _count(self) -> None:
        self.standing.requests = self._logs.usage.requests.total()
        self.standing.cost = self._logs.usage.cost()

    def _share(self, day: int) -> float | None:
        """Return how much of the wanted time lies after a day began; None with an open end."""
        window = self._window
        if not window.start:
            return None
        end = min(window.end, self._clock())
        return max(0, end - max(day, window.start)) / max(1, end - window.start)

    def _refused(self, refused: Sequence[tuple[str, str]]) -> list[Delivered]:
        """Return prefixes that could not be listed as files that could not be read."""
        place = self._place()
        unread: list[Delivered] = [
            (LogObject(place + prefix, "s3", 0), reason) for prefix, reason in refused
        ]
        self._lacks(unread)
        return unread

    def _lacks(self, some: Sequence[Delivered]) -> None:
        """Count what could not be had, and tell why of the first."""
        standing = self.standing
        why = [f"{item.uri}: {data}" for item, data in some if isinstance(data, str)]
        if not why:
            return
        first = standing.reason.partition(_FIRST)[2] if standing.unread else why[0]
        standing.unread += len(why)
        standing.reason = f"{standing.unread:,} could not be read{_FIRST}{first}"

    def _listed_again(self, answered: Answered) -> list[str]:
        """Return the URIs of prefixes that could be listed now and could not before."""
        place = self._place()
        refused = [prefix for prefix, _ in self._logs.layout.refused]
        folders = [each.folder for each in self._logs.layout.found]
        before = (uri for uri in self._known.unlisted if uri.startswith(place))
        return [uri for uri in before if answered.listed(uri.removeprefix(place), folders, refused)]

    def _place(self) -> str:
        return f"s3://{self._logs.name}/"

    def _covered(self, answered: Answered, start: int, settled: int) -> Iterator[Covered]:
        """Yield what is covered now that a day is stored, folder by folder."""
        span = Span(max(start, self._window.start), min(answered.until(start), settled))
        refused = [prefix for prefix, _ in self._logs.layout.refused]
        for folder in (found.folder for found in self._logs.layout.found):
            if any(prefix.startswith(folder.path()) for prefix in refused):
                continue
            for part in missing(span, answered.lacking(folder)):
                yield Covered(self._scope(folder), part)

    def _scope(self, folder: Folder) -> Scope:
        kind = self._events if folder.kind is Kind.EVENTS else str(folder.kind)
        return Scope("s3", folder.account, folder.region, kind)


def grouped(contents: Iterator[Delivered]) -> Iterator[list[Delivered]]:
    """Yield contents in deliveries; what came before an error is handed on before it is raised."""
    group: list[Delivered] = []
    size = 0
    try:
        for each in contents:
            group.append(each)
            size += len(each[1])
            if len(group) == _TOGETHER or size >= _BYTES_TOGETHER:
                yield group
                group, size = [], 0
    except SourceError:
        if group:
            yield group
        raise
    if group:
        yield group
