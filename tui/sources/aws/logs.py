# mypy: disable-error-code="import-untyped"
"""One CloudWatch Logs group: what it holds, and what comes into it as it comes.

Owns FilterLogEvents and its pages, Live Tail and how it ends. A trail writes one record into each
log event; what a message means is not looked at here.

Sources: CloudWatch Logs API reference, FilterLogEvents and StartLiveTail; user guide, "Live Tail".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from botocore.eventstream import ParserError
from urllib3.exceptions import HTTPError

from tui.errors import Cancelled, CredentialsError, SourceError
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.problems import FAILURES, Doing, code_of, is_passing, is_throttle, problem
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Answer

_ARN = re.compile(
    r"(?P<arn>arn:[a-z0-9-]+:logs:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):"
    r"log-group:(?P<name>[^:*]+))(?::\*)?"
)
"""What DescribeTrails tells ends in `:*`, which StartLiveTail does not take."""
_ATTEMPTS = 6
"""Times in a row that a call may fail for a passing reason."""
_ENDED = "SessionTimeoutException"
"""How a session says that its three hours are over."""
_NO_GROUP = "ResourceNotFoundException"


class GroupName(NamedTuple):
    """Which log group is meant."""

    account: str
    region: str
    name: str
    arn: str


class LogMessage(NamedTuple):
    """One log event; times are ms since 1970 UTC."""

    stream: str
    timestamp: int
    ingested: int
    message: str


class Update(NamedTuple):
    """What Live Tail tells every second."""

    messages: list[LogMessage]
    sampled: bool
    """Whether there were more than it tells of."""


class LiveRefused(SourceError):
    """Live Tail is not to be had here; the log group can be asked otherwise."""


class _Stream(Protocol):
    """botocore's EventStream, as far as it is used."""

    def __iter__(self) -> Iterator[Answer]: ...

    def close(self) -> None: ...


def parse_group(text: str) -> GroupName | None:
    """Return what the ARN of a log group tells; None for a text that is none."""
    found = _ARN.fullmatch(text)
    return GroupName(**found.groupdict()) if found else None


def named_group(account: Account, text: str, region: str | None = None) -> GroupName:
    """Return the log group of an ARN, or of a name in a Region; raises SourceError."""
    group = parse_group(text)
    if group:
        return group
    identity = account.identity()
    where = region or account.client("logs").meta.region_name
    arn = f"arn:{identity.partition}:logs:{where}:{identity.account}:log-group:{text}"
    return GroupName(identity.account, where, text, arn)


class LogGroup:
    """A log group, read with the credentials of an account."""

    def __init__(self, account: Account, name: GroupName, pacer: Pacer) -> None:
        self.name = name
        self._account = account
        self._pacer = pacer

    def messages(
        self, start: int, end: int, cancelled: Callable[[], bool]
    ) -> Iterator[list[LogMessage]]:
        """Yield the pages of a range, oldest first; a page may be empty. Times in ms, inclusive.

        Raises SourceError, CredentialsError, Cancelled.
        """
        mine = self.name.account == self._account.identity().account
        group = {"logGroupName": self.name.name} if mine else {"logGroupIdentifier": self.name.arn}
        asked: dict[str, object] = {**group, "startTime": max(0, start), "endTime": end}
        while True:
            answer = self._page(asked, cancelled)
            yield [_message(each) for each in answer.get("events", ())]
            if not answer.get("nextToken"):
                return
            asked["nextToken"] = answer["nextToken"]

    def live(self) -> Session:
        """Begin a session; raises LiveRefused, and SourceError where nothing else would help."""
        client = self._account.streaming("logs", self.name.region)
        try:
            answer = client.start_live_tail(logGroupIdentifiers=[self.name.arn])
        except FAILURES as error:
            failed = problem(error, self._doing("logs:StartLiveTail"))
            if isinstance(failed, CredentialsError) or code_of(error) == _NO_GROUP:
                raise failed from error
            raise LiveRefused(str(failed)) from error
        return Session(answer["responseStream"], self._doing("logs:StartLiveTail"))

    def _page(self, asked: dict[str, object], cancelled: Callable[[], bool]) -> Answer:
        client = self._account.client("logs", self.name.region, paced=True)
        failed = 0
        while self._pacer.wait(cancelled):
            try:
                answer = client.filter_log_events(**asked)
            except FAILURES as error:
                if is_throttle(error):
                    self._pacer.throttled()
                    continue
                failed += 1
                if not is_passing(error) or failed == _ATTEMPTS:
                    raise problem(error, self._doing("logs:FilterLogEvents")) from error
                self._pacer.failed()
            else:
                self._pacer.succeeded()
                return answer
        raise Cancelled("Stopped before the log group was read to its end.")

    def _doing(self, permission: str) -> Doing:
        what = f"Log group {self.name.name} in {self.name.region}"
        return Doing(what, permission, self._account.profile, self.name.region)


class Session:
    """A Live Tail session; it ends by itself after three hours, or when it is closed."""

    def __init__(self, stream: _Stream, doing: Doing) -> None:
        self._stream = stream
        self._doing = doing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stream.close()

    def updates(self) -> Iterator[Update]:
        """Yield an update a second, until the session ends or breaks off: what follows is a gap.

        Raises SourceError for what AWS refuses.
        """
        try:
            for event in self._stream:
                told = event.get("sessionUpdate")
                if told is not None:
                    yield _update(told)
        except FAILURES as error:
            passing = is_passing(error) or code_of(error) in (_ENDED, "SessionStreamingException")
            if not passing:
                raise problem(error, self._doing) from error
        except (HTTPError, ParserError):  # what the stream beneath raises: the connection broke off
            return


def _update(told: Answer) -> Update:
    messages = [_message(each) for each in told.get("sessionResults", ())]
    return Update(messages, bool(told.get("sessionMetadata", {}).get("sampled")))


def _message(event: Answer) -> LogMessage:
    return LogMessage(
        str(event.get("logStreamName", "")),
        int(event.get("timestamp") or 0),
        int(event.get("ingestionTime") or 0),
        str(event.get("message", "")),
    )
