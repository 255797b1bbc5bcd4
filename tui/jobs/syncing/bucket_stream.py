"""The log files of one location as a stream of a sync.

Folders are always listed anew, as late files are delivered into old ones; what is there and was not
changed is not fetched again. What was refused before is asked for again wherever it lies (`refused`
knows where), until it is read or gone. Owns what all that covers: `answered` knows what is lacking.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from tui.domain.answer import Span
from tui.domain.coverage import HISTORY_SETTLES, WITHOUT_MANAGEMENT, Covered, Scope
from tui.domain.objects import LogObject
from tui.domain.spans import missing
from tui.domain.syncing import Aside, Reached, Standing
from tui.errors import SourceError
from tui.jobs.asking.answered import Answered
from tui.jobs.syncing.lacking import Lacking
from tui.jobs.syncing.refused import Refused, above, is_gone, noted, parts, refused, was_in
from tui.jobs.syncing.streams import now_ms
from tui.jobs.syncing.sync import Delivery
from tui.sources.aws.areas import Area
from tui.sources.aws.bucket import THREADS, BucketLogs
from tui.sources.aws.download import fetched
from tui.sources.aws.keys import Folder, Kind, day_start
from tui.sources.aws.listing import window
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.container import CAP
from tui.sources.decode import Delivered
from tui.storage import reader
from tui.storage.cache import Connection
from tui.storage.versions import Versions, versions

_TOGETHER = 100
"""Log files in one delivery."""
_MOST_REFUSED = 100_000
"""Of what was refused before, how many are asked for again in one run."""
_IN_VAIN = 200
"""How many of a folder are refused again, one after another, before the rest of it waits for the
next run: requests cost, and what cannot be read at all, such as an archive, may be all of it."""
_BYTES_TOGETHER = 1 << 20
"""Bytes as delivered after which a delivery is full."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache has of buckets."""

    versions: Versions = field(default_factory=Versions)
    refused: Mapping[str, str | None] = field(default_factory=dict)
    """Files that could not be read before, and prefixes that could not be listed: URI, version."""


def known_objects(connection: Connection, cap: int = CAP, since: int = 0) -> Known:
    """Return what the cache has; files above a lower cap than this, in bytes, count as unread.

    What was refused before `since`, in ms since 1970 UTC, is not kept anyway.
    """
    refused_before = reader.refused(connection, "s3", _MOST_REFUSED, since)
    return Known(versions(connection, "s3", cap), refused_before)


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
        again: bool = False,
    ) -> None:
        """Build it; `account` is whose credentials the logs are read with, if they can expire.

        `management` is whether management events are logged there at all, `again` whether what was
        refused before is asked for outside of the window as well.
        """
        self.standing = Standing(Scope("s3", location, "*", "*"))
        self._logs = logs
        self._window = window
        self._known = known
        self._clock = clock
        self.accounts = deque((account,) if account else ())
        self._events = str(Kind.EVENTS) if management else WITHOUT_MANAGEMENT
        self._again = again
        self._clients: list[Client] = []
        self._lacking = Lacking(self.standing, known.refused)

    @property
    def area(self) -> Area:
        """What of the bucket it reads."""
        return self._logs.area

    def read_also_with(self, accounts: Iterable[Account]) -> None:
        """Read with these credentials what the others may not read."""
        for account in accounts:
            self.accounts.append(account)
            self._logs.read_also_with(partial(account.client, "s3"), account.profile)

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
        self._lacking = Lacking(self.standing, self._known.refused)
        self._clients = [account.client("s3") for account in self.accounts]
        answered = Answered()
        yield from self._read(self._logs, self._window, answered, stopped)
        if stopped():
            return
        layout = self._logs.layout
        self.standing.unlisted = sum(not self._logs.reads(each) for each, _ in layout.refused)
        unread = self._refused(layout.refused, self._window)
        known = refused(self._known.refused, self._place(), self._logs.reads)
        folders = {each.folder.path() for each in layout.found}
        looked_for = [each for each in known if was_in(each, self._window, folders, self._clock())]
        left = set(known).difference(looked_for)
        gone = self._gone(looked_for, self._logs, self._window)
        listed = self._listed_again(answered, {each.uri for each in left})
        yield Delivery(unread, aside=Aside(listed=[*listed, *gone]))
        if self._again:
            yield from self._asked_again(left, stopped)
        self.standing.share = 1.0

    def _read(
        self, logs: BucketLogs, span: Span, answered: Answered, stopped: Callable[[], bool]
    ) -> Generator[Delivery]:
        """Yield what the cache does not have of a time, newest day first; raises SourceError."""
        now = self._clock()  # before anything is listed: what is delivered later is not seen
        settled = min(span.end, now - HISTORY_SETTLES)
        for day in logs.days():
            answered.begins(day)
            fresh = self._fresh(self._known.versions.unread(day.items), answered)
            for some in grouped(fetched(logs, fresh, THREADS, stopped)):
                yield self._delivery(some, answered)
                self._known.versions.add(item for item, got in some if isinstance(got, bytes))
            if stopped():
                return
            start = day_start(day.day)
            until = min(answered.until(start), settled)
            covered_now = list(self._covered(logs, answered, Span(max(start, span.start), until)))
            yield Delivery(self._refused(day.refused, span), covered_now)
            if logs is self._logs:
                self.standing.share = self._share(start)
            self._count()

    def _fresh(self, unread: Sequence[LogObject], answered: Answered) -> list[LogObject]:
        """Return what was not refused in this run yet; note the holes of what was."""
        fresh = self._lacking.fresh(unread)
        met = {item.uri for item in fresh}
        answered.fetched([(item, "") for item in unread if item.uri not in met])
        return fresh

    def _asked_again(
        self, left: Collection[Refused], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Ask again for what was refused before and is outside of the window, folder by folder."""
        for some in parts(left).values():
            vain = 0
            for part in some:
                logs = self._logs.part(part.path, *part.span)
                if part.is_above and not logs.listable():
                    self._lacking.waits(part.refused)
                    continue
                with closing(self._read(logs, part.span, Answered(), stopped)) as reading:
                    for delivery in reading if vain < _IN_VAIN else ():
                        got = any(isinstance(data, bytes) for _, data in delivery.contents)
                        vain = 0 if got else vain + len(delivery.contents)
                        yield delivery
                        if vain >= _IN_VAIN:
                            break
                if stopped():
                    return
                if vain >= _IN_VAIN:
                    self._lacking.waits(part.refused)
                    continue
                gone = self._gone(part.refused, logs, part.span)
                unread = self._refused(logs.layout.refused, part.span)
                yield Delivery(unread, aside=Aside(listed=gone))

    def renew(self) -> None:
        """Read the credentials anew, unless another stream did."""
        for account, client in zip(self.accounts, self._clients, strict=False):
            account.renew(client)

    def _delivery(self, some: list[Delivered], answered: Answered) -> Delivery:
        """Hand over files; what of them cannot be had, is not covered any more if it ever was."""
        holes = answered.fetched(some)
        lost = [Covered(self._scope(folder), hole) for folder, hole in holes]
        self._count()
        self.standing.bytes += sum(len(data) for _, data in some if isinstance(data, bytes))
        self._lacking.answered(some)
        got = any(isinstance(data, bytes) for _, data in some)
        reached = Reached(self._logs.name, self._logs.reader) if got else None
        return Delivery(some, aside=Aside(reached, lost))

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

    def _refused(self, prefixes: Sequence[tuple[str, str]], wanted: Span) -> list[Delivered]:
        """Return prefixes that could not be listed as files that could not be read."""
        place, before = self._place(), self._known.refused
        unread: list[Delivered] = [
            (noted(place + prefix, wanted, before), reason) for prefix, reason in prefixes
        ]
        self._lacking.unlisted(unread)
        return unread

    def _listed_again(self, answered: Answered, left: Collection[str]) -> list[str]:
        """Return the URIs of prefixes above the days that could be listed now and not before.

        But for those that are `left`, as they were wanted for more time than this.
        """
        place = self._place()
        unlisted = [prefix for prefix, _ in self._logs.layout.refused]
        folders = [each.folder for each in self._logs.layout.found]
        before = above(self._known.refused, place)
        return [
            uri
            for uri in before
            if uri not in left and answered.listed(uri.removeprefix(place), folders, unlisted)
        ]

    def _gone(self, looked_for: Iterable[Refused], logs: BucketLogs, span: Span) -> list[str]:
        """Return the URIs of what was refused before, was looked for, and was not there."""
        unlisted = [prefix for prefix, _ in logs.layout.refused]
        days = window(*span, self._clock())
        return [
            each.uri
            for each in looked_for
            if (each.day is not None or logs is not self._logs)  # else `_listed_again` tells
            and is_gone(each, self._place(), days, unlisted, self._lacking.has_met)
        ]

    def _place(self) -> str:
        return f"s3://{self._logs.name}/"

    def _covered(self, logs: BucketLogs, answered: Answered, span: Span) -> Iterator[Covered]:
        """Yield what is covered now that a day is stored, folder by folder."""
        refused_above = [prefix for prefix, _ in logs.layout.refused]
        for folder in (found.folder for found in logs.layout.found):
            if any(prefix.startswith(folder.path()) for prefix in refused_above):
                continue
            for each in missing(span, answered.lacking(folder)):
                yield Covered(self._scope(folder), each)

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
