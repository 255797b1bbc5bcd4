"""The Textual app: themes, the events screen, and leaving; it holds no logic."""

from __future__ import annotations

import gc
import os
import signal
import sys
from asyncio import get_running_loop
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from functools import partial
from pathlib import Path
from time import time
from typing import Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.events import AppBlur, Event, Key, MouseDown
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui.actions import BY_NAME, LIST, shown
from tui.domain.objects import ObjectSource
from tui.domain.saved import BUILT_IN, Saved
from tui.domain.syncing import Wish
from tui.errors import TrailhoundError
from tui.first_paint.driver import TerminalDriver, continuing
from tui.first_paint.stage import Stage
from tui.jobs.exploring.preview import Preview
from tui.keymap import Keymap, Keys, keymap
from tui.paths import theme_folders
from tui.screens.beginning.tour import away, tour
from tui.screens.beginning.ways import DemoWanted, HintsSeen
from tui.screens.events import EventsScreen
from tui.screens.following import attention
from tui.screens.following.follow import Follower, Manner
from tui.screens.verifying.audits import Auditor
from tui.screens.work import Attention, ThemeKept
from tui.settings.filters import filters_path
from tui.settings.filters import load as load_saved
from tui.settings.model import Settings, Signs
from tui.settings.remembered import Memory, memory
from tui.storage.cache import Cache
from tui.theming import Theme, chosen, load
from tui.widgets import palette, tones
from tui.widgets.ascii_only import AsciiOnly
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import ASCII, for_terminal
from tui.widgets.printable import safe

_SEVERITIES: Mapping[SeverityLevel, str] = {
    "information": "",
    "warning": "Warning",
    "error": "Error",
}
"""What a notification says first: its colour alone would not do."""
_KEPT = ("Screenshot",)
"""What Textual offers in the palette and we have no action for."""
INTERRUPTED = 130
_NOTHING_YET = 1 << 20
"""Bytes of a cache that may hold no events: then log files may be opened from the screen."""
_YOUNG = 10_000
"""New objects that are looked through together; a hundred thousand of a start took 30 to 50 ms."""
_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end the explorer, after it gave the terminal back."""
_UNOFFERED = ("app.palette", *(f"list.{action.id}" for action in LIST))
"""What is pointless to look up by name."""


class TrailhoundApp(App[None]):
    """The explorer of one cache, which may still be reading a source or be filled by a sync."""

    TITLE = "trailhound"
    ENABLE_COMMAND_PALETTE = True
    CSS_PATH = "screens/events.tcss"  # read with the app's own: a screen's would parse all again
    BINDINGS: ClassVar[list[BindingType]] = bindings("anywhere", "app")

    def __init__(
        self,
        cache: Cache,
        source: ObjectSource | None,
        zone: tzinfo,
        preview: Preview | None = None,
        wish: Wish | None = None,
        follower: Follower | None = None,
        auditor: Auditor | None = None,
        *,
        signs: Signs = "auto",
        theme: Theme | None = None,
        memory: Memory | None = None,
        keys: Keymap | None = None,
        manner: Manner | None = None,
        filters_file: Path | None = None,
    ) -> None:
        super().__init__()
        self._keys = Keys(dict(keys or {}))
        self.demo_wanted = False
        """Whether the user left for the demo."""
        self._memory = memory or Memory()
        self._glyphs = for_terminal(os.environ, signs)
        self._ascii_only = AsciiOnly(enabled=self._glyphs is ASCII)
        self._events = EventsScreen(
            cache,
            source,
            wish=wish,
            zone=zone,
            glyphs=self._glyphs,
            preview=preview,
            follower=follower,
            manner=manner,
        )
        self._events.auditor = auditor
        self._events.keys = self._keys
        if filters_file:
            self._events.filters_file = filters_file
            self._events.saved = load_saved(filters_file)
        self._titled = False
        """Whether the terminal's title tells something."""
        worn = theme or Theme()
        self.register_theme(palette.textual_theme(worn))
        self.theme = worn.name  # before there is a screen, it costs nothing

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Draw ASCII only on a terminal that has nothing else."""
        return [*super().get_line_filters(), *([self._ascii_only] * self._ascii_only.enabled)]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer what keys do where the focus is, then what has no key."""
        offered: set[str] = set()
        for active in screen.active_bindings.values():
            name = active.binding.id or ""
            if name.partition(".")[0] in BY_NAME and name not in (*offered, *_UNOFFERED):
                offered.add(name)
                run = partial(self.run_action, active.binding.action, active.node)
                keyed = f"{active.tooltip} ({self.get_key_display(active.binding)})"
                title = active.binding.description
                yield SystemCommand(title[:1].upper() + title[1:], keyed, run)
        for command in super().get_system_commands(screen):
            if command.title in _KEPT:
                yield command

    def get_key_display(self, binding: Binding) -> str:
        """Write keys as the help and the documentation do."""
        return shown(binding.key)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message for a while; how grave it is stands above it as a word."""
        said = ": ".join(filter(None, (_SEVERITIES[severity], title)))
        super().notify(message, title=said, severity=severity, timeout=timeout, markup=markup)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give our widgets' CSS the variables it names."""
        return palette.variables(Theme())

    def get_default_screen(self) -> Screen[Any]:
        """Begin with the events, not with an empty screen below them."""
        return self._events

    def on_mount(self) -> None:
        """Leave the other themes until the events are shown."""
        tones.follow_theme(self)
        self.set_keymap(dict(self._keys.chosen))
        self.call_after_refresh(self.register_themes)
        self.call_after_refresh(self._check_saved)
        if not self.is_headless:
            with suppress(NotImplementedError):  # where there are no such signals
                for number in _ENDING:
                    get_running_loop().add_signal_handler(number, self.exit, None, INTERRUPTED)
        self.call_after_refresh(_started)

    async def on_event(self, event: Event) -> None:
        """Tell the events whether somebody is there."""
        if isinstance(event, Key | MouseDown):
            self._events.touched()
            if isinstance(event, Key):
                self._events.key_pressed(event.key)
            if self._titled:
                self._titled = False
                self._write(attention.untold(os.environ.get("TERM", "")))
        elif isinstance(event, AppBlur):
            self._events.left()
        await super().on_event(event)

    @property
    def crash(self) -> Exception | None:
        """What nobody expected, once the app has ended because of it."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without Textual's traceback, whose variables hold events; `explore` raises it."""
        self._close_messages_no_wait()

    @on(Driver.SignalResume)
    def _back_in_the_foreground(self) -> None:
        """Draw everything: nothing of what was drawn before the stop is there any more."""
        self.refresh()

    def action_command_palette(self) -> None:
        """Offer every action by its name, and say how to leave: there is no line of keys."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder="an action's name; Esc leaves"))

    def action_help_quit(self) -> None:
        """Say how to leave, to whoever pressed Ctrl+C; Textual names a key of its own."""
        leave = self._keys["app.quit"]
        if self.screen.is_modal:
            self.notify(f"Close this first; then {leave} leaves.")
        else:
            self.notify(f"Press {leave} to leave. Where text is typed, leave that first.")

    def action_help(self) -> None:
        """Show the keys that work here."""
        from tui.screens.help import HelpScreen, here

        self.push_screen(HelpScreen(here(self.screen), self._glyphs))

    def register_themes(self) -> None:
        """Make every theme known that can be read."""
        themes = load(theme_folders())
        for theme in themes.found.values():
            self.register_theme(palette.textual_theme(theme))
        for path, reason in themes.rejected:
            sentence = f"The theme {path} is left out: {reason}"
            self.notify(safe(sentence, 500), severity="warning", timeout=15, markup=False)

    def _check_saved(self) -> None:
        """Say what is wrong with saved filters; their list tells the rest."""
        if self._events.saved == Saved(BUILT_IN):
            return
        from tui.language.rules import problems

        found = problems(self._events.saved, int(time() * 1000), self._events.zone)
        if found:
            more = f" And {len(found) - 1} more: see the list of saved filters." * (len(found) > 1)
            sentence = f"{filters_path().name}: {found[0]}{more}"
            self.notify(safe(sentence, 500), severity="warning", timeout=15, markup=False)

    def begin_with(self, *, ways: bool, hints: bool, stage: Stage | None = None) -> None:
        """Before it runs: offer ways to begin where nothing is cached; tell a first run hints.

        What stands on a stage stays until it is drawn over.
        """
        self.driver_class = continuing(stage) if stage else TerminalDriver
        self._events.may_begin = ways
        if hints and not self._memory.known.toured:
            self._events.hints = tour(self._keys)
            self._events.hints_away = away(self._keys)

    @on(DemoWanted)
    def _demo_wanted(self) -> None:
        self.demo_wanted = True
        self.exit()

    @on(HintsSeen)
    def _hints_seen(self) -> None:
        self._memory.keep(toured=True)

    @on(Attention)
    def _interrupt(self, event: Attention) -> None:
        self._titled = True
        self.bell()
        self._write(attention.told(event.sentence, os.environ.get("TERM", "")))

    def _write(self, sequence: str) -> None:
        if self._driver:
            self._driver.write(sequence)

    @on(ThemeKept)
    def _theme_kept(self, event: ThemeKept) -> None:
        self._memory.keep(theme=event.name)


def _started() -> None:
    """Have the collector never look through what was made so far, and from now on in short steps.

    What a start made stays; a look through much is a time in which no key is answered.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG)


def explore(
    cache: Cache,
    source: ObjectSource | None,
    zone: tzinfo,
    preview: Preview | None = None,
    wish: Wish | None = None,
    follower: Follower | None = None,
    auditor: Auditor | None = None,
    *,
    settings: Settings | None = None,
    demo: Callable[[], int] | None = None,
    hints: bool = False,
    stage: Stage | None = None,
) -> int:
    """Run the explorer until the user leaves; return the exit code.

    A `demo` is offered where nothing is cached, and run if it is chosen; `hints`, to a first run.

    Raises TrailhoundError where there is no terminal, UsageError for settings that cannot be, and
    whatever made the explorer crash.
    """
    _need_terminal()
    settings = settings or Settings()
    remembered = memory()
    app = TrailhoundApp(
        cache,
        source,
        zone,
        preview,
        wish,
        follower,
        auditor,
        signs=settings.signs,
        theme=chosen(settings.theme, remembered.known.theme, theme_folders()),
        memory=remembered,
        keys=keymap(settings.keys),
        manner=Manner(float(settings.follow_seconds), settings.bell),
        filters_file=filters_path(),
    )
    app.begin_with(ways=demo is not None, hints=hints, stage=stage)
    if source or (demo and cache.path.stat().st_size < _NOTHING_YET):
        _let_processes_start()
    app.run(mouse=settings.mouse)
    return _ended(app, demo)


def _let_processes_start() -> None:
    """Start what processes that decode need: it cannot once Textual has taken stderr."""
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()


def _need_terminal() -> None:
    """Refuse to draw where nobody sees it: Textual would wait for keys for ever."""
    ends = (sys.__stdin__, sys.__stderr__)  # Textual reads from the one and draws on the other
    if not all(end is not None and end.isatty() for end in ends):
        raise TrailhoundError(
            "The explorer needs a terminal, and stdin or stderr is none. Without one, "
            "`--no-ui` of demo and open, and the commands events, facets and tail do the work."
        )


def _ended(app: TrailhoundApp, demo: Callable[[], int] | None) -> int:
    """Return the exit code, of the demo if the user left for it; raises what made it crash."""
    if app.crash:
        raise app.crash
    if demo and app.demo_wanted:
        return demo()
    return app.return_code or 0
