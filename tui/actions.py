"""Every action a user can take, as one table: keys, palette, footer, help and docs come from it.

Strings only; what an action does is a method of the screen or widget that carries its name. Which
keys a user has put in place of these is `keymap`.
"""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """One action of a part of the interface; a key file calls it `scope.id`."""

    id: str
    keys: str
    """Textual key names with commas; any of them."""
    label: str
    """One or two words, for the footer."""
    help: str
    footer: bool = False
    act: str = ""
    """What is called, where that is not the method of the action's name."""
    first: bool = False
    """Whether it comes before what is typed next; only the way into the filter needs that."""


EVENTS = (
    Action(
        "filter",
        "slash",
        "filter",
        "type a filter; Tab completes",
        footer=True,
        first=True,
    ),
    Action("clear", "u", "clear", "drop the filter and the time range"),
    Action("facets", "b", "facets", "show or hide the facets", footer=True),
    Action("histogram", "t", "time", "pick a time range in the histogram", footer=True),
    Action("columns", "o", "columns", "choose and order the columns"),
    Action("deep", "d", "deep", "look for the filter's words in whole records too"),
    Action("copy", "y", "copy", "copy the event's record as JSON"),
    Action("skipped", "exclamation_mark", "skipped", "what could not be read, and why"),
    Action(
        "follow",
        "f",
        "follow",
        "show new events as they come; back to the newest; stop",
        footer=True,
    ),
    Action("feeds", "F", "feeds", "up to when each followed feed is complete, and how far behind"),
    Action("mark", "m", "mark", "what did I just do? only what a caller does from now on"),
    Action("sync", "s", "sync", "how the sync stands, source by source; pause, retry, add"),
    Action("ask", "p", "ask AWS", "ask AWS now for what the filter wants and the cache lacks"),
    Action("coverage", "c", "coverage", "what is cached of each account, region and day"),
    Action("integrity", "i", "integrity", "what is vouched for, hour by hour, and what is not"),
    Action("verify", "v", "verify", "verify the log file of the event under the cursor"),
    Action(
        "flag", "asterisk", "flag", "flag the event, so that no limit takes it; or not any more"
    ),
    Action("save", "S", "save filter", "save the filter under a name, which then stands for it"),
    Action("saved", "at", "saved filters", "choose one; have it alert, have its events stand out"),
    Action("theme", "T", "theme", "choose the colours, seeing them on the way"),
    Action("no_hints", "backspace", "no hints", "send the hints of the first run away"),
    Action("next_pane", "tab", "next pane", "go to the next part of the screen"),
    Action("previous_pane", "shift+tab", "previous pane", "go to the part before"),
    Action("back", "escape", "back", "stop the work, close what is open, or go to the events"),
)
"""The events screen."""


LIST = (
    Action("up", "up,k", "up", "one line up", act="step(-1)"),
    Action("down", "down,j", "down", "one line down", act="step(1)"),
    Action("page-up", "pageup,ctrl+u", "page up", "one page up", act="page(-1)"),
    Action("page-down", "pagedown,ctrl+d", "page down", "one page down", act="page(1)"),
    Action("first", "home,g", "first", "first line"),
    Action("last", "end,G", "last", "last line"),
)
"""Everything that has lines: events, facets, a record, and the lists of other screens."""

TABLE = (Action("open", "enter", "open", "open the event's record", footer=True),)

FACETS = (
    Action(
        "include",
        "space,enter",
        "include",
        "include the value, or not any more; unfold a title",
        footer=True,
        act="choose(True)",
    ),
    Action(
        "exclude",
        "x",
        "exclude",
        "exclude the value, or not any more",
        footer=True,
        act="choose(False)",
    ),
    Action("unfold", "right,l", "unfold", "show the facet's values", act="fold(False)"),
    Action("fold", "left,h", "fold", "hide the facet's values", act="fold(True)"),
)

HISTOGRAM = (
    Action("earlier", "left,h", "earlier", "move to an earlier time", act="move(-1)"),
    Action("later", "right,l", "later", "move to a later time", act="move(1)"),
    Action("select-earlier", "shift+left,H", "select earlier", "select back", act="stretch(-1)"),
    Action("select-later", "shift+right,L", "select later", "select onward", act="stretch(1)"),
    Action("first", "home,g", "first", "the earliest time", act="move(-1000000)"),
    Action("last", "end,G", "last", "the latest time", act="move(1000000)"),
    Action("pick", "enter", "pick this time", "show only what is selected", footer=True),
    Action("clear", "escape", "all times", "show all times, and go to the events", footer=True),
)

RECORD = (
    Action("turn", "enter,space", "fold", "fold, or unfold"),
    Action("unfold", "right,l", "unfold", "unfold, or step into it"),
    Action("fold", "left,h", "fold", "fold, or step out of it"),
    Action("copy-value", "c", "copy value", "copy the value", footer=True, act="copy_value"),
    Action("copy-path", "p", "copy path", "copy its CloudTrail path", footer=True, act="copy_path"),
    Action("next", "n", "next", "the next hit of the search", act="find(1)"),
    Action("previous", "N", "previous", "the hit before", act="find(-1)"),
)

RECORD_SEARCH = (Action("search", "slash", "search", "search keys and values", footer=True),)

FILTER = (
    Action(
        "leave",
        "escape",
        "leave",
        "close the completions, or leave the filter as it was",
        footer=True,
    ),
)

LINE = (Action("submit", "enter", "done", "take what is typed", footer=True),)
"""A line that text is typed in."""

COLUMNS = (
    Action("turn", "space", "show/hide", "show the column, or hide it", footer=True),
    Action(
        "earlier",
        "less_than_sign,K",
        "earlier",
        "move it before the one above",
        footer=True,
        act="move(-1)",
    ),
    Action(
        "later",
        "greater_than_sign,J",
        "later",
        "move it behind the one below",
        footer=True,
        act="move(1)",
    ),
    Action("choose", "enter", "take", "take these columns", footer=True),
    Action("reset", "r", "by width", "have them chosen by the width again", footer=True),
    Action("leave", "escape,q", "leave", "leave all as it was", footer=True, act="dismiss(None)"),
)

THEMES = (
    Action("keep", "enter", "keep", "keep the theme under the cursor", footer=True),
    Action("restore", "escape,q,T", "as before", "wear the theme from before", footer=True),
)

COVERAGE = (
    Action("back", "escape,q,c", "back", "from the hours to the days, or back", footer=True),
)

COVERAGE_GRID = (
    Action("earlier", "left,h", "earlier", "move to an earlier time", footer=True, act="move(-1)"),
    Action("later", "right,l", "later", "move to a later time", footer=True, act="move(1)"),
    Action("zoom", "enter", "hours", "open the day into its hours", footer=True),
)

INTEGRITY = (
    Action("verify", "v", "verify", "verify the hours that are in view", footer=True),
    Action(
        "verify_new", "a", "verify new", "verify all that is new since the last time", footer=True
    ),
    Action("stop", "x", "stop", "stop verifying; what is done is kept", footer=True),
    Action("back", "escape,q,i", "back", "back to the events", footer=True, act="app.pop_screen"),
)

HOUR_GRID = (
    Action("earlier", "left,h", "earlier", "move to an earlier hour", act="move(-1)"),
    Action("later", "right,l", "later", "move to a later hour", act="move(1)"),
    Action("next", "n", "next trouble", "the next hour to look at", footer=True, act="trouble(1)"),
    Action("previous", "N", "trouble before", "the one before", act="trouble(-1)"),
    Action("zoom", "enter", "open", "its digest, findings and log files", footer=True),
)

HOUR = (
    Action("events", "enter", "events", "show the events of the log file", footer=True),
    Action("verify", "v", "verify", "verify this hour again", footer=True),
    Action("back", "escape,q", "back", "back to the hours", footer=True, act="app.pop_screen"),
)

SYNC = (
    Action("hold", "p", "pause, go on", "pause every source, or let all go on", footer=True),
    Action("retry", "r", "retry", "try the source again, if it failed or was stopped", footer=True),
    Action("retry_all", "R", "retry all", "try again all that failed or was stopped", footer=True),
    Action("add", "a", "add a source", "sync a bucket, a trail or a profile as well", footer=True),
    Action("remove", "x", "remove", "sync an added source no longer; what it brought stays"),
    Action(
        "back",
        "escape,q,s",
        "back",
        "back to the events; the sync goes on",
        footer=True,
        act="app.pop_screen",
    ),
)

FEEDS = (
    Action(
        "back",
        "escape,q,F",
        "back",
        "back to the events; following goes on",
        footer=True,
        act="app.pop_screen",
    ),
)

MARK = (Action("leave", "escape", "leave", "set no mark", footer=True, act="dismiss(None)"),)

SAVED = (
    Action("choose", "enter", "apply", "ask with the filter under the cursor", footer=True),
    Action("alert", "a", "alert", "let it interrupt while following, or not", footer=True),
    Action(
        "highlight",
        "h",
        "highlight",
        "let its events stand out in the next colour, or in none",
        footer=True,
        act="highlight(1)",
    ),
    Action("highlight-back", "H", "colour before", "the same, backwards", act="highlight(-1)"),
    Action("edit", "e", "edit", "put its text into the filter, to be changed", footer=True),
    Action("drop", "x,delete", "delete", "save it no longer, when pressed twice", footer=True),
    Action(
        "leave",
        "escape,q,at",
        "leave",
        "leave the filter as it is",
        footer=True,
        act="dismiss(None)",
    ),
)

NAME = (Action("leave", "escape", "leave", "save nothing", footer=True, act="dismiss(None)"),)

ADD_SOURCE = (Action("leave", "escape", "leave", "add nothing", footer=True, act="dismiss(None)"),)

SKIPPED = (
    Action(
        "back",
        "escape,q,exclamation_mark",
        "back",
        "to the events",
        footer=True,
        act="app.pop_screen",
    ),
)

HELP = (
    Action(
        "close",
        "escape,q,question_mark,ctrl+g",
        "close",
        "close the list",
        footer=True,
        act="dismiss",
    ),
)

START = (
    Action("choose", "enter", "begin", "begin as the cursor says", footer=True),
    Action("leave", "escape", "leave", "go on without", footer=True),
)

ANYWHERE = (
    Action(
        "help",
        "question_mark,ctrl+g",
        "keys",
        "the keys that work here",
        footer=True,
        act="app.help",
    ),
)
"""On every screen. The app's bindings end where a dialog begins, so each has this one as well;
while text is typed, the second key does it, as the first is typed."""

APP = (
    Action("palette", "ctrl+p", "palette", "find an action by its name", act="command_palette"),
    Action("quit", "q", "quit", "leave", footer=True),
)
"""Wherever no text is typed and nothing lies over the screen."""


class Scope(NamedTuple):
    """A part of the interface with actions of its own."""

    name: str
    title: str
    """Where that is, in words."""
    actions: tuple[Action, ...]


SCOPES = (
    Scope("events", "events screen", EVENTS),
    Scope("table", "event table", TABLE),
    Scope("facets", "facets", FACETS),
    Scope("histogram", "histogram", HISTOGRAM),
    Scope("record", "record", RECORD),
    Scope("record-search", "record", RECORD_SEARCH),
    Scope("filter", "filter", FILTER),
    Scope("line", "a typed line", LINE),
    Scope("list", "anything with lines", LIST),
    Scope("columns", "columns", COLUMNS),
    Scope("themes", "themes", THEMES),
    Scope("coverage", "coverage", COVERAGE),
    Scope("coverage-grid", "coverage grid", COVERAGE_GRID),
    Scope("integrity", "integrity", INTEGRITY),
    Scope("hour-grid", "hours", HOUR_GRID),
    Scope("hour", "one hour", HOUR),
    Scope("sync", "sync", SYNC),
    Scope("add-source", "adding a source", ADD_SOURCE),
    Scope("feeds", "feeds", FEEDS),
    Scope("mark", "setting a mark", MARK),
    Scope("saved", "saved filters", SAVED),
    Scope("name", "naming a filter", NAME),
    Scope("skipped", "skipped", SKIPPED),
    Scope("start", "ways to begin", START),
    Scope("help", "keys", HELP),
    Scope("app", "every screen", APP),
    Scope("anywhere", "everywhere", ANYWHERE),
)
BY_NAME = {scope.name: scope for scope in SCOPES}

TOGETHER = (
    ("table", "list", "events", "app", "anywhere"),
    ("facets", "list", "events", "app", "anywhere"),
    ("histogram", "events", "app", "anywhere"),
    ("record", "record-search", "list", "events", "app", "anywhere"),
    ("line", "filter", "events", "app", "anywhere"),
    ("columns", "list", "anywhere"),
    ("themes", "list", "anywhere"),
    ("coverage", "coverage-grid", "list", "app", "anywhere"),
    ("integrity", "hour-grid", "list", "app", "anywhere"),
    ("hour", "list", "app", "anywhere"),
    ("sync", "list", "app", "anywhere"),
    ("line", "add-source", "anywhere"),
    ("feeds", "list", "app", "anywhere"),
    ("line", "mark", "anywhere"),
    ("saved", "list", "app", "anywhere"),
    ("line", "name", "anywhere"),
    ("skipped", "list", "app", "anywhere"),
    ("start", "list", "anywhere"),
    ("help", "list"),
)
"""The scopes that answer to keys at one time; of two with one key, the first one gets it."""

_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "asterisk": "*",
    "at": "@",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def shown(key: str) -> str:
    """Return a Textual key name as people write it: `Shift+Tab`, `PgUp`, `/`, `G`."""
    *modifiers, name = key.split("+")
    named = _SHOWN.get(name, name if len(name) == 1 else name.replace("_", " ").capitalize())
    return "+".join((*(each.capitalize() for each in modifiers), named))


def all_shown(keys: str) -> str:
    """Return keys with commas as people write them."""
    return ", ".join(shown(key) for key in keys.split(","))
