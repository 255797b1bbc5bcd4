"""Adding a source to the sync: one line to type in, and what is wrong with it below."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from tui.domain.syncing import AddedSource, Wish
from tui.errors import TrailhoundError
from tui.screens.apart import apart
from tui.screens.one_line import OneLineScreen
from tui.widgets.bindings import of_dialog


class AddSourceScreen(OneLineScreen[AddedSource]):
    """Ends with the new source and the wish for it, None to leave all as it was."""

    DEFAULT_CSS = "AddSourceScreen #said { min-height: 3; }"
    BINDINGS: ClassVar[list[BindingType]] = of_dialog("add-source", "anywhere")
    ASKS = "Add a source to the sync"
    PLACEHOLDER = "s3://, arn: or a profile"
    FORMS = (
        "s3://bucket/prefix                       log files in a bucket\n"
        "arn:aws:cloudtrail:REGION:ID:trail/NAME  log files of a trail\n"
        "the name of a profile                    its history and its trails"
    )
    KEPT = "It is synced from now on, also the next time."

    class Checked(Message):
        """What was typed is a source, or `said` tells why it is none."""

        def __init__(self, text: str, wish: Wish | None, said: str) -> None:
            super().__init__()
            self.text = text
            self.wish = wish
            self.said = said

    def __init__(self, base: Wish) -> None:
        super().__init__()
        self._base = base

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._check(event.value)

    @work(exclusive=True, exit_on_error=False)
    async def _check(self, text: str) -> None:
        try:
            wish = await apart(partial(_wish, text, self._base))
        except TrailhoundError as error:
            self.post_message(self.Checked(text, None, str(error)))
        else:
            self.post_message(self.Checked(text, wish, ""))

    def on_add_source_screen_checked(self, event: Checked) -> None:
        """End with the source, or say what is wrong unless it was changed meanwhile."""
        if event.text != self.query_one(Input).value:
            return
        if event.wish:
            self.dismiss(AddedSource(event.text.strip(), event.wish))
        else:
            self.refuse(event.said)


def _wish(text: str, base: Wish) -> Wish:
    from tui.jobs.syncing.adding import wish_for  # loads boto3, so not on the event loop
    from tui.sources.aws.sessions import profiles

    return wish_for(text, base, profiles())
