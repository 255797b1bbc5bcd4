"""The offer to ask AWS for what the filter wants and the cache lacks, and taking it.

It owns which offer stands and what was asked already. An offer is looked for when an answer came;
one that comes after the question changed is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING

from textual import on, work
from textual.notifications import SeverityLevel
from textual.worker import get_current_worker

from tui.domain.answer import Query, Span
from tui.domain.coverage import Scope
from tui.domain.event import Place
from tui.domain.filter import Everything
from tui.domain.progress import Step
from tui.domain.syncing import Standing
from tui.screens import wording
from tui.screens.apart import apart
from tui.screens.background import Background
from tui.screens.syncing.board import Stage, SyncBoard
from tui.screens.work import AwsAnswered, OfferFound, ToScreen
from tui.storage.cache import Cache
from tui.widgets.loading import Loading
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:  # loading boto3 takes longer than the first paint
    from tui.jobs.asking.ask import Answers as AwsAnswers
    from tui.jobs.asking.lookup import LookupPlan
    from tui.jobs.asking.offering import Asked, Offer
    from tui.jobs.exploring.explore import Explorer


class Offers(Background):
    """A screen that may ask AWS about its question."""

    offer: Offer | None = None
    asking: ToScreen | None = None
    """While AWS is being asked."""
    asked: Asked = {}  # noqa: RUF012 replaced, never changed

    def ask(self, *, keep_place: bool = False, light: bool = False) -> None:
        """Have the current question answered from the cache."""
        raise NotImplementedError

    def cache_grew(self) -> None:
        """Take over what was added to the cache."""
        raise NotImplementedError

    def look_for_offer(self, generation: int, query: Query) -> None:
        """Find out what AWS could answer of a query."""
        if self.explorer is None or isinstance(query.filter, Everything):
            self.post_message(OfferFound(generation, None))
        else:
            self._find_offer(self.explorer, generation, query, self._places(), self.asked)

    def _places(self) -> list[Place]:
        """Return the accounts and Regions whose event history can be asked now."""
        if self.board.overview().stage not in (Stage.RUNNING, Stage.ENDED):
            return []
        scopes = (source.standing.scope for source in self.board.sources())
        return [Place(each.account, each.region) for each in scopes if each.source == "history"]

    @work(thread=True, exclusive=True, group="offer", exit_on_error=False)
    def _find_offer(
        self, explorer: Explorer, generation: int, query: Query, places: list[Place], asked: Asked
    ) -> None:
        from tui.jobs.asking.offering import offered

        worker = get_current_worker()
        now = int(time() * 1000)
        wish = self.board.wish
        found = offered(
            self.cache,
            query.filter,
            query.span or Span(wish.window.start if wish else 0, now),
            now,
            places=places,
            count=lambda tree: explorer.answer(Query(tree)).answer.total,
            asked=asked,
        )
        if not worker.is_cancelled:
            self.post_message(OfferFound(generation, found))

    def show_offer(self, offer: Offer | None) -> None:
        """Say what AWS could answer; nothing takes the line away."""
        self.offer = offer
        line = self.query_one("#offer", StatusLine)
        status = wording.offer(offer, self.keys["events.ask"]) if offer else None
        line.display = status is not None
        if status:
            line.show(status)

    def action_ask(self) -> None:
        """Ask AWS what is offered."""
        offer = self.offer
        plan = offer.plan if offer else None
        if self.asking:
            self.notify(f"AWS is being asked. {self.keys['events.back']} stops it.")
        elif offer is None or plan is None or self.board.wish is None:
            self.notify(wording.no_offer(offline=self.board.wish is None), timeout=8)
        else:
            self.notify(
                " ".join([plan.sentence(), *plan.warnings]), title="Asking AWS", markup=False
            )
            self.asking = ToScreen(self)
            self.query_one("#offer", StatusLine).display = False
            stop = self.keys["events.back"]
            self._ask(plan, Watch(self.asking, offer.expected.requests, stop))

    @work(group="ask", exit_on_error=False)
    async def _ask(self, plan: LookupPlan, watch: Watch) -> None:
        job = partial(_answers, self.cache, self.board, plan, watch)
        self.post_message(AwsAnswered(plan, await apart(job)))

    @on(AwsAnswered)
    def _aws_answered(self, event: AwsAnswered) -> None:
        plan, answers = event.plan, event.answers
        self.asked_for_nothing_more()
        self.asked = _remembered(self.asked, (plan.attribute, plan.value), answers.asked)
        severity: SeverityLevel = "warning" if answers.problems else "information"
        said = answers.sentence()
        self.notify(said, title="AWS answered", severity=severity, timeout=12, markup=False)
        self.cache_grew()
        self.ask(keep_place=True)  # what was asked is not to be offered again, found or not

    def on_unmount(self) -> None:
        """Stop asking: nobody waits for it any more."""
        if self.asking:
            self.asking.stop()

    def asked_for_nothing_more(self) -> None:
        """Take note that AWS is not being asked any more."""
        self.asking = None
        self.query_one(Loading).show(None)


class Watch:
    """How far asking AWS has come, told to a screen; `expected` are requests."""

    def __init__(self, screen: ToScreen, expected: int, stop: str) -> None:
        """`stop` is the key that ends it."""
        self._screen = screen
        self._expected = expected
        self._stop = stop
        self._standings: dict[Scope, Standing] = {}

    def stands(self, standing: Standing) -> None:
        """Take note of one account and Region."""
        self._standings[standing.scope] = standing
        standings = list(self._standings.values())
        requests = sum(each.requests for each in standings)
        events = sum(each.events for each in standings)
        total = max(self._expected, requests)
        detail = f"{events:,} events, {self._stop} stops"
        self._screen.report(Step("Asking AWS", requests, total, "requests", detail))

    def cancelled(self) -> bool:
        """Return whether the user stopped it."""
        return self._screen.cancelled()

    def held(self) -> bool:
        """Never wait: who asks wants to know."""
        return False


def _answers(cache: Cache, board: SyncBoard, plan: LookupPlan, watch: Watch) -> AwsAnswers:
    from tui.jobs.asking.ask import ask  # loads boto3, so not on the event loop

    return ask(cache, board.wishes.profiles(), plan, watch, board.pacers)


def _remembered(
    asked: Asked, attribute: tuple[str, str], spans: Mapping[Place, Sequence[Span]]
) -> Asked:
    """Return what was asked, with more of it for one attribute and its value."""
    before = asked.get(attribute, {})
    both = {place: [*before.get(place, ()), *spans.get(place, ())] for place in {**before, **spans}}
    return {**asked, attribute: both}
