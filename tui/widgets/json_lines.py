"""A record as lines of JSON that fold and unfold; only what is open exists as lines.

Pure: no widget, no terminal; how many cells a value may take is asked of whoever draws it. Keys
keep the order they were delivered in. A text that is itself JSON (policy documents come that way)
unfolds as that JSON; one that does not fit its line unfolds into pieces that do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from tui.widgets.printable import safe

OPEN_AT_FIRST = 1_000
"""Lines that may be open without anybody asking."""

_LEAST = 8
"""Cells of a piece where there is room for less: each must hold something."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_EMBEDDED = 262_144
"""Characters up to which a text is looked at for JSON: more than CloudTrail's largest event."""


class Key(NamedTuple):
    """One step from a value to a part of it."""

    name: str | int
    kind: str = "member"
    """member (of an object), element (of a list), json (what a text holds), piece (of a text)."""


class Line(NamedTuple):
    """One line; `path` are the steps from the record to the value."""

    path: tuple[Key, ...]
    value: object
    foldable: bool
    opened: bool

    @property
    def depth(self) -> int:
        """How far to indent; the members of the record itself stand at 0."""
        return max(0, len(self.path) - 1)


Room = Callable[[tuple[Key, ...]], int]
"""How many cells the value at a path has on its line."""


def path_text(path: tuple[Key, ...]) -> str:
    """Return `resources[0].ARN`: CloudTrail's way to name a field, with the place in a list."""
    text = ""
    for key in path:
        if key.kind == "element":
            text += f"[{key.name}]"
        elif key.kind == "member":
            text += f".{key.name}" if text else str(key.name)
    return text


def scalar(value: object) -> str:
    """Return a value as JSON on one line; lone surrogates, which JSON text may hold, as escapes."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def copied(value: object) -> str:
    """Return what a copy of the value holds: a text as itself, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def parts(value: object) -> Iterator[tuple[Key, object]]:
    """Yield the parts a value has by itself; none for one that has none."""
    if isinstance(value, Mapping):
        yield from ((Key(str(name)), part) for name, part in value.items())
    elif isinstance(value, list):
        yield from ((Key(index, "element"), part) for index, part in enumerate(value))
    elif isinstance(value, str) and (inner := _embedded(value)) is not None:
        yield from ((key._replace(kind="json"), part) for key, part in parts(inner))


def fits(text: str, room: int) -> bool:
    """Return whether a text fits so many cells as JSON on one line."""
    return len(text) + 2 <= room and cell_len(safe(scalar(text))) <= room


def pieces(text: str, room: int) -> Iterator[str]:
    """Yield the text in pieces, each of which fits so many cells as JSON."""
    start = used = 0
    for at, char in enumerate(text):
        cells = _cells(char)
        if used + cells > room - 2 and at > start:
            yield text[start:at]
            start, used = at, 0
        used += cells
    yield text[start:]


@lru_cache(maxsize=1_000)
def _cells(char: str) -> int:
    """Return the most cells a character takes within a text, whatever stands beside it."""
    return cell_len(safe(scalar(char)[1:-1]))


def _embedded(text: str) -> object | None:
    if not 2 < len(text) <= _EMBEDDED or text[0] not in "{[" or text[-1] not in "}]":
        return None
    try:
        inner: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return inner or None


class JsonLines:
    """The lines of one record that are open, and what opening and closing does to them."""

    def __init__(self, record: Mapping[str, object], room: Room = lambda _: 80) -> None:
        self._record = record
        self._room = room
        self.lines = self._outermost()
        self._open_some()

    def _outermost(self) -> list[Line]:
        return [self._line((key,), part) for key, part in parts(self._record)]

    def _open_some(self) -> None:
        """Open whole levels, outermost first, while they stay few lines; long texts stay shut."""
        room = OPEN_AT_FIRST - len(self.lines)
        while room > 0:
            inner = [
                index
                for index, line in enumerate(self.lines)
                if line.foldable and not line.opened and not isinstance(line.value, str)
            ]
            sizes = [
                len(value)
                for index in inner
                if isinstance(value := self.lines[index].value, Mapping | list)
            ]
            room -= sum(sizes)
            if not inner or room < 0:
                return
            for index in reversed(inner):
                self.open(index)

    def _line(self, path: tuple[Key, ...], value: object) -> Line:
        foldable = path[-1].kind != "piece" and (
            next(parts(value), None) is not None
            or (isinstance(value, str) and not fits(value, self._room(path)))
        )
        return Line(path, value, foldable, opened=False)

    def _parts(self, line: Line) -> Iterator[tuple[Key, object]]:
        """Yield what a line unfolds into."""
        found = False
        for part in parts(line.value):
            found = True
            yield part
        if not found and isinstance(line.value, str):
            room = max(_LEAST, self._room((*line.path, Key(0, "piece"))))
            for index, piece in enumerate(pieces(line.value, room)):
                yield Key(index, "piece"), piece

    def fit(self, cursor: int) -> int:
        """Cut texts anew, as there is another room; return the line for that of the cursor."""
        path = self.lines[cursor].path if cursor < len(self.lines) else ()
        opened = {line.path for line in self.lines if line.opened}
        self.lines = self._outermost()
        index = 0
        while index < len(self.lines):
            if self.lines[index].path in opened:
                self.open(index)
            index += 1
        onway = (at for at, line in enumerate(self.lines) if line.path == path[: len(line.path)])
        return max(onway, default=0)

    def whole(self, index: int) -> object:
        """Return the value on a line; for a piece of a text, that text."""
        line = self.lines[index]
        return self.lines[self.parent(index)].value if line.path[-1].kind == "piece" else line.value

    def open(self, index: int) -> None:
        """Show the parts of the value on this line."""
        line = self.lines[index]
        if not line.foldable or line.opened:
            return
        inner = [self._line((*line.path, key), part) for key, part in self._parts(line)]
        self.lines[index : index + 1] = [line._replace(opened=True), *inner]

    def close(self, index: int) -> None:
        """Hide the parts of the value on this line."""
        line = self.lines[index]
        if line.opened:
            end = self._end(index)
            self.lines[index:end] = [line._replace(opened=False)]

    def parent(self, index: int) -> int:
        """Return the line of the value this one is a part of, itself at the outermost level."""
        path = self.lines[index].path[:-1]
        return next((i for i in range(index, -1, -1) if self.lines[i].path == path), index)

    def reveal(self, path: tuple[Key, ...]) -> int:
        """Open what lies on the way to a path and return its line."""
        index = 0
        for depth in range(1, len(path) + 1):
            while self.lines[index].path != path[:depth]:
                index += 1
            if depth < len(path):
                self.open(index)
        return index

    def find(self, text: str) -> list[tuple[Key, ...]]:
        """Return the paths whose key or value holds the text, without case, in reading order."""
        sought = text.lower()
        return [path for path, value in self._walk() if sought and _holds(path[-1], value, sought)]

    def _walk(self) -> Iterator[tuple[tuple[Key, ...], object]]:
        waiting = [_paths((), self._record)]
        while waiting:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
                continue
            yield item
            path, value = item
            if path[-1].kind != "piece" and not isinstance(value, str):
                waiting.append(_paths(path, value))

    def _end(self, index: int) -> int:
        depth = self.lines[index].depth
        end = index + 1
        while end < len(self.lines) and self.lines[end].depth > depth:
            end += 1
        return end


def _paths(path: tuple[Key, ...], value: object) -> Iterator[tuple[tuple[Key, ...], object]]:
    return (((*path, key), part) for key, part in parts(value))


def _holds(key: Key, value: object, sought: str) -> bool:
    if key.kind == "member" and sought in str(key.name).lower():
        return True
    return (
        not isinstance(value, Mapping | list)
        and sought in (value if isinstance(value, str) else scalar(value)).lower()
    )
