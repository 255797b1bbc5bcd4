"""One pagination of CloudTrail: its pinned time range, its pace, and going on after trouble.

Owns how pages follow each other: throttling is waited out, a broken answer asked for again, a lost
token begun again from the oldest event seen. A page is kept exactly as AWS sent it and neither
decoded nor compared with others; an event may come twice, as its id tells later.

Source: CloudTrail API reference, LookupEvents and ListInsightsData; `NextToken` goes with
identical parameters only, and a page without one is the last, however few events it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple, Protocol

from botocore.parsers import ResponseParserError

from tui.domain.coverage import Scope
from tui.domain.objects import LogObject
from tui.errors import Cancelled, SourceError
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.problems import FAILURES, Doing, code_of, is_passing, is_throttle, problem
from tui.sources.aws.shapes import Answer, Client

PAGE = 50
"""Events of a page at most."""
_BODY = "DeliveredBody"
"""The member of an answer under which its bytes are kept."""
_LOST = ("InvalidNextTokenException", "InvalidTokenException", "ExpiredNextTokenException")
_ATTEMPTS = 6
"""Times in a row that a call may fail for a passing reason, or a pagination get no further."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_SECOND = 1000


class Page(NamedTuple):
    """One answer of AWS."""

    item: LogObject
    body: bytes
    """As AWS sent it."""
    oldest: int | None
    newest: int | None
    """Times of its events, ms since 1970 UTC; None for a page without events."""
    events: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What a pagination asks for, page after page; times are ms since 1970 UTC, inclusive."""

    client: Client
    scope: Scope
    start: int
    end: int
    category: str
    """What is read, for the address of pages: `management`."""
    operation: str
    """As AWS calls it, `LookupEvents`; `method` is boto3's word for it."""
    method: str
    parameters: Mapping[str, object]
    pacer: Pacer
    cancelled: Callable[[], bool]
    profile: str | None = None
    """Whose credentials the client uses, for sentences."""

    def doing(self) -> Doing:
        """Return what to say when it goes wrong."""
        what = f"Event history of {self.scope.account} in {self.scope.region}"
        return Doing(what, f"cloudtrail:{self.operation}", self.profile, self.scope.region)

    def address(self, number: int) -> str:
        """Return where a page came from: `history://ACCOUNT/REGION/CATEGORY/START-END/NNNN`."""
        scope, span = self.scope, f"{_stamp(self.start)}-{_stamp(_up(self.end))}"
        return f"history://{scope.account}/{scope.region}/{self.category}/{span}/{number:04}"


class _Response(Protocol):
    """botocore's response, as far as it is looked at."""

    content: bytes


class _Broken(Exception):
    """The answer is no whole one of AWS: see `answers`."""


def read(asking: Asking) -> Iterator[Page]:
    """Yield every page, newest first; the range is complete when the iterator ends.

    Raises Cancelled when asked to stop, SourceError when AWS refuses and CredentialsError where
    new credentials would help; what was yielded stays good.
    """
    return _Pagination(asking).pages()


class _Pagination:
    """One time range being read."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._end = _up(asking.end)
        self._oldest: int | None = None
        self._token: str | None = None
        self._in_vain = 0
        _keep_bodies(asking.client, asking.operation)

    def pages(self) -> Iterator[Page]:
        """Yield every page."""
        numbers = count(1)
        while True:
            answer = self._answer()
            if answer is None:
                self._begin_again()
                continue
            page = self._page(answer, next(numbers))
            if page.oldest is not None and (self._oldest is None or page.oldest < self._oldest):
                self._oldest = page.oldest
            self._token = answer.get("NextToken")
            yield page
            if not self._token:
                return

    def _answer(self) -> Answer | None:
        """Return the next answer, or None if the token is lost."""
        asking = self._asking
        failed = 0
        while asking.pacer.wait(asking.cancelled):
            try:
                answer = self._ask()
            except FAILURES as error:
                if is_throttle(error):
                    asking.pacer.throttled()
                    continue
                if self._token and code_of(error) in _LOST:
                    return None
                failed += 1
                if not is_passing(error) or failed == _ATTEMPTS:
                    raise problem(error, asking.doing()) from error
            except _Broken as error:
                failed += 1
                if failed == _ATTEMPTS:
                    raise self._given_up("its answers keep breaking off") from error
            else:
                asking.pacer.succeeded()
                return answer
            asking.pacer.failed()
        raise Cancelled("Stopped before the event history was read to its end.")

    def _ask(self) -> Answer:
        asking = self._asking
        parameters = {
            **asking.parameters,
            "StartTime": _moment(asking.start),
            "EndTime": _moment(self._end),
            "MaxResults": PAGE,
        }
        if self._token:
            parameters["NextToken"] = self._token
        try:
            answer: Answer = getattr(asking.client, asking.method)(**parameters)
        except ResponseParserError as error:
            raise _Broken from error
        return answer

    def _begin_again(self) -> None:
        """Go back to the oldest second seen, of which some events may still be missing."""
        end = self._end if self._oldest is None else _up(self._oldest)
        self._in_vain = self._in_vain + 1 if end == self._end else 0
        if self._in_vain == _ATTEMPTS:
            raise self._given_up(f"its pages stop short at {_stamp(end)} again and again")
        self._end, self._token = end, None

    def _given_up(self, why: str) -> SourceError:
        what = self._asking.doing().what
        return SourceError(f"{what} could not be read: {why}. Try again in a moment.")

    def _page(self, answer: Answer, number: int) -> Page:
        body: bytes = answer[_BODY]
        events = answer.get("Events", ())
        times = [(each["EventTime"] - _EPOCH) // _MS for each in events if "EventTime" in each]
        item = LogObject(self._asking.address(number), "history", len(body))
        oldest, newest = min(times, default=None), max(times, default=None)
        return Page(item, body, oldest, newest, len(events))


def _keep_bodies(client: Client, operation: str) -> None:
    """Have the client keep the bytes of each answer beside what it parsed from them."""
    name = f"after-call.cloudtrail.{operation}"
    client.meta.events.register(name, _keep_body, unique_id=f"trailhound-{operation}")


def _keep_body(http_response: _Response, parsed: dict[str, object], **_: object) -> None:
    parsed[_BODY] = http_response.content


def _up(ms: int) -> int:
    """Return the end of a range in whole seconds, all that AWS knows; never earlier."""
    return -(-ms // _SECOND) * _SECOND


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(seconds=ms // _SECOND)


def _stamp(ms: int) -> str:
    return f"{_moment(ms):%Y%m%dT%H%M%SZ}"
