"""Every widget of the events screen in its place, fed from the sample; pilot tests drive it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from rich.console import Console, RenderableType
from textual import on
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.pilot import sample
from tui.domain.answer import Row
from tui.domain.progress import Step
from tui.paths import theme_folders
from tui.theming import Theme, load
from tui.widgets import palette, tones
from tui.widgets.event_table import EventTable
from tui.widgets.facets import Chosen, Facets
from tui.widgets.filter_bar import FilterBar
from tui.widgets.histogram import HistogramView
from tui.widgets.loading import Loading
from tui.widgets.status_line import Status, StatusLine
from tui.widgets.summary import Summary

TITLES = (
    ("caller", "Caller"),
    ("action", "Action"),
    ("error", "Error"),
    ("resource", "Resource"),
    ("region", "Region"),
    ("ip", "IP"),
)

Rows = Callable[[int, int], Sequence[Row]]

M = TypeVar("M", bound=Message)


class Stage(App[None]):
    """An app with our themes that keeps in `said` what its widgets post, and counts its bytes."""

    def __init__(self, theme_name: str = "trailhound") -> None:
        super().__init__()
        self.said: list[Message] = []
        self.written = 0
        """Bytes that a terminal of 16 million colours would have got."""
        self._theme_name = theme_name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the widgets' CSS the variables it names."""
        return palette.variables(Theme())

    def on_mount(self) -> None:
        """Take on the theme."""
        tones.follow_theme(self)
        for theme in load(theme_folders()).found.values():
            self.register_theme(palette.textual_theme(theme))
        self.theme = self._theme_name

    def heard(self, kind: type[M]) -> list[M]:
        """Return what was posted of one kind, oldest first."""
        return [message for message in self.said if isinstance(message, kind)]

    def hear(self, message: Message) -> None:
        """Keep our own widgets' messages once; a bubbling message passes here at every hop."""
        ours = type(message).__module__.startswith("tui.")
        if ours and not any(message is heard for heard in self.said):
            self.said.append(message)

    @asynccontextmanager
    async def staged(self, width: int = 80, height: int = 24) -> AsyncIterator[Pilot[None]]:
        """Run without a terminal of so many cells, until all has been drawn."""
        async with self.run_test(size=(width, height), message_hook=self.hear) as pilot:
            await pilot.pause()
            await pilot.pause()
            yield pilot

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        update: object = renderable
        if isinstance(update, CompositorUpdate):
            console = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)
            self.written += len(update.render_segments(console).encode())
        super()._display(screen, renderable)


class OneWidget(Stage):
    """A single widget on the whole screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        """Show the widget."""
        yield self.widget


class Gallery(Stage):
    """The events layout without anything behind it."""

    CSS = """
    #facets { width: 30; }
    Gallery .narrow #facets { display: none; }
    #main { width: 1fr; }
    """

    def __init__(
        self,
        total: int = 812_443,
        theme_name: str = "trailhound",
        rows: Rows = sample.rows,
    ) -> None:
        super().__init__(theme_name)
        self.total = total
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Lay out the widgets as the events screen does."""
        yield StatusLine(
            Status("3 accounts · 4 regions", "● following, behind 1 m 12 s", name="trailhound")
        )
        yield FilterBar()
        yield HistogramView()
        with Horizontal(id="body"):
            yield Facets(TITLES, unfolded=("caller", "action", "error"), id="facets")
            with Vertical(id="main"):
                yield EventTable()
                yield Summary()
        yield Loading()
        cover = Status("2026-11-21 12:00 – 2026-11-22 12:00 UTC", "gap 02:00–04:10", "denied")
        yield StatusLine(cover, id="cover")

    def on_mount(self) -> None:
        """Show the sample."""
        self.query_one("#body").set_class(self.size.width < 100, "narrow")
        self.query_one(EventTable).reset(self.total, 1)
        self.query_one(EventTable).focus()
        self.query_one(FilterBar).set_count(1_204, self.total)
        self.query_one(Facets).show(
            sample.facets(),
            included=[Chosen("caller", "deploy")],
            excluded=[Chosen("action", "PutObject")],
        )
        self.query_one(Loading).show(Step("Reading log files", 1_200, 3_400, "files"))

    @on(EventTable.WindowWanted)
    def _rows(self, event: EventTable.WindowWanted) -> None:
        rows = self.rows(event.first, event.count)
        self.query_one(EventTable).put_rows(event.generation, event.first, rows)

    @on(HistogramView.BinsWanted)
    def _bins(self, event: HistogramView.BinsWanted) -> None:
        self.query_one(HistogramView).show(sample.histogram(event.bins))

    @on(EventTable.Highlighted)
    def _highlighted(self, event: EventTable.Highlighted) -> None:
        self.query_one(Summary).show(event.row)
