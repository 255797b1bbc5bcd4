"""The first minutes of the events screen: ways to begin where there is nothing, and hints.

It owns whether those are shown, and does what was chosen; the rest of the screen knows of neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.domain.syncing import AddedSource
from tui.screens.saving.saving import Saving
from tui.screens.syncing.board import Stage
from tui.widgets.hints import Hint, Hints

if TYPE_CHECKING:  # only who has nothing needs it
    from tui.screens.beginning.start import Choice

OFFLINE = "AWS is not asked, because of --offline."


class DemoWanted(Message):
    """The user wants the simulated organization instead."""


class HintsSeen(Message):
    """The hints were read, or sent away."""


class Beginning(Saving):
    """A screen that helps whoever is new to it."""

    may_begin = False
    """Whether ways to begin are offered where nothing is cached."""
    hints: tuple[Hint, ...] = ()
    """What a first run is told, one after the other."""
    hints_away = ""
    """The key that sends them away."""

    def say(self) -> None:
        """Say where things stand; where there is nothing, ask how to begin."""
        super().say()
        answer = self.view.answer if self.view else None
        stuck = self.board.wish is None or self.board.overview().stage is Stage.OFFLINE
        if self.may_begin and answer and not answer.cached and stuck and not self.progress:
            self.may_begin = False
            self._ask_how()

    def _ask_how(self) -> None:
        from tui.screens.beginning.start import StartScreen

        reasons = self.board.problems if self.board.wish else (OFFLINE,)
        start = StartScreen(reasons, aws=self.board.wish is not None, glyphs=self.glyphs)
        self.app.push_screen(start, self._begin_by)

    def _begin_by(self, choice: Choice | None) -> None:
        from tui.screens.beginning.start import Way

        wish = self.board.wish
        if choice is None:
            return
        if choice.way is Way.DEMO:
            self.post_message(DemoWanted())
        elif choice.way is Way.OPEN:
            self._open(choice.value)
        elif wish and choice.way is Way.PROFILE:
            self.sync_too(AddedSource(choice.value, wish._replace(profiles=(choice.value,))))
        elif wish:
            self.start_sync()

    def _open(self, path: str) -> None:
        from pathlib import Path

        from tui.sources.folder import LocalFiles

        self.start_reading(LocalFiles([Path(path)]))

    # Hints.

    def key_pressed(self, key: str) -> None:
        """Go on to the next hint, if the key is the one that this hint is about."""
        if self.hints:
            self.query_one(Hints).pressed(key)

    def action_no_hints(self) -> None:
        """Send the hints away."""
        if self.hints:
            self.query_one(Hints).end()

    def on_hints_ended(self) -> None:
        """Remember that they were seen."""
        self.post_message(HintsSeen())
