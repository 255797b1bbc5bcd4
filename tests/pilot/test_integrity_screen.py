"""What is vouched for is seen hour by hour, down to the events of an altered file."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.pilot.explored import PATIENCE
from tests.unit.delivered import line, log_text
from tui.app import TrailhoundApp
from tui.domain.evidence import Evidence
from tui.domain.objects import LogObject
from tui.domain.progress import Progress
from tui.domain.verifying import Verified, Wanted
from tui.errors import Cancelled, SourceError
from tui.jobs.ingesting.ingest import ingest
from tui.jobs.verifying.verify import verify
from tui.screens.events import EventsScreen
from tui.screens.verifying.audits import Auditor
from tui.screens.verifying.hour import HourList, HourScreen
from tui.screens.verifying.integrity import IntegrityScreen
from tui.settings.model import Signs
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.evidence import SimulatedEvidence
from tui.simulation.organization import HOME, organization
from tui.sources.decode import decode
from tui.storage.cache import Cache
from tui.storage.writer import Writer
from tui.widgets.event_table import EventTable
from tui.widgets.hour_grid import HourGrid

EVENTS = 2_000


class Seen:
    """The app and what can be asked of it."""

    def __init__(self, app: TrailhoundApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def events(self) -> EventsScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, EventsScreen)
        return screen

    @property
    def grid(self) -> HourGrid:
        return self.app.screen.query_one(HourGrid)

    @property
    def kinds(self) -> set[str]:
        """What was found of the hour under the cursor."""
        hour = self.grid.current
        return {each.kind for each in hour.findings} if hour else set()

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def until(self, *words: str) -> None:
        """Wait until all of it stands on the screen."""
        end = time.monotonic() + PATIENCE
        while not all(each in self.text for each in words):
            assert time.monotonic() < end, f"{words} never came:\n{self.text}"
            await self.pilot.pause(0.02)

    async def listed(self, findings: int = 4) -> None:
        """Wait until what the last run found is shown."""
        end = time.monotonic() + PATIENCE
        screen = self.app.screen
        assert isinstance(screen, IntegrityScreen)
        while screen._seen != self.events.audits.ended:
            assert time.monotonic() < end, f"it was never shown:\n{self.text}"
            await self.pilot.pause(0.02)
        await self.until(f"{findings} findings")

    async def ended(self, runs: int = 1) -> None:
        """Wait for so many runs to end."""
        end = time.monotonic() + PATIENCE
        while self.events.audits.ended < runs:
            assert time.monotonic() < end, "it never ended"
            await self.pilot.pause(0.02)


class Simulated:
    """An auditor of a simulated account."""

    def __init__(self, source: SimulatedAccounts) -> None:
        self.evidence: Evidence = SimulatedEvidence(source)

    def __call__(self, cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
        return verify(cache, self.evidence, wanted, progress)


@pytest.fixture(scope="module")
def simulated() -> SimulatedAccounts:
    """Return an account whose last days fit a test."""
    return SimulatedAccounts(seed=7, now=int(time.time() * 1000), events=EVENTS)


@pytest.fixture(scope="module")
def auditor(simulated: SimulatedAccounts) -> Simulated:
    """Return what verifies it; digests are signed once."""
    return Simulated(simulated)


@asynccontextmanager
async def opened(
    path: Path,
    source: SimulatedAccounts | None,
    auditor: Auditor | None,
    size: tuple[int, int] = (120, 40),
    signs: Signs = "unicode",
) -> AsyncIterator[Seen]:
    cache = Cache(path)
    if source:
        ingest(cache, source)
    app = TrailhoundApp(cache, None, UTC, auditor=auditor, signs=signs)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = Seen(app, pilot)
        end = time.monotonic() + PATIENCE
        while seen.events.view is None:
            assert time.monotonic() < end
            await pilot.pause(0.02)
        yield seen


async def test_what_was_tampered_with_is_seen_and_leads_to_its_events(
    tmp_path: Path, simulated: SimulatedAccounts, auditor: Simulated
) -> None:
    path = tmp_path / "cache.db"
    async with opened(path, simulated, auditor) as seen:
        await seen.pilot.press("i")
        await seen.until("Nothing was verified yet. Press v")
        await seen.pilot.press("v")
        await seen.ended()
        await seen.listed()
        await seen.until("of 2,", " hours verified, ", " log files valid")
        assert "○○○" in seen.text
        kinds: set[str] = set()
        for _ in range(6):
            await seen.pilot.press("n")
            kinds |= seen.kinds
        assert kinds == {"log-modified", "log-missing", "log-unlisted", "chain-gap"}
        while "log-modified" not in seen.kinds:
            await seen.pilot.press("n")
        await seen.pilot.press("enter")
        await seen.until("log-modified", "valid", "Enter")
        assert isinstance(seen.app.screen, HourScreen)
        listed = seen.app.screen.query_one(HourList)
        while listed.current is None or listed.current.verdict != "log-modified":
            await seen.pilot.press("down")
        uri = listed.current.uri
        await seen.until("its SHA-256 is another")
        await seen.pilot.press("enter")
        await seen.until("FAILED", "✗")
        assert seen.events.question.text == f"file:={uri}"
        table = seen.events.query_one(EventTable)
        assert 0 < table.count < EVENTS
        assert table.current is not None
        assert table.current.file.uri == uri


async def test_what_a_finding_means_is_told_to_its_end_in_a_small_window(
    tmp_path: Path, simulated: SimulatedAccounts, auditor: Simulated
) -> None:
    async with opened(tmp_path / "cache.db", simulated, auditor, (80, 24)) as seen:
        await seen.pilot.press("i", "v")
        await seen.ended()
        await seen.listed()
        while "chain-gap" not in seen.kinds:
            await seen.pilot.press("n")
        assert not seen.app._notifications  # the panel tells of it, and nothing lies over that
        await seen.pilot.resize_terminal(60, 18)
        await seen.until("between.")
        await seen.pilot.press("enter")
        for size in ((80, 24), (60, 18)):
            await seen.pilot.resize_terminal(*size)
            await seen.until("chain-gap", "delivered in between.", "Esc back")


def only_in_history(path: Path, now: int) -> None:
    """Cache an answer of event history with two events that no log file has."""
    account = organization().accounts["prod"]
    moment = datetime.fromtimestamp(now / 1000 - 12 * 3_600, UTC)
    place = {"recipientAccountId": account, "awsRegion": HOME, "eventCategory": "Management"}
    lines = [
        line(number, **place, eventTime=f"{moment:%Y-%m-%dT%H:%M}:0{number}Z", readOnly=False)
        for number in (1, 2)
    ]
    uri = f"history://{account}/{HOME}/management/x"
    cache = Cache(path)
    with cache.connection() as connection:
        item = LogObject(uri, "history", 1)
        Writer(cache, connection).write(decode([(item, log_text(*lines))]))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_events_that_no_log_file_has_are_an_hour_to_look_at_and_can_be_seen(
    tmp_path: Path, simulated: SimulatedAccounts, auditor: Simulated, size: tuple[int, int]
) -> None:
    path = tmp_path / "cache.db"
    only_in_history(path, simulated.now)
    async with opened(path, simulated, auditor, size) as seen:
        await seen.pilot.press("i", "v")
        await seen.ended()
        await seen.listed(5)
        for _ in range(8):
            await seen.pilot.press("n")
            if "event-unconfirmed" in seen.kinds:
                break
        await seen.until("event-unconfirmed: 2 events")
        await seen.pilot.press("enter")
        await seen.until("only in event history", "2 events", "valid", "AWS forgets")
        await seen.pilot.press("enter")
        await seen.until("GetObject", "user-2")
        assert seen.app.screen is seen.events
        assert seen.events.question.text.startswith("file:history://")
        assert seen.events.query_one(EventTable).count == 2


async def test_marks_follow_a_verification_though_no_event_came(
    tmp_path: Path, simulated: SimulatedAccounts, auditor: Simulated
) -> None:
    path = tmp_path / "cache.db"
    async with opened(path, simulated, auditor, (200, 50)) as seen:
        await seen.until("· not yet")
        await seen.pilot.press("G")
        await seen.pilot.press(*["up"] * 20)
        await seen.pilot.press("v")
        await seen.ended()
        assert "which the key" in seen.events.audits.said
        await seen.until("✓ verified")
        await seen.pilot.press("enter")
        await seen.until("its log file is as delivered, by digest", ", key ")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_it_can_be_read_in_ascii_and_on_any_screen(
    tmp_path: Path, simulated: SimulatedAccounts, auditor: Simulated, size: tuple[int, int]
) -> None:
    path = tmp_path / "cache.db"
    async with opened(path, simulated, auditor, size, "ascii") as seen:
        await seen.pilot.press("i", "v")
        await seen.ended()
        await seen.listed()
        await seen.until(" hours verified, ", " log files valid")
        assert "====" in seen.text
        assert seen.text.isascii()
        await seen.pilot.press("n", "enter")
        await seen.until("log-", "111122223333")
        await seen.pilot.press("escape", "escape")
        assert seen.app.screen is seen.events


class Slow:
    """An auditor that goes on until it is stopped."""

    def __init__(self) -> None:
        self.begun = Event()

    def __call__(self, cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
        del cache
        self.begun.set()
        while not progress.cancelled():
            time.sleep(0.01)
        raise Cancelled(f"Stopped at {wanted.now}.")


async def test_verifying_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    async with opened(tmp_path / "cache.db", None, Slow()) as seen:
        await seen.pilot.press("i", "v")
        await seen.until("Verifying")
        await seen.pilot.press("x")
        await seen.ended()
        await seen.until("what was verified is kept")
        await seen.pilot.press("a")
        await seen.until("Verifying")
        assert seen.events.audits.run is not None
        await seen.pilot.press("x")
        await seen.ended(2)


def refuses(cache: Cache, wanted: Wanted, progress: Progress) -> Verified:
    """Fail as AWS does."""
    del cache, wanted, progress
    raise SourceError("AWS refused s3:ListBucket\x1b[31m. Allow it.")


async def test_a_refusal_is_said_and_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    async with opened(tmp_path / "cache.db", None, refuses) as seen:
        await seen.pilot.press("i", "v")
        await seen.until("AWS refused s3:ListBucket")
        assert "\x1b" not in seen.text


async def test_without_anything_to_verify_that_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path / "cache.db", None, None) as seen:
        await seen.pilot.press("i", "v")
        await seen.until("There is nothing to verify here")
        assert isinstance(seen.app.screen, IntegrityScreen)
