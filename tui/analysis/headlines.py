"""What is worth telling of events that just landed: how many, how they ended, who and what is new.

A caller or an action is new if no event that was here before has it. Each event is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tui.analysis.columns import Columns
from tui.analysis.select import IdLookup, select
from tui.analysis.stretch import Stretch
from tui.analysis.values import Bools
from tui.domain.fields import BY_NAME
from tui.domain.filter import Filter
from tui.language.grammar import parse

_NAMED = ("caller", "action")


class Headline(NamedTuple):
    """What some events amount to."""

    events: int = 0
    troubled: int = 0
    """Of these, the ones that were not ok."""
    callers: tuple[str, ...] = ()
    """New ones."""
    actions: tuple[str, ...] = ()
    notable: tuple[int, ...] = ()
    """Row numbers of what is to be told of, in the order of landing."""


class Headlines:
    """Goes through the columns as they grow."""

    def __init__(self, notable: Filter) -> None:
        self.notable = notable
        """What is to be told of."""
        self._troubled = parse("-result:ok", 0)
        self._done = 0
        self._seen = {name: np.zeros(0, bool) for name in _NAMED}

    def of(self, columns: Columns, landed: Sequence[range], ids: IdLookup) -> Headline:
        """Return the headline of what landed since the last one; `landed` are row numbers.

        What else was added before the last of them is taken note of as known. What stands above
        it may have landed without having been told yet; it waits for the next time.
        """
        last = landed[-1].stop if landed else 0
        end = max(self._done, int(np.searchsorted(columns.number, last)))
        part = Stretch(columns, self._done, end)
        fresh = np.zeros(len(part), bool)
        for each in landed:
            fresh |= (part.number >= each.start) & (part.number < each.stop)
        found = {name: self._new(name, part, fresh) for name in _NAMED}
        self._done = end
        if not fresh.any():
            return Headline()
        troubled = select(self._troubled, part, ids).sure & fresh
        notable = select(self.notable, part, ids).sure & fresh
        return Headline(
            int(fresh.sum()),
            int(troubled.sum()),
            found["caller"],
            found["action"],
            tuple(part.number[notable].tolist()),
        )

    def _new(self, name: str, part: Stretch, fresh: Bools) -> tuple[str, ...]:
        field = BY_NAME[name]
        attribute = part.dimensions[field.dimension].attribute(field.attribute)
        codes = attribute.codes[part.ids(field.dimension)]
        seen = np.zeros(len(attribute.values), bool)
        seen[: len(self._seen[name])] = self._seen[name]
        seen[codes[~fresh]] = True
        landed = np.unique(codes[fresh])
        new = landed[~seen[landed]]
        seen[new] = True
        self._seen[name] = seen
        return tuple(str(attribute.values.texts[code]) for code in new)
