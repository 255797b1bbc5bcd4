"""The sources that were added, as the sync screen shows them: one of which nothing came so far too.

Owns which of what is synced goes back to which of them. The board, whose lock guards it, knows how
each stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.domain.coverage import Scope
from tui.domain.syncing import AddedSource, Phase, Standing, Wish

ADDED = "added"
"""The source of a scope that stands for what was typed, until AWS said what that is."""
_NOTHING = "AWS was asked and has nothing to sync there."


@dataclass(slots=True)
class _Entry:
    wish: Wish | None
    problem: str = ""
    scopes: frozenset[Scope] | None = None
    """What it was planned to be; None until then."""


class AddedSources:
    """What was added, by its text."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def take(self, source: AddedSource) -> Wish | None:
        """Take up a source, known or not; return its wish if that has to be looked after now."""
        entry = self._entries.get(source.text)
        if entry and entry.wish and entry.scopes:
            return None
        self._entries[source.text] = _Entry(source.wish, source.problem)
        return source.wish

    def planned(self, wish: Wish, scopes: frozenset[Scope], problems: Sequence[str]) -> bool:
        """Take note of what a wish is; return whether a line of its own tells the problems."""
        found = [entry for entry in self._entries.values() if entry.wish == wish]
        for entry in found:
            entry.scopes = scopes
            entry.problem = "" if scopes else " ".join(problems) or _NOTHING
        return bool(found) and not scopes

    def __contains__(self, text: object) -> bool:
        """Return whether that was added, as it was typed."""
        return text in self._entries

    def drop(self, text: str) -> Wish | None:
        """Let go of a source; return the wish that it was."""
        entry = self._entries.pop(text, None)
        return entry.wish if entry else None

    def text_of(self, scope: Scope) -> str:
        """Return what was typed for the source of that scope; nothing if it was not added."""
        found = (text for text, each in self._entries.items() if scope in (each.scopes or ()))
        return next(found, "")

    def alone(self) -> Iterator[tuple[str, Standing]]:
        """Yield those that led to no source so far: they wait, or cannot be synced."""
        for text, entry in self._entries.items():
            if not entry.scopes:
                phase = Phase.FAILED if entry.problem else Phase.WAITING
                yield text, Standing(Scope(ADDED, "*", "*", text), phase, reason=entry.problem)
