"""Whatever AWS does, exactly the planted events come back, in the bytes that AWS sent."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.aws import LoopbackAws
from tests.servers.clock import Clock
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT, CloudTrail, Place
from tests.unit.delivered import START, guid, record
from tui.domain.coverage import Scope
from tui.errors import Cancelled, CredentialsError, SourceError
from tui.sources.aws.history import (
    INSIGHT,
    Estimate,
    estimate,
    has_insights_data,
    history_pages,
    insights_data_pages,
)
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.pages import Page
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client
from tui.sources.decode import decode

__all__ = ["aws", "loopback"]
HERE = "us-east-1"
SCOPE = Scope("history", ACCOUNT, HERE, "management")
DAY = 86_400_000
END = START + DAY
TRAIL = f"arn:aws:cloudtrail:{HERE}:{ACCOUNT}:trail/main"


@dataclass
class Reading:
    """A client, a pacer on a clock that turns by itself, and an AWS on the same clock."""

    aws: LoopbackAws
    client: Client
    clock: Clock = field(default_factory=Clock)
    others: Callable[[], None] = lambda: None
    """What another program does while this one sleeps."""

    def begin(self) -> None:
        """Start over with an AWS that knows nothing."""
        self.aws.cloudtrail = CloudTrail(clock=self.clock)
        self.others = lambda: None

    def plant(self, *records: Mapping[str, object]) -> None:
        self.aws.cloudtrail.plant(records, region=HERE)

    def steal(self, number: int) -> None:
        """Have another program make so many requests, each as soon as the limit lets it."""
        place, left = Place(ACCOUNT, HERE), [number]
        history = self.aws.cloudtrail

        def ask() -> None:
            while left[0] and not history.full(place):
                left[0] -= 1
                history.answer("LookupEvents", place, {})

        self.others = ask

    def pacer(self) -> Pacer:
        return Pacer(clock=self.clock, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.others()

    def pages(self, start: int = START, end: int = END, category: str | None = None) -> list[Page]:
        pacer = self.pacer()
        return list(history_pages(self.client, SCOPE, start, end, category, pacer=pacer))


@pytest.fixture
def reading(aws: LoopbackAws) -> Iterator[Reading]:
    account = Account()
    reading = Reading(aws, account.client("cloudtrail", HERE, paced=True))
    reading.begin()
    yield reading
    account.close()


def ids(pages: list[Page]) -> set[str]:
    """Return the event ids that the ordinary way of decoding finds in the bodies."""
    batch = decode((page.item, page.body) for page in pages)
    assert not [skip for file in batch.files for skip in file.skipped]
    return {
        batch.odd_ids.get(at) or bytes(batch.keys[16 * at : 16 * at + 16]).hex()
        for at in range(len(batch))
    }


def planted(numbers: range) -> set[str]:
    return {guid(number).replace("-", "") for number in numbers}


def tied(number: int, ties: int) -> list[dict[str, object]]:
    """Return records of which so many share each second."""
    return [record(at, eventTime=record(at // ties)["eventTime"]) for at in range(number)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 500),
    ties=st.integers(1, 60),
    uses=st.none() | st.integers(1, 4),
    short=st.booleans(),
    stolen=st.integers(0, 12),
)
def test_exactly_the_planted_events_come_back(
    reading: Reading, number: int, ties: int, uses: int | None, short: bool, stolen: int
) -> None:
    reading.begin()
    reading.plant(*tied(number, ties))
    reading.aws.cloudtrail.short_pages = short
    reading.aws.cloudtrail.token_uses = uses and uses * 3
    reading.steal(stolen)
    pages = reading.pages()
    assert ids(pages) == planted(range(number))
    if uses is None:
        assert sum(page.events for page in pages) == number
        times = [each for page in pages for each in (page.newest, page.oldest) if each is not None]
        assert times == sorted(times, reverse=True)


def test_a_lost_token_reads_no_more_twice_than_one_second(reading: Reading) -> None:
    reading.plant(*tied(500, 30))
    reading.aws.cloudtrail.token_uses = 1
    pages = reading.pages()
    assert ids(pages) == planted(range(500))
    assert 500 < sum(page.events for page in pages) < 500 + 30 * len(pages)


def test_another_program_that_uses_up_the_limit_only_delays(reading: Reading) -> None:
    reading.plant(*tied(500, 7))
    reading.steal(20)
    assert ids(reading.pages()) == planted(range(500))
    assert reading.aws.cloudtrail.throttled[Place(ACCOUNT, HERE)] > 0


def test_a_page_is_the_body_that_aws_sent(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(60)))
    first, second = reading.pages()
    sent = json.loads(first.body)
    assert set(sent) == {"Events", "NextToken"}
    assert first.body == json.dumps(sent).encode()
    assert first.item.size == len(first.body)
    assert first.item.source == "history"
    assert (first.events, second.events) == (50, 10)
    assert (first.newest, second.oldest) == (START + 59_000, START)


def test_pages_have_addresses_that_say_what_was_asked(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(60)))
    asked = f"history://{ACCOUNT}/{HERE}/management/20231114T221320Z-20231115T221320Z/"
    assert [page.item.uri for page in reading.pages()] == [asked + "0001", asked + "0002"]


def test_parts_of_a_second_widen_the_range(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(4)))
    assert ids(reading.pages(START + 1_900, START + 2_001)) == planted(range(1, 4))


def test_an_empty_history_is_one_page_without_events(reading: Reading) -> None:
    (page,) = reading.pages()
    assert (page.events, page.oldest, page.newest) == (0, None, None)
    assert json.loads(page.body) == {"Events": []}


def test_every_page_of_a_pagination_asks_for_the_same_range(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(200)))
    assert sum(page.events for page in reading.pages()) == 200
    assert not reading.aws.cloudtrail.throttled


def test_throttling_is_waited_out(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(120)))
    rule = reading.aws.faults.add(Rule(Fault.THROTTLED, nth=range(2, 9)))
    assert ids(reading.pages()) == planted(range(120))
    assert rule.spoiled == 7


@pytest.mark.parametrize(
    "fault", [Fault.INTERNAL, Fault.SLOW_DOWN, Fault.RESET, Fault.TRUNCATED, Fault.SLOW]
)
def test_passing_trouble_is_passed_over(reading: Reading, fault: Fault) -> None:
    reading.plant(*(record(number) for number in range(120)))
    rule = reading.aws.faults.add(Rule(fault, nth={1, 3}, seconds=0.01))
    assert ids(reading.pages()) == planted(range(120))
    assert rule.spoiled == 2


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.RESET, Fault.TRUNCATED])
def test_lasting_trouble_is_told(reading: Reading, fault: Fault) -> None:
    rule = reading.aws.faults.add(Rule(fault))
    with pytest.raises(SourceError, match=f"Event history of {ACCOUNT} in {HERE} could not be"):
        reading.pages()
    assert rule.met == 6


def test_a_second_with_more_events_than_tokens_reach_is_told(reading: Reading) -> None:
    reading.plant(*(record(number, eventTime="2023-11-15T00:00:00Z") for number in range(400)))
    reading.aws.cloudtrail.token_uses = 1
    with pytest.raises(SourceError, match="stop short at 20231115T000000Z again and again"):
        reading.pages()


def test_expired_credentials_are_told_and_what_was_read_stays(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(120)))
    reading.aws.faults.add(Rule(Fault.EXPIRED_TOKEN, nth={3}))
    pages = history_pages(reading.client, SCOPE, START, END, pacer=reading.pacer(), profile="audit")
    seen = [next(pages), next(pages)]
    with pytest.raises(CredentialsError, match=r"expired\. Run `aws sso login --profile audit`"):
        next(pages)
    assert seen[1].oldest is not None
    seen += history_pages(reading.client, SCOPE, START, seen[1].oldest, pacer=reading.pacer())
    assert ids(seen) == planted(range(120))


def test_a_denial_names_the_permission(reading: Reading) -> None:
    rule = reading.aws.faults.add(Rule(Fault.ACCESS_DENIED))
    with pytest.raises(SourceError, match="it needs the permission cloudtrail:LookupEvents"):
        reading.pages()
    assert rule.met == 1


def test_a_range_that_ends_before_it_starts_is_told(reading: Reading) -> None:
    with pytest.raises(SourceError, match="the start of the time range is after its end"):
        reading.pages(END, START)


def test_it_stops_between_pages(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(120)))
    stop = [False]
    pages = history_pages(
        reading.client, SCOPE, START, END, pacer=reading.pacer(), cancelled=lambda: stop[0]
    )
    assert next(pages).events == 50
    stop[0] = True
    with pytest.raises(Cancelled):
        next(pages)
    assert reading.aws.cloudtrail.answered.total() == 1


def insight(number: int) -> dict[str, object]:
    changes = {"eventCategory": "Insight", "insightDetails": {"eventName": "RunInstances"}}
    return record(number, **changes)


def test_insights_are_asked_for_by_themselves(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(3)))
    reading.plant(*(insight(number) for number in range(3, 60)))
    pages = reading.pages(category=INSIGHT)
    assert ids(pages) == planted(range(3, 60))
    assert "/insight/" in pages[0].item.uri
    assert ids(reading.pages()) == planted(range(3))


def test_insights_on_data_events_are_those_of_their_trail(reading: Reading) -> None:
    assert has_insights_data(reading.client)
    reading.aws.cloudtrail.plant_data_insights([insight(number) for number in range(70)], TRAIL)
    reading.aws.cloudtrail.plant_data_insights([insight(99)], TRAIL + "2")
    pages = list(
        insights_data_pages(reading.client, SCOPE, TRAIL, START, END, pacer=reading.pacer())
    )
    assert ids(pages) == planted(range(70))
    assert "/insights-data:main/" in pages[0].item.uri


def test_the_pace_is_never_throttled_and_nine_tenths_of_the_limit(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(1_000)))
    assert len(reading.pages()) == 20
    assert not reading.aws.cloudtrail.throttled
    assert 20 / reading.clock() >= 1.8


def test_the_pace_holds_in_real_time(reading: Reading) -> None:
    reading.plant(*(record(number) for number in range(350)))
    reading.aws.cloudtrail.clock = time.monotonic
    started = time.monotonic()
    pages = list(history_pages(reading.client, SCOPE, START, END, pacer=Pacer()))
    took = time.monotonic() - started
    assert len(pages) == 7
    assert not reading.aws.cloudtrail.throttled
    assert 3.0 <= took < 4.0


@given(covered=st.integers(1, DAY), left=st.integers(0, 90 * DAY), requests=st.integers(1, 10_000))
def test_an_estimate_is_in_proportion(covered: int, left: int, requests: int) -> None:
    found = estimate(0, left + covered, left, requests, 2.0)
    assert found == Estimate(math.ceil(requests * left / covered), found.requests / 2)


def test_an_estimate_before_anything_was_seen_is_one_request() -> None:
    assert estimate(0, DAY, None, 0, 2.0) == Estimate(1, 0.5)
