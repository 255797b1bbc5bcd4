"""The line the filter is typed in, with completions, the error under its column, and the count.

It knows no grammar: completions and errors are given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.message import message
from tui.widgets.printable import fit, safe
from tui.widgets.wording import count


class Completion(NamedTuple):
    """One way to go on: `text` replaces what was typed from column `start` to the cursor."""

    text: str
    start: int
    note: str = ""
    """What it means, or how often it occurs."""


MOST = 8
"""Completions shown at once."""


class FilterInput(Input):
    """An input whose text can always be shown; Tab and the arrows are the bar's."""

    DEFAULT_CSS = """
    FilterInput {
        & > .input--placeholder, & > .input--suggestion { color: $muted; }
        &:nocolor > .input--selection { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("line")

    def validate_value(self, value: str) -> str:
        """Replace what a terminal must not get by `?`, which in a filter is any character."""
        return "".join(
            char if len(safe(char)) == 1 and char.isprintable() else "?" for char in value
        )


class FilterBar(Vertical):
    """Prompt, input and count on one line; an error or completions below only while needed."""

    DEFAULT_CSS = """
    FilterBar { height: auto; background: $surface; }
    FilterBar > Horizontal { height: 1; }
    FilterBar #prompt { width: 3; color: $muted; padding-left: 1; }
    FilterBar:focus-within #prompt { color: $accent-color; }
    FilterBar FilterInput {
        height: 1; width: 1fr; border: none; padding: 0; background: $surface;
        &:focus { border: none; background: $surface; background-tint: $surface 0%; }
    }
    FilterBar #count { width: auto; color: $muted; padding: 0 1 0 2; }
    FilterBar #error { display: none; height: auto; color: $result-denied; padding-left: 3; }
    FilterBar #completions {
        display: none; overlay: screen; constrain: none inside; border: none; padding: 0;
        width: auto; max-width: 100%; height: auto; max-height: 8; background: $panel;
        scrollbar-size-vertical: 1; offset-x: 2;
        & > .option-list--option-highlighted {
            background: $block-cursor-background; color: $block-cursor-foreground;
        }
        &:nocolor > .option-list--option-highlighted { text-style: bold underline; }
        &:ansi { width: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("filter")

    @message
    class Changed(Message):
        """The text is another one; it may be half typed."""

        text: str

    @message
    class Submitted(Message):
        """The user is done with this text."""

        text: str

    @message
    class CompletionsWanted(Message):
        """The cursor stands at this column of this text."""

        text: str
        cursor: int

    class Left(Message):
        """The user wants to go back to the events."""

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        placeholder: str = "filter: caller:deploy* -service:s3 error:any",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._placeholder = placeholder
        self._completions: tuple[Completion, ...] = ()
        self._list: OptionList | None = None
        """What is offered; not made before something is, so that the first paint is earlier."""

    def compose(self) -> ComposeResult:
        """Lay out the line and what may appear under it."""
        with Horizontal():
            yield Static(self.glyphs.prompt, id="prompt", markup=False)
            yield FilterInput(placeholder=self._placeholder, id="text", select_on_focus=False)
            yield Static("", id="count", markup=False)
        yield Static("", id="error", markup=False)

    # What the screen tells the bar.

    @property
    def text(self) -> str:
        """The filter as it stands in the input."""
        return self._input.value

    def focus_input(self) -> None:
        """Go to the input."""
        self._input.focus()

    def set_text(self, text: str) -> None:
        """Put a filter into the input, cursor at its end; nothing is posted."""
        with self._input.prevent(Input.Changed):
            self._input.value = text
            self._input.cursor_position = len(text)

    def set_count(self, shown: int | None, of: int) -> None:
        """Tell how many events the filter found; None while that is not known."""
        found = self.glyphs.waiting * 3 if shown is None else count(shown)
        words = found if shown == of else f"{found} of {count(of)}"
        self.query_one("#count", Static).update(Text(words))

    def set_completions(self, completions: Sequence[Completion]) -> None:
        """Offer these, the best first; none closes the list."""
        self._completions = tuple(completions)
        if not self._completions and self._list is None:
            return
        options = self._list or self._new_list()
        options.clear_options()
        width = max((min(len(item.text), 40) for item in completions), default=0)
        tone = "dim" if self.app.native_ansi_color else "$muted"  # dim is less than can be read
        options.add_options([Option(_offer(item, width, tone)) for item in completions])
        options.display = bool(completions) and self._input.has_focus
        options.styles.height = min(MOST, len(completions)) or 1
        options.highlighted = None

    def set_error(self, message: str, column: int = 0) -> None:
        """Show what is wrong under the column where it is wrong; no message, no error."""
        error = self.query_one("#error", Static)
        error.display = bool(message)
        shift = max(0, column - round(self._input.scroll_offset.x))
        error.update(Text(f"{' ' * shift}{self.glyphs.caret}\n{safe(message)}" if message else ""))

    # What the user does.

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.set_error("")
        self.post_message(self.Changed(event.value))
        self.post_message(self.CompletionsWanted(event.value, self._input.cursor_position))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._highlighted is not None:
            self._accept(self._highlighted)
            return
        self.set_completions(())
        self.post_message(self.Submitted(event.value))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._accept(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """Give Tab and the arrows to the list while it is open."""
        if not self._open or event.key not in ("tab", "up", "down"):
            return
        event.stop()
        event.prevent_default()
        options = self._list or self._new_list()
        if event.key == "tab":
            self._accept(self._highlighted or 0)
        elif event.key == "down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def on_descendant_blur(self) -> None:
        """Close the list when the keys go elsewhere."""
        self.set_completions(())

    def action_leave(self) -> None:
        """Close the list, else tell that the user is done here."""
        if self._open:
            self.set_completions(())
        else:
            self.post_message(self.Left())

    def _new_list(self) -> OptionList:
        self._list = OptionList(id="completions", markup=False, compact=True)
        self._list.can_focus = False
        self.mount(self._list)
        return self._list

    def _accept(self, index: int) -> None:
        item = self._completions[index]
        self.set_completions(())
        self._input.replace(item.text, item.start, self._input.cursor_position)

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def _open(self) -> bool:
        return bool(self._completions) and self._list is not None and self._list.display

    @property
    def _highlighted(self) -> int | None:
        return self._list.highlighted if self._list and self._open else None


def _offer(item: Completion, width: int, tone: str) -> Content:
    note = safe(item.note, 60)
    return Content.assemble(
        fit(safe(item.text, 200), width, keep_end=True), (f"  {note}" if note else "", tone)
    )
