"""The following half of the events screen: what arrives is shown, without moving what is read.

It owns whether something is followed, whether the view is held, and when the screen is drawn anew.
Where the events come from is the follower's business; what the sentences are, `follow_words`'.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from textual import on, work

from tui.domain.answer import Fresh
from tui.domain.filter import Or
from tui.domain.syncing import Wish
from tui.domain.tailing import FeedPhase
from tui.jobs.exploring.preview import skipped_count
from tui.screens.answers import Answers
from tui.screens.apart import apart
from tui.screens.following import cadence
from tui.screens.following import wording as follow_words
from tui.screens.following.attention import Alarm
from tui.screens.following.feed_board import FeedBoard, FeedRun
from tui.screens.following.looks import Looks
from tui.screens.following.pulse import Pulse
from tui.screens.work import Answered, Arrived, Attention, FollowEnded, Grown, Request, Told
from tui.storage.cache import Cache
from tui.widgets.divider import Divider
from tui.widgets.event_table import EventTable
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:  # loading these takes longer than the first paint
    from tui.analysis.headlines import Headlines
    from tui.jobs.exploring.explore import Explorer
    from tui.language.rules import Rule

Follower: TypeAlias = Callable[[Cache, FeedRun], object]
"""Follows what there is to follow until the progress says stop; raises TrailhoundError."""

_SAID_EVERY = 5.0
"""Seconds after which the words are looked at though nothing arrived."""
_TOLD = 20
"""Notable events that are read; more at once are only counted."""


class Manner(NamedTuple):
    """How the user wants to be shown what arrives."""

    every: float | None = None
    """Seconds from one redraw to the next at least; None for what is usual."""
    bell: bool = True
    """Whether alerts interrupt."""


class Following(Answers):
    """A screen that can follow."""

    def __init__(
        self,
        cache: Cache,
        zone: tzinfo,
        wish: Wish | None = None,
        follower: Follower | None = None,
        glyphs: Glyphs = UNICODE,
        manner: Manner | None = None,
    ) -> None:
        super().__init__(cache, zone, wish)
        self.manner = manner or Manner()
        self.glyphs = glyphs
        self.follower = follower
        self.feeds = FeedBoard(lambda: self.post_message(Arrived()))
        self.looks = Looks(self.feeds.now())
        self.unseen = Fresh()
        self._missed = Fresh()
        """What came while the view was held."""
        self._words = ""
        """What the divider says."""
        self._run: FeedRun | None = None
        self._ending: FeedRun | None = None
        self._pulse = Pulse()
        self._alarm = Alarm()
        self._headlines: Headlines | None = None
        self._phases: list[FeedPhase] = []
        self._signs: dict[int, str] = {}

    @property
    def following(self) -> bool:
        """Whether something is followed."""
        return self._run is not None

    @property
    def _line(self) -> StatusLine:
        """What is said of what arrives, while something is followed.

        It is only hidden otherwise: to mount one would have Textual paint the whole screen again.
        """
        return self.query_one("#follow", StatusLine)

    # What the user does.

    def action_follow(self) -> None:
        """Begin to follow; go back to the newest where the view is held; else stop."""
        if not self.follower:
            self.notify(follow_words.NOTHING)
        elif not self._run:
            self._begin(self.follower)
        elif self.looks.held:
            self.remove_class("-reading")
            self.query_one(EventTable).to_newest()
            self.query_one(EventTable).focus()
            self._moved()
        else:
            self._end()

    def action_feeds(self) -> None:
        """Show how each feed stands."""
        from tui.screens.following.feeds import FeedsScreen

        self.app.push_screen(FeedsScreen(self.feeds, self.zone, self.keys, glyphs=self.glyphs))

    def touched(self) -> None:
        """Take note that the user did something."""
        if self._run:
            self.looks.touched(self.feeds.now())

    def left(self) -> None:
        """Take note that the user turned to another window."""
        if self._run:
            self.looks.left(self.feeds.now())

    def on_unmount(self) -> None:
        """Stop what is running: nobody waits for it any more."""
        super().on_unmount()
        if self._run:
            self._run.stop()

    def _begin(self, follower: Follower) -> None:
        self._run = self.feeds.begin(self.board.pacers)
        self.looks = Looks(self.feeds.now())
        self._pulse = Pulse()
        self.cadence.every = self.manner.every or cadence.FOLLOWING
        self._line.display = True
        self._again = self.set_interval(_SAID_EVERY, self._look_again)
        self.query_one(EventTable).signs = self._signs
        self.query_one(EventTable).to_newest()
        self._follow(follower, self._run, self._ending)
        self._show_following()

    def _end(self) -> None:
        if self._run:
            self._run.stop()
            self._ending, self._run = self._run, None
            self.cadence.every = cadence.READING
            self._line.display = False
            self._again.stop()
            self.ask(keep_place=True)
            self.say()

    # The work.

    @work(group="follow", exit_on_error=False)
    async def _follow(self, follower: Follower, run: FeedRun, before: FeedRun | None) -> None:
        try:
            await apart(partial(_follow_after, before, follower, self.cache, run))
        finally:
            if run is self._run:
                self.post_message(FollowEnded())

    @work(thread=True, group="refresh", exit_on_error=False)
    def _take_landed(self, explorer: Explorer) -> None:
        from tui.language import rules

        before = explorer.standing
        events = explorer.refresh()
        alerts = rules.alerts(self.saved, int(time.time() * 1000), self.zone)
        headline = explorer.headline(self._telling(alerts), self.feeds.since(0))
        if headline.events:  # said first, so that the answer is drawn with it
            rows = explorer.rows(headline.notable[-_TOLD:])
            names = [each.name for each in rules.matched(alerts, rows[-1])] if rows else []
            self.post_message(Told(headline, rows, names))
        # What is shown already may only now have been told to have landed.
        changed = headline.events > 0 or explorer.standing != before
        self.post_message(Grown(events, skipped_count(self.cache), changed))

    def advance(self, explorer: Explorer) -> None:
        """Have the explorer take over what was added, and what landed of it told."""
        if self._run:
            self._take_landed(explorer)
        else:
            super().advance(explorer)

    def _telling(self, alerts: Sequence[Rule]) -> Headlines:
        """Return what looks at each event once, for the alerts of this moment; in the worker."""
        from tui.analysis.headlines import Headlines

        notable = Or(tuple(rule.filter for rule in alerts))
        self._headlines = self._headlines or Headlines(notable)
        self._headlines.notable = notable
        return self._headlines

    # What is asked and shown besides.

    def lightly(self) -> bool:
        """Return whether growth leaves facets and histogram for later."""
        return self.following and not self.cadence.counts_due(time.monotonic())

    def with_news(self, request: Request) -> Request:
        """Return the query with what landed since the user looked."""
        if not self._run:
            return request
        self._hold()
        self.looks.check(self.feeds.now())
        self._signs.update(dict.fromkeys(self.feeds.late(), self.glyphs.late))
        held_at = self.looks.held_at
        missed = self.feeds.since(held_at.number) if held_at else ()
        return request._replace(unseen=self.feeds.since(self.looks.seen.number), missed=missed)

    def divider(self, event: Answered) -> Divider:
        """Return what divides the events shown: what is new since the user looked, and the rest."""
        self.unseen = event.unseen
        if not self._run:
            return Divider()
        self._missed = event.missed
        if not self.looks.held:  # else it is being read, and stays as it is
            self._words = follow_words.divided(event.unseen, self.looks.seen, self.zone)
        return Divider(event.unseen.leading, self._words)

    @on(Arrived)
    def _arrived(self) -> None:
        self.cache_grew()
        phases = [state.phase for state in self.feeds.states()]
        if phases != self._phases:  # what landed is told with the answer that shows it
            self._phases = phases
            self._show_following()

    @on(Told)
    def _told(self, event: Told) -> None:
        self._pulse.take(event.headline, time.monotonic())
        self._signs.update(dict.fromkeys(event.headline.notable, self.glyphs.notable))
        self._alarm.take(len(event.headline.notable), event.notable, event.names)
        self._ring()

    def _ring(self) -> None:
        if self.manner.bell and (sentence := self._alarm.due(time.monotonic())):
            self.post_message(Attention(sentence))

    @on(Answered)
    def _drawn(self) -> None:
        if self._run:
            self._show_following()

    @on(EventTable.Highlighted)
    def _moved(self) -> None:
        if self._run:
            held = self.looks.held
            self._hold()
            if held and not self.looks.held:
                self.ask(keep_place=True, light=True)  # the divider stands elsewhere now
            self._show_following()

    @on(FollowEnded)
    def _follow_ended(self) -> None:
        self._end()

    def _hold(self) -> None:
        held = self.has_class("-reading") or not self.query_one(EventTable).at_newest
        if not held:
            self._missed = Fresh()
        self.looks.hold(self.feeds.now(), held=held)

    def doing(self) -> str:
        """Return what is being done, for the first line."""
        if self._run and not self.progress:
            states, key = self.feeds.states(), self.keys["events.feeds"]
            return follow_words.standing(states, self.feeds.now().at, key)
        return super().doing()

    def rest(self) -> str:
        """Return what is said of what arrives where all of it is shown."""
        return follow_words.complete(self.feeds.states(), self.zone)

    def _look_again(self) -> None:
        self._ring()
        self._show_following()

    def _show_following(self) -> None:
        if not self._run:
            return
        beat = self._pulse.at(time.monotonic())
        key = self.keys["events.follow"]
        status = follow_words.line(beat, self.rest(), self._missed, self.looks, self.zone, key)
        self._line.show(status)
        self.say()


def _follow_after(before: FeedRun | None, follower: Follower, cache: Cache, run: FeedRun) -> None:
    """Follow once the run before has let go of the feeds, in a thread; raises TrailhoundError."""
    if before:
        before.ended.wait()
    try:
        follower(cache, run)
    finally:
        run.ended.set()
