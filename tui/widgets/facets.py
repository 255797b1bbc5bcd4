"""The most frequent values of some fields, with counts; a key includes or excludes one.

Values keep their place under the cursor while counts change, and an excluded value stays listed
although the answer has none of it, or nobody could take the exclusion back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.domain.answer import Facet, FacetCount
from tui.widgets import tones
from tui.widgets.bindings import bindings
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.line_view import LineView
from tui.widgets.message import message
from tui.widgets.printable import fit, safe
from tui.widgets.wording import count, resource

SHORT = 8
"""Values listed of a facet before `more` is asked for."""

NO_VALUE = "(none)"


class Chosen(NamedTuple):
    """A value of a field; None stands for no value."""

    field: str
    value: str | None


class _Line(NamedTuple):
    """One line: a title (`kind` title), a value, or the number of further values (more)."""

    kind: str
    field: str
    value: str | None = None
    number: int = 0
    most: int = 0


class Facets(LineView):
    """Foldable lists of values; the cursor stays on its value whatever moves around it."""

    DEFAULT_CSS = """
    Facets { background: $surface; width: 30; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("facets")

    @message
    class ValueToggled(Message):
        """The user wants a value included (or excluded), or not any more."""

        field: str
        value: str | None
        include: bool

    @message
    class FacetWanted(Message):
        """A facet was unfolded whose counts are not here."""

        field: str

    @message
    class FacetFolded(Message):
        """A facet was folded; its counts need not be kept up."""

        field: str

    def __init__(
        self,
        titles: Sequence[tuple[str, str]],
        *,
        unfolded: Collection[str] = (),
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """List the fields by name and title, in this order."""
        super().__init__(glyphs=glyphs, id=id)
        self._titles = dict(titles)
        self._unfolded = set(unfolded)
        self._facets: dict[str, Facet] = {}
        self._included: frozenset[Chosen] = frozenset()
        self._excluded: frozenset[Chosen] = frozenset()
        self._lines: list[_Line] = []
        self._whole: set[str] = set()
        """The fields of which every counted value is listed."""
        self._awaited = ""
        """The field that was unfolded before its counts were here."""

    @property
    def unfolded(self) -> tuple[str, ...]:
        """The fields whose values are shown, in their order."""
        return tuple(field for field in self._titles if field in self._unfolded)

    def on_mount(self) -> None:
        """Show the titles before any counts come."""
        self._rebuild()

    def show(
        self,
        facets: Iterable[Facet],
        included: Collection[Chosen] = (),
        excluded: Collection[Chosen] = (),
    ) -> None:
        """Show these counts, and which values the filter includes and excludes."""
        self._facets = {facet.field: facet for facet in facets}
        self._included, self._excluded = frozenset(included), frozenset(excluded)
        self._rebuild()
        if self._awaited in self._facets:
            self._reveal_values(self._awaited)
            self._awaited = ""

    # Lines.

    def _rebuild(self) -> None:
        before = self._at(self.cursor)
        height = self.cursor - self.top
        self._lines = [line for field in self._titles for line in self._lines_of(field)]
        cursor = self._find(before) if before else 0
        self.set_count(len(self._lines), cursor, max(0, cursor - height))

    def _lines_of(self, field: str) -> list[_Line]:
        lines = [_Line("title", field)]
        if field not in self._unfolded:
            return lines
        facet = self._facets.get(field)
        counts = self._listed(field, facet) if facet else []
        most = max((entry.count for entry in counts), default=0)
        lines += [_Line("value", field, entry.value, entry.count, most) for entry in counts]
        listed = {entry.value for entry in counts}
        chosen = {value for name, value in self._included | self._excluded if name == field}
        lost = sorted(chosen - listed, key=lambda value: value or "")
        lines += [_Line("value", field, value) for value in lost]
        hidden = facet.others + len(facet.counts) - len(counts) if facet else 0
        if hidden:
            lines.append(_Line("more", field, number=hidden))
        if not facet or not (counts or lost):
            lines.append(_Line("nothing", field, number=int(facet is not None)))
        return lines

    def _listed(self, field: str, facet: Facet) -> list[FacetCount]:
        """Return the values to list: the most frequent ones, and what is chosen, until unfolded."""
        if field in self._whole:
            return list(facet.counts)
        chosen = {value for name, value in self._included | self._excluded if name == field}
        return [
            entry
            for place, entry in enumerate(facet.counts)
            if place < SHORT or entry.value in chosen
        ]

    def _at(self, index: int) -> _Line | None:
        return self._lines[index] if index < len(self._lines) else None

    def _find(self, before: _Line) -> int:
        """Return where the line stands now: itself, else the place it had, inside its field."""
        keys = [line[:3] for line in self._lines]
        if before[:3] in keys:
            return keys.index(before[:3])
        own = [index for index, line in enumerate(self._lines) if line.field == before.field]
        return min(max(self.cursor, own[0]), own[-1]) if own else 0

    def _reveal_values(self, field: str) -> None:
        """Bring what was unfolded into view, below its title, while the cursor is on that."""
        own = [index for index, line in enumerate(self._lines) if line.field == field]
        if self.cursor == own[0]:
            lowest = own[-1] - self.body_height + 1
            self._scroll_top(min(own[0], max(self.top, lowest)))

    # Keys.

    def action_choose(self, include: bool) -> None:  # noqa: FBT001
        """Include or exclude the value under the cursor; on a title, fold or unfold."""
        line = self._at(self.cursor)
        if line and line.kind == "value":
            self.post_message(self.ValueToggled(line.field, line.value, include))
        elif line and line.kind == "more" and include:
            self._turn_whole(line.field)
        elif line and line.kind == "title" and include:
            self.action_fold(line.field in self._unfolded)

    def _turn_whole(self, field: str) -> None:
        """List every counted value, the first further one under the cursor; or no longer."""
        cursor, top = self.cursor, self.top
        self._whole ^= {field}
        self._rebuild()
        if field in self._whole:
            self.set_count(self.count, cursor, top)

    def action_fold(self, fold: bool) -> None:  # noqa: FBT001
        """Fold or unfold the facet under the cursor."""
        line = self._at(self.cursor)
        if line is None or fold == (line.field not in self._unfolded):
            return
        if fold:
            self._unfolded.discard(line.field)
            self.post_message(self.FacetFolded(line.field))
            self.cursor = next(i for i, at in enumerate(self._lines) if at.field == line.field)
        else:
            self._unfolded.add(line.field)
            if line.field not in self._facets:
                self._awaited = line.field
                self.post_message(self.FacetWanted(line.field))
        self._rebuild()
        self._reveal_values(line.field)

    def clicked(self, times: int) -> None:
        """Fold by a click on a title, include by a double click on a value."""
        line = self._at(self.cursor)
        if line and (line.kind in ("title", "more") or times == 2):
            self.action_choose(include=True)

    # Drawing.

    def empty(self) -> str:
        """Return what stands here when no field is to be listed."""
        return "No facets chosen."

    def line(self, index: int, width: int, ground: Style | None) -> Strip:
        """Return a title, or a value with its count at the right."""
        line = self._lines[index]
        if line.kind == "title":
            return self._title(line, width, ground)
        if line.kind == "value":
            return self._value(line, width, ground)
        text = f"+ {count(line.number)} more" if line.kind == "more" else "no values"
        if line.kind == "nothing" and not line.number:
            text = self.glyphs.waiting * 3
        return tones.strip(self, [(fit(f"   {text}", width), "muted")], ground)

    def _title(self, line: _Line, width: int, ground: Style | None) -> Strip:
        sign = self.glyphs.opened if line.field in self._unfolded else self.glyphs.folded
        chosen = sum(name == line.field for name, _ in self._included | self._excluded)
        title = fit(f" {sign} {safe(self._titles[line.field]).upper()}", width - 4)
        return tones.strip(
            self,
            [(title, "muted"), (fit(f"{chosen} " if chosen else "", 4, right=True), "accent")],
            ground,
        )

    def _value(self, line: _Line, width: int, ground: Style | None) -> Strip:
        chosen = Chosen(line.field, line.value)
        sign, tone = " ", "text" if line.value is not None else "muted"
        if chosen in self._included:
            sign, tone = self.glyphs.included, "accent"
        elif chosen in self._excluded:
            sign, tone = self.glyphs.excluded, "muted"
        number = count(line.number)
        name = NO_VALUE if line.value is None else safe(self._words(line), 2 * width)
        text = f" {sign} " + fit(name, width - len(number) - 5, keep_end=True)
        strip = tones.strip(self, [(text, tone), (f" {number} ", "muted")], ground)
        strip = strip.adjust_cell_length(width)
        if ground is not None or not line.most:
            return strip
        share = max(1, line.number * width // line.most) if line.number else 0
        shade = tones.ground(self, "panel")
        left, right = strip.divide([share, width]) if 0 < share < width else (strip, Strip.blank(0))
        return Strip.join([_shaded(left, shade), right]) if share else strip

    def _words(self, line: _Line) -> str:
        value = line.value or ""
        return resource(value) if line.field == "resource" else value


def _shaded(strip: Strip, shade: Style) -> Strip:
    segments = (segment._replace(style=(segment.style or Style()) + shade) for segment in strip)
    return Strip(segments)
