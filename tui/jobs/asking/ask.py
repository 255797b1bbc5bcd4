"""Carrying out a plan: event history is asked for one attribute, and what comes is cached.

The answers go the way of every delivery. They cover no time, as only some events of it were asked
for; what was asked is told to whoever wants to remember it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tui.domain.answer import Span
from tui.domain.coverage import Scope
from tui.domain.event import Place
from tui.domain.syncing import Phase, Standing, SyncProgress
from tui.errors import SourceError
from tui.jobs.asking.lookup import LookupPlan
from tui.jobs.asking.offering import MOST
from tui.jobs.syncing.pausing import Patience
from tui.jobs.syncing.sync import Delivery, Stream, Synced, sync
from tui.sources.aws.allowed import first_allowed
from tui.sources.aws.history import found_pages
from tui.sources.aws.pacing import Pacer, Pacers
from tui.sources.aws.sessions import Account
from tui.storage.cache import Cache

_SECOND = 1000
"""What event history's times are exact to."""
_SOURCE = "lookup"
_AT_ONCE = Patience(0)
"""Who presses a key waits for an answer, not for credentials."""


@dataclass(slots=True)
class Answers:
    """What AWS answered."""

    requests: int = 0
    events: int = 0
    """Events in the answers."""
    new: int = 0
    """Those among them that the cache did not have."""
    stopped: bool = False
    problems: list[str] = field(default_factory=list)
    """What could not be asked, or not to its end, as sentences."""
    asked: dict[Place, list[Span]] = field(default_factory=dict)
    """The times that were asked to their end."""

    def sentence(self) -> str:
        """Return what came of it."""
        said = "Stopped. " if self.stopped else ""
        requests = f"{self.requests:,} request" + ("" if self.requests == 1 else "s")
        said += f"AWS answered {requests} with {_events(self.events)}"
        said += f", {self.new:,} of them new." if self.events else "."
        return " ".join([said, *self.problems])


def ask(
    cache: Cache,
    profiles: Sequence[str | None],
    plan: LookupPlan,
    progress: SyncProgress,
    pacers: Pacers,
) -> Answers:
    """Ask what a plan says, all places at once, with the credentials of profiles.

    None stands for the default ones. Raises CacheError; what AWS refuses is a problem of the
    answers.
    """
    answers = Answers()
    streams = _streams(profiles, plan, pacers, answers)
    result = sync(cache, list[Stream](streams), progress, patience=_AT_ONCE, noted=False)
    for stream in streams:
        answers.requests += stream.standing.requests
        answers.asked[stream.place] = stream.asked
    answers.events = sum(each.standing.events for each in streams)
    answers.new = result.events
    answers.stopped = any(each.standing.phase is Phase.STOPPED for each in streams)
    answers.problems += _problems(result)
    return answers


def _streams(
    profiles: Sequence[str | None], plan: LookupPlan, pacers: Pacers, answers: Answers
) -> list[LookupStream]:
    spans: dict[Place, list[Span]] = {}
    for place, span in plan.askings:
        spans.setdefault(place, []).append(span)
    streams: list[LookupStream] = []
    for profile in profiles:
        account = Account(profile)
        try:
            number = account.identity().account
        except SourceError as error:
            answers.problems.append(str(error))
            continue
        for stream in [each for each in streams if each.place.account == number]:
            stream.accounts.append(account)
        for place in [each for each in spans if each.account == number]:
            pacer = pacers.at(number, place.region or "")
            streams.append(LookupStream(account, place, plan, spans.pop(place), pacer))
    if spans and not answers.problems:
        accounts = ", ".join(sorted({place.account or "" for place in spans}))
        answers.problems.append(f"No profile leads to {accounts} any more.")
    return streams


class LookupStream:
    """The answers of one account and Region to one attribute."""

    def __init__(
        self, account: Account, place: Place, plan: LookupPlan, spans: Sequence[Span], pacer: Pacer
    ) -> None:
        """Build it; nothing is asked before the deliveries are."""
        self.place = place
        self.asked: list[Span] = []
        """The times read to their end, newest first."""
        self._attribute = (plan.attribute, plan.value)
        kind = f"{plan.attribute}={plan.value}"
        self.standing = Standing(Scope(_SOURCE, place.account or "", place.region or "", kind))
        self.accounts = deque((account,))
        """Of every profile that leads there: the first that may asks."""
        self._spans = sorted(spans, reverse=True)
        self._pacer = pacer

    def deliveries(
        self, covered: Sequence[Span], stopped: Callable[[], bool]
    ) -> Iterator[Delivery]:
        """Yield the pages, newest first, until MOST were asked for; raises SourceError."""
        del covered
        return first_allowed(self.accounts, lambda: self._answers(stopped))

    def _answers(self, stopped: Callable[[], bool]) -> Iterator[Delivery]:
        scope = self.standing.scope
        client = self.accounts[0].client("cloudtrail", scope.region, paced=True)
        profile = self.accounts[0].profile
        for span in self._spans:
            asked = (scope, span.start, span.end, self._attribute)
            for page in found_pages(
                client, *asked, pacer=self._pacer, cancelled=stopped, profile=profile
            ):
                self.standing.requests += 1
                self.standing.bytes += len(page.body)
                yield Delivery([(page.item, page.body)])
                if page.oldest is not None:
                    self._note(Span(max(span.start, page.oldest + _SECOND), span.end))
                if self.standing.requests >= MOST:
                    self.standing.reason = f"asked {MOST:,} times, there may be more"
                    return
            self._note(span)

    def renew(self) -> None:
        """Do nothing: credentials are not waited for."""

    def _note(self, span: Span) -> None:
        if span.end > span.start:
            self.asked.append(span)


def _problems(result: Synced) -> Iterator[str]:
    for standing in result.standings:
        if standing.reason:
            place = f"{standing.scope.account} {standing.scope.region}"
            yield f"{place}: {standing.reason.removesuffix('.')}."


def _events(number: int) -> str:
    return "no events" if not number else f"{number:,} event" + ("" if number == 1 else "s")
