"""Following a queue that tells what was delivered, or brings the records themselves.

A queue that is ours is emptied: a message is deleted once what it told of is committed. Any other
is only looked at, and never called complete, as its readers take messages before we see them.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from tui.domain.objects import LogObject
from tui.domain.syncing import Aside, Reached
from tui.domain.tailing import Feed, FeedKind
from tui.errors import SourceError
from tui.jobs.syncing.bucket_stream import Known, grouped
from tui.jobs.tailing.feeds import Arrival, Watch
from tui.sources.aws.allowed import first_allowed
from tui.sources.aws.download import fetched
from tui.sources.aws.notices import Meaning, S3Object, recognised
from tui.sources.aws.objects import SCHEME, Objects
from tui.sources.aws.queue import Message, Queue, QueueName
from tui.sources.aws.sessions import Account
from tui.sources.decode import Delivered

_THREADS = 8
_WAIT = 5
"""Seconds that AWS waits for a message before it answers."""
_REST = 10.0
"""Seconds between two looks at a queue of others, in which they have it for themselves."""
_LOOKS = 50
"""Answers of one look at most."""
_MOST_SEEN = 100_000
_KEPT = (Meaning.RECORD, Meaning.UNKNOWN)
"""Messages that are stored as they are: the one is a record, the other is shown as skipped."""
_PEEK = "only looked at: what its other readers take first is not seen"


class QueueFeed:
    """What the messages of one queue tell of."""

    def __init__(
        self,
        account: Account,
        name: QueueName,
        known: Known,
        *,
        own: bool,
        clock: Callable[[], int] | None = None,
        rest: float = _REST,
        wait: int = _WAIT,
    ) -> None:
        """Build it; `known` is what the cache has of buckets.

        More accounts may be added to `accounts`: those of other profiles, where this one may not.
        """
        self.feed = Feed(FeedKind.SQS, name.account, name.region or "", name.name)
        self.now = clock or account.clock
        self.accounts = deque((account,))
        self._name = name
        self._queue = Queue(account, name, own=own)
        self._own = own
        self._rest = rest
        self._wait = wait
        self._versions = known.versions
        self._objects = Objects((account,))
        self._seen: dict[str, None] = {}
        self._problem = ""

    def arrivals(self, since: int, watch: Watch) -> Iterator[Arrival]:
        """Yield what messages bring; a queue has no past to ask for. Raises SourceError."""
        del since
        return first_allowed(self.accounts, lambda: self._all(watch))

    def _all(self, watch: Watch) -> Iterator[Arrival]:
        self._queue = Queue(self.accounts[0], self._name, own=self._own)
        self._objects = Objects(tuple(self.accounts))
        if not self._own:
            self._queue.may_be_looked_at()
        while not watch.stopped():
            if self._own:
                yield from self._taken(watch)
            else:
                yield from self._looked(watch)
                if not watch.wait(self._rest):
                    return

    def committed(self, receipts: Sequence[str]) -> None:
        """Delete the messages of our own queue; one that stays comes again and is known then."""
        try:
            self._queue.delete(receipts)
            self._problem = ""
        except SourceError as error:
            self._problem = str(error)

    def renew(self) -> None:
        """Read the credentials anew."""
        self.accounts[0].renew()

    def _taken(self, watch: Watch) -> Iterator[Arrival]:
        now = self.now()
        messages = self._queue.receive(self._wait)
        if messages:
            yield from self._arrivals(messages, watch)
        else:
            yield Arrival(asked=now, problem=self._problem)

    def _looked(self, watch: Watch) -> Iterator[Arrival]:
        now = self.now()
        for _ in range(_LOOKS):
            messages = [each for each in self._queue.receive(1) if each.id not in self._seen]
            if not messages or watch.stopped():
                break
            yield from self._arrivals(messages, watch)
        yield Arrival(asked=now, lacking=True, note=_PEEK)

    def _arrivals(self, messages: Sequence[Message], watch: Watch) -> Iterator[Arrival]:
        """Yield what messages bring, and in the end the receipts of those that brought all."""
        notices = [(each, recognised(each.body)) for each in messages]
        told = [_address(each) for _, notice in notices for each in notice.objects]
        wanted = self._versions.unread(list(dict.fromkeys(told)))
        lacking = {item.uri for item in wanted}
        problem = ""
        for group in grouped(fetched(self._objects, wanted, _THREADS, watch.stopped)):
            problem = problem or next((got for _, got in group if isinstance(got, str)), "")
            lacking -= {item.uri for item, got in group if isinstance(got, bytes)}
            yield Arrival(
                [(item._replace(size=len(got)), got) for item, got in group],
                asides=[Aside(each) for each in self._reached(group)],
                problem=problem,
            )
            self._versions.add(item for item, got in group if isinstance(got, bytes))
        whole = [
            each
            for each, notice in notices
            if not any(_address(item).uri in lacking for item in notice.objects)
        ]
        self._remember(whole)
        brought = [each for each, notice in notices if notice.meaning in _KEPT]
        yield Arrival(
            [self._delivered(brought)] if brought else (),
            ignored=sum(notice.meaning is Meaning.NOTHING for _, notice in notices),
            problem=problem or self._problem,
            receipts=[each.receipt for each in whole] if self._own else (),
        )

    def _reached(self, group: Sequence[Delivered]) -> set[Reached]:
        """Return from where, and with whose credentials, objects can be fetched again."""
        uris = [item.uri for item, got in group if isinstance(got, bytes)]
        buckets = {uri.removeprefix(SCHEME).partition("/")[0] for uri in uris}
        return {Reached(bucket, self._objects.reader(bucket)) for bucket in buckets}

    def _remember(self, messages: Sequence[Message]) -> None:
        self._seen |= dict.fromkeys(each.id for each in messages)
        while len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    def _delivered(self, messages: Sequence[Message]) -> Delivered:
        """Return messages as ReceiveMessage would list them, without their receipts."""
        listed = [{"MessageId": each.id, "Body": each.body} for each in messages]
        body = json.dumps({"Messages": listed}).encode()
        feed = self.feed
        uri = f"sqs://{feed.account}/{feed.region}/{feed.name}/{messages[0].id}"
        return LogObject(uri, str(feed.kind), len(body)), body


def _address(item: S3Object) -> LogObject:
    return LogObject(f"{SCHEME}{item.bucket}/{item.key}", str(FeedKind.S3), 0, None, item.version)
