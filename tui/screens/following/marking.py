"""What did I just do: a mark in time, and then only what one caller does after it."""

from __future__ import annotations

from tui.domain.answer import Answer
from tui.domain.fields import BY_NAME
from tui.domain.latency import Latency, soonest
from tui.screens.following import wording as follow_words
from tui.screens.following.follow import Following
from tui.screens.following.mark import Mark
from tui.widgets.event_table import EventTable
from tui.widgets.filter_bar import FilterBar


class Marking(Following):
    """A screen on which a mark can be set; dropping its filter drops the mark."""

    mark: Mark | None = None

    def action_mark(self) -> None:
        """Ask whose events are wanted from now on."""
        from tui.language import narrow  # only now, after the first paint
        from tui.screens.following.mark_screen import MarkScreen

        current = self.query_one(EventTable).current
        caller = narrow.include("", BY_NAME["caller"], current.actor.caller) if current else ""
        self.app.push_screen(MarkScreen(caller, self.zone, self.saved.texts), self._take_mark)

    def _take_mark(self, who: str | None) -> None:
        if who is None:
            return
        self.mark = Mark(self.feeds.now().at, who)
        self.query_one(FilterBar).set_text(self.mark.filter)
        self.ask_text(self.mark.filter)
        if self.follower and not self.following:
            self.action_follow()

    def why_empty(self, answer: Answer) -> str:
        """Say why the table is empty: after a mark, that it is a matter of waiting."""
        if self.mark is None or self.question.text != self.mark.filter:
            return super().why_empty(answer)
        drop = self.keys["events.clear"]
        return follow_words.nothing_since(self.mark, self._latency(), self.zone, drop)

    def _latency(self) -> Latency:
        return soonest(frozenset(state.feed.kind for state in self.feeds.states()))

    def rest(self) -> str:
        """Return what came since the mark, or how long to wait for it."""
        if self.mark is None or self.question.text != self.mark.filter or self.view is None:
            return super().rest()
        found = (
            self.view.answer.total if self.view.answer.query.filter == self.question.filter else 0
        )
        now = self.feeds.now().at
        return follow_words.waiting(self.mark, found, self._latency(), now, self.zone)
