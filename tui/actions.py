"""Every action a user can take, as one table: keys, footer, palette and help are made from it.

Strings only; what an action does is a method of the screen or widget that carries its name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `id` is the method's name and what a key file will call it."""

    id: str
    keys: str
    """Textual key names with commas; any of them."""
    label: str
    """One or two words, for the footer."""
    help: str
    footer: bool = False


EVENTS = (
    Action("filter", "slash", "filter", "type a filter; Tab completes, Enter applies", footer=True),
    Action("clear", "u", "clear", "drop the filter and the time range"),
    Action("facets", "b", "facets", "show or hide the facets", footer=True),
    Action("histogram", "t", "time", "pick a time range in the histogram", footer=True),
    Action("record", "enter", "open", "open the event's record", footer=True),
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
    Action("sync", "s", "sync", "how the sync stands, source by source; pause, retry"),
    Action("ask", "p", "ask AWS", "ask AWS now for what the filter wants and the cache lacks"),
    Action("coverage", "c", "coverage", "what is cached of each account, region and day"),
    Action("theme", "T", "theme", "choose the colours, seeing them on the way"),
    Action("next_pane", "tab", "next pane", "go to the next part of the screen"),
    Action("previous_pane", "shift+tab", "previous pane", "go to the part before"),
    Action("back", "escape", "back", "stop the work, close what is open, or go to the events"),
    Action("help", "question_mark", "keys", "this list", footer=True),
    Action("quit", "q", "quit", "leave", footer=True),
)
"""The events screen."""

LISTS = (
    ("up, k", "one line up"),
    ("down, j", "one line down"),
    ("pgup, ctrl+b", "one page up"),
    ("pgdn, ctrl+f", "one page down"),
    ("home, g", "first line"),
    ("end, G", "last line"),
    ("space", "in facets: include the value, or not any more"),
    ("x", "in facets: exclude the value, or not any more"),
    ("left, right", "fold, unfold; in the histogram: move; with shift: select"),
    ("/, n, N", "in a record: search, next, previous"),
    ("c, p", "in a record: copy the value, the path"),
)
"""Keys that lists, facets, histogram and records answer to."""
