"""When the user last looked at what is followed, which says what is new to him.

He looked when he touched a key and then left it for a while, when the terminal lost the focus, and
when he turned to something that holds the view. Pure: whoever knows the time and the keys tells.
"""

from __future__ import annotations

from tui.screens.following.feed_board import Moment

AWAY = 30_000
"""ms without a key after which the user is taken to be away."""


class Looks:
    """What landed after `seen` is new."""

    def __init__(self, now: Moment) -> None:
        self.seen = now
        self.held_at: Moment | None = None
        """Since when the view is held on something, so that new events do not show."""
        self._touched = now

    @property
    def held(self) -> bool:
        """Whether the view is held."""
        return self.held_at is not None

    def touched(self, now: Moment) -> None:
        """Take note of a key."""
        self.check(now)
        self._touched = now

    def check(self, now: Moment) -> None:
        """Take note of the time."""
        if not self.held and now.at - self._touched.at >= AWAY:
            self.seen = self._touched

    def left(self, now: Moment) -> None:
        """Take note that the user turned to another window."""
        if not self.held:
            self.seen = self._touched = now

    def hold(self, now: Moment, *, held: bool) -> None:
        """Take note of whether the view is held."""
        if held:
            self.held_at = self.held_at or now
        elif self.held_at:
            self.seen, self.held_at = self.held_at, None
